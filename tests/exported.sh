#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# exported.sh LIBRARY PREFIX: every symbol that a shared library exports has the library's prefix.
set -euo pipefail
symbols=$(nm -D --defined-only "$1" | awk '{ print $3 }')
[ -n "$symbols" ] || { echo "not ok - $1 exports nothing"; exit 1; }
wrong=$(grep -v "^$2" <<< "$symbols" || true)
[ -z "$wrong" ] || { echo "not ok - $1 exports: $wrong"; exit 1; }
echo "ok - $(wc -l <<< "$symbols") symbols"
