#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest's own root: pytest runs the tests that lie beside this file. Its time-out is of the guest's time, which
# runs away whenever the machine waits for a file; the host has one of its own.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 TIPRING_TIER=kernel
export PYTHONPATH=/project:/venv/lib/python3.11/site-packages:/pjproject/python LD_LIBRARY_PATH=/pjproject/lib
cd /project || busybox poweroff -f
echo "guest: $(uname -r), $(cut -d' ' -f1 /proc/uptime) s after power on"
/usr/bin/python3 -m pytest -v -p pytest_asyncio.plugin -p pytest_timeout -p hil.kernel.guest.fixtures -p no:cacheprovider -p no:faulthandler -o addopts= -o timeout=3600 --tb=short --durations=8 --durations-min=0.5 \
	--junitxml=/results/junit.xml --rootdir=/project $(cat /results/arguments)
echo "guest: pytest ended with $?, $(cut -d' ' -f1 /proc/uptime) s after power on"
dmesg >/results/dmesg.txt
sync
busybox poweroff -f
