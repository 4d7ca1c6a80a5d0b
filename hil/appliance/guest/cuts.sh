#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In the kernel bench's root: the disk whose power will be cut is mounted, looked at, and worked on until then.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH=/project:/venv/lib/python3.11/site-packages
cd /project
mkdir -p /box
sh yocto/meta-tipring/recipes-tipring/appliance/files/tipring-check-data /dev/vda || echo "cut: lost the disk cannot be put right"
busybox mount -t ext4 -o noatime /dev/vda /box && /usr/bin/python3 -m hil.appliance.guest.office_work /box && busybox umount /box
echo "cut: ended with $?"
busybox poweroff -f
