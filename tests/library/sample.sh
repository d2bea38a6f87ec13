#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sample.sh SAMPLE HASHSECT MKELF: a program that knows the shared libraries and their headers alone gets the digest that the
# tool prints.
set -euo pipefail
sample=$1 hashsect=$2 mkelf=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$mkelf" keyring-64le "$dir/file"
wanted=$("$hashsect" digest -q "$dir/file" | cut -d ' ' -f 1)
found=$("$sample" "$dir/file")
[ "$(head -n 1 <<< "$found")" = "$wanted" ] || { echo "not ok - $found instead of $wanted"; exit 1; }
grep -q '^left out by rule keyring: proved' <<< "$found" || { echo "not ok - $found"; exit 1; }
echo "ok"
