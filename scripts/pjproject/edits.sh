#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is changed in the source of pjproject, run in its folder by build.sh and by the image's recipe.
set -e

# Absent from Debian's copy of the source.
sed -i 's/ bdimad_dev\.o//' pjmedia/build/Makefile

# A key of DTLS-SRTP is made at every start: P-256, as browsers have it. RSA took half of the time to the dial tone.
dtls=pjmedia/src/pjmedia/transport_srtp_dtls.c
sed -i '/Create big number/,/rsa_key = NULL;/c\
    priv_key = EVP_EC_gen("P-256");\
    if (!priv_key) goto on_error;' $dtls
grep -q EVP_EC_gen $dtls && ! grep -q RSA_generate_key_ex $dtls
