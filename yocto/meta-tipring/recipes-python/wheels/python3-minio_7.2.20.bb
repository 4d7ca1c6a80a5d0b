# SPDX-License-Identifier: GPL-2.0-or-later
# Written by yocto/wheels.py.
SUMMARY = "MinIO Python SDK for Amazon S3 Compatible Cloud Storage"
DESCRIPTION = "MinIO Python SDK for Amazon S3 Compatible Cloud Storage, as the wheel that Tipring is tested with."
HOMEPAGE = "https://github.com/minio/minio-py"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://minio-7.2.20.dist-info/LICENSE;md5=fa818a259cbed7ce8bc2a22d35a464fc file://minio-7.2.20.dist-info/NOTICE;md5=d6448d183448cc4c6acddba8a7b4e06e"

inherit pypi_wheel

PYPI_PACKAGE = "minio"
PYPI_WHEEL = "minio-7.2.20-py3-none-any.whl"
SRC_URI[sha256sum] = "eb33dd2fb80e04c3726a76b13241c6be3c4c46f8d81e1d58e757786f6501897e"

RDEPENDS:${PN} += "python3-argon2-cffi python3-certifi python3-pycryptodome python3-typing-extensions python3-urllib3"
