#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# hardening.sh FILE...: programs and libraries are built with what compiler and linker have against exploits (HARDENING in
# CMakeLists.txt).
set -euo pipefail

checks=0

# has FILE WORDS OPTION: readelf prints a line with these words of it.
has()
{
	readelf -W "$3" "$1" > out
	grep -qE -- "$2" out || { echo "not ok - $1: readelf $3 says nothing of $2"; exit 1; }
	checks=$((checks + 1))
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in "$@"; do
	files+=("$(realpath "$file")")
done
cd "$work"
for file in "${files[@]}"; do
	has "$file" "Type: +DYN " -h
	has "$file" "GNU_RELRO" -l
	has "$file" "BIND_NOW|FLAGS_1.* NOW" -d
	has "$file" "__stack_chk_fail" -s
	has "$file" "GNU_STACK .* RW +0x" -l
	has "$file" "_chk(@|$)" -s
done
echo "$checks checks passed"
