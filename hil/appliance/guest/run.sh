#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Waits until the box has given dial tone, reaches the host's shares, and runs pytest on what this start of the machine
# has to show: /results/arguments-1, then -2 after a reboot, then -3 after a cut of the power.
while ! [ -s /run/dialtone ] && [ "$(cut -d. -f1 /proc/uptime)" -lt 60 ]; do sleep 1; done
modprobe -a virtio_pci 9pnet_virtio 9p
share() { mount -t 9p -o "trans=virtio,version=9p2000.L,msize=524288,$2" "$1" "/$1"; }
share results rw,cache=none
for name in project venv pjproject; do share $name ro,cache=loose; done
boot=$(($(cat /results/boot 2>/dev/null || echo 0) + 1))
echo $boot >/results/boot
journalctl -b -o short-monotonic >/results/journal-boot-$boot.txt
systemd-analyze blame >/results/blame-$boot.txt
cp /run/dialtone /results/dialtone-$boot
export HOME=/tmp LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PYTEST_DISABLE_PLUGIN_AUTOLOAD=1
export PYTHONPATH=/project:/venv/lib/python3.11/site-packages:/pjproject/python LD_LIBRARY_PATH=/pjproject/lib
cd /project
python3 -m pytest -v -p pytest_asyncio.plugin -p pytest_timeout -p no:cacheprovider -p no:faulthandler -o addopts= \
	-o timeout=3600 --tb=short --junitxml=/results/junit-$boot.xml --rootdir=/project $(cat /results/arguments-$boot)
echo "guest: start $boot of the machine: pytest ended with $?"
journalctl -b -o short-monotonic >/results/journal-$boot.txt
dmesg >/results/dmesg-$boot.txt
if [ -s /results/arguments-$((boot + 1)) ]; then
	[ $boot = 1 ] && exec systemctl reboot
	echo b >/proc/sysrq-trigger # at once: nothing is brought to the disk, no service hears of it
fi
sync
systemctl poweroff -f
