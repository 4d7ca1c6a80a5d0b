#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# PID 1 of the guest: reaches the host's shares, then hands over to Python. Powers off whatever happens.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
for module in /modules/*; do insmod "$module"; done

share() { mount -t 9p -o "trans=virtio,version=9p2000.L,msize=524288,$2" "$1" "$3"; }

mkdir -p /mnt/below /mnt/memory /mnt/root
mount -t tmpfs none /mnt/memory
mkdir /mnt/memory/above /mnt/memory/work
share root ro,cache=loose /mnt/below &&
	mount -t overlay -o lowerdir=/mnt/below,upperdir=/mnt/memory/above,workdir=/mnt/memory/work none /mnt/root &&
	share project ro,cache=loose /mnt/root/project &&
	share venv ro,cache=loose /mnt/root/venv &&
	share results rw,cache=none /mnt/root/results || {
		echo "init: the shares of the host cannot be mounted"
		poweroff -f
	}
share pjproject ro,cache=loose /mnt/root/pjproject 2>/dev/null || echo "init: no pjproject"
for name in proc sys dev; do mount --move /$name /mnt/root/$name; done
mount -t debugfs none /mnt/root/sys/kernel/debug
mkdir -p /mnt/root/dev/shm
mount -t tmpfs none /mnt/root/dev/shm
mount -t tmpfs none /mnt/root/tmp
mount -t tmpfs none /mnt/root/run
ip link set lo up
exec switch_root /mnt/root /bin/sh /project/hil/kernel/guest/run.sh
