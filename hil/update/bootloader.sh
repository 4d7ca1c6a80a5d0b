#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# RAUC's custom bootloader backend on plain files: which slot is first, and how many tries each has left.
set -e
cd "$(dirname "$0")"
put() { printf '%s\n' "$2" > "$1.new"; mv "$1.new" "$1"; }
case "$1" in
get-primary)
    first=$(cat first); [ "$first" = A ] && other=B || other=A
    if [ "$(cat "tries.$first")" -gt 0 ]; then echo "$first"; else echo "$other"; fi ;;
set-primary) put "tries.$2" 3; put first "$2" ;;
get-state) if [ "$(cat "tries.$2")" -gt 0 ]; then echo good; else echo bad; fi ;;
set-state) if [ "$3" = good ]; then put "tries.$2" 3; else put "tries.$2" 0; fi ;;
get-current) cat booted ;;
esac
