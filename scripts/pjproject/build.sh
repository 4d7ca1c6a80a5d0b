#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds pjproject as shared libraries with its pjsua2 Python module.
#
#   build.sh SOURCE.tar PREFIX PYTHON
#
# PREFIX then holds lib/, include/, lib/pkgconfig/ and python/. Prints a line "@ DONE/TOTAL what"
# for each step, so that whoever runs it can show progress.
set -euo pipefail
source=$1 prefix=$2 python=$3
here=$(dirname "$(readlink -f "$0")")
jobs=$(nproc)
work=$(mktemp -d "$(dirname "$prefix")/build.XXXXXX")
trap 'rm -rf "$work"' EXIT

step() { echo "@ $1/6 $2"; }

step 1 "unpacking the source"
tar xf "$source" -C "$work" --strip-components=1
cd "$work"
cp "$here/config_site.h" pjlib/include/pj/config_site.h
"$here/edits.sh"

step 2 "configuring"
CFLAGS="-O3 -DNDEBUG -fno-omit-frame-pointer" ./configure --prefix="$prefix" --enable-shared --enable-epoll \
    --with-external-gsm --with-external-speex --with-external-srtp --enable-speex-resample \
    --disable-speex-aec --disable-ilbc-codec --disable-g7221-codec --disable-libwebrtc --disable-libwebrtc-aec3 \
    --disable-upnp --disable-video --disable-sound --disable-bcg729 --disable-silk --disable-opencore-amr

step 3 "compiling the libraries (two to four minutes)"
make -s dep
make -s -j"$jobs" lib

step 4 "installing the libraries"
make -s install 2>/dev/null || true       # fails at the applications, which were not built
test -e "$prefix/lib/libpjsua2.so"
test -e "$prefix/include/pjsua-lib/pjsua_internal.h"
rm -f "$prefix"/lib/*.a

step 5 "generating the pjsua2 module"
mkdir -p "$prefix/python"
cd pjsip-apps/src/swig/python
include=$(for part in pjlib pjlib-util pjmedia pjsip pjnath; do echo "-I../../../../$part/include"; done)
# shellcheck disable=SC2086
swig $include -c++ -w312 -threads -builtin -python -o pjsua2_wrap.cpp ../pjsua2.i

step 6 "compiling the pjsua2 module (one to three minutes)"
suffix=$("$python" -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')
headers=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
# shellcheck disable=SC2046
g++ -Os -w -fPIC -shared -I"$headers" $(PKG_CONFIG_PATH="$prefix/lib/pkgconfig" pkg-config --cflags libpjproject) \
    pjsua2_wrap.cpp -o "$prefix/python/_pjsua2$suffix" -L"$prefix/lib" -lpjsua2 -lpjsua -lpjsip-ua -lpjsip-simple \
    -lpjsip -lpjmedia -lpjnath -lpjlib-util -lpj -Wl,--disable-new-dtags,-rpath,'$ORIGIN/../lib',-s
cp pjsua2.py "$prefix/python/"
LD_LIBRARY_PATH=$prefix/lib PYTHONPATH=$prefix/python "$python" -c 'import pjsua2'
