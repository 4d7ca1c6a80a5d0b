# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "AsyncSSH: Asynchronous SSHv2 client and server library"
DESCRIPTION = "AsyncSSH: Asynchronous SSHv2 client and server library, as the wheel that Tipring is tested with."
HOMEPAGE = "http://asyncssh.timeheart.net"
LICENSE = "EPL-2.0 | GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://asyncssh-2.24.1.dist-info/licenses/LICENSE;md5=2dd765ca47a05140be15ebafddbeadfe"

inherit pypi_wheel

PYPI_PACKAGE = "asyncssh"
PYPI_WHEEL = "asyncssh-2.24.1-py3-none-any.whl"
SRC_URI[sha256sum] = "fc560b4f43be0f0c602d184783e5e3876f5d24d933a25359d86e5a50a5f46fe5"

RDEPENDS:${PN} += "python3-cryptography python3-typing-extensions"
