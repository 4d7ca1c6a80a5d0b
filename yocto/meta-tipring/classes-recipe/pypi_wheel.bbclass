# SPDX-License-Identifier: GPL-2.0-or-later
#
# A Python package from its wheel: the very file that requirements/run.txt names and the product's tests ran with.
# Why not from the sdist: docs/decisions/0008-wheels.md. yocto/wheels.py writes the recipes.
#
#   PYPI_WHEEL                the file's name for every machine, or
#   PYPI_WHEEL:x86-64, :aarch64   those with machine code, one each
#   SRC_URI[sha256sum], or SRC_URI[x86-64.sha256sum], SRC_URI[aarch64.sha256sum]

inherit pypi python_pep517 setuptools3-base

def pypi_wheel_uri(d):
    """The wheel's address: beside the sdists that the class pypi knows, by the first of its Python tags."""
    wheel = d.getVar('PYPI_WHEEL')
    if not wheel:
        return ''
    tag = wheel.rsplit('-', 3)[1]
    sdist = pypi_src_uri(d).split(';')[0]
    folder = sdist.rpartition('/')[0].replace('/source/', '/%s/' % tag)
    name = '' if tag.startswith('py') else ';name=%s' % d.getVar('PYPI_WHEEL_MACHINE')
    return '%s/%s;subdir=dist%s' % (folder, wheel, name)

PYPI_WHEEL ?= ""
PYPI_WHEEL_MACHINE ?= ""
PYPI_WHEEL_MACHINE:x86-64 = "x86-64"
PYPI_WHEEL_MACHINE:aarch64 = "aarch64"
PYPI_SRC_URI = "${@pypi_wheel_uri(d)}"
PEP517_WHEEL_PATH = "${WORKDIR}/dist"

COMPATIBLE_HOST = "(x86_64|aarch64).*-linux"

# Other distributions keep what their own layers have.
DEFAULT_PREFERENCE = "-1"
DEFAULT_PREFERENCE:tipring = "1"

python pypi_wheel_unpack() {
    import pathlib
    import shutil
    import zipfile

    source = pathlib.Path(d.getVar('S'))
    shutil.rmtree(source, ignore_errors=True)
    for wheel in pathlib.Path(d.getVar('PEP517_WHEEL_PATH')).glob('*.whl'):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(source)
}
pypi_wheel_unpack[doc] = "Unpacks the wheel beside itself, for its licences."
do_unpack[postfuncs] += "pypi_wheel_unpack"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

# Wheels with machine code come stripped and linked by others.
# nooelint: oelint.vars.insaneskip
INSANE_SKIP:${PN} += "already-stripped ldflags"
