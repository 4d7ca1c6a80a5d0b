#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# PID 1 until the disk is there: systemd takes over.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
for module in /modules/*; do insmod "$module"; done
mkdir -p /root
mount -t ext4 -o noatime /dev/pmem0 /root || { echo "init: no disk"; poweroff -f; }
for name in proc sys dev; do mount --move /$name /root/$name; done
exec switch_root /root /lib/systemd/systemd
