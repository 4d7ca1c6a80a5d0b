# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "Simple WebSocket server and client for Python"
DESCRIPTION = "Simple WebSocket server and client for Python, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/miguelgrinberg/simple-websocket"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://simple_websocket-1.1.0.dist-info/LICENSE;md5=9d272c9fe2437531b5bbecf4fcc82e24"

inherit pypi_wheel

PYPI_PACKAGE = "simple_websocket"
PYPI_WHEEL = "simple_websocket-1.1.0-py3-none-any.whl"
SRC_URI[sha256sum] = "4af6069630a38ed6c561010f0e11a5bc0d4ca569b36306eb257cd9a192497c8c"

RDEPENDS:${PN} += "python3-wsproto"
