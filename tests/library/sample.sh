#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sample.sh SAMPLE HASHSECT MKELF: a program that knows the shared libraries and their headers alone gets the digest that the
# tool prints.
set -euo pipefail
sample=$1 hashsect=$2 mkelf=$3
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

"$mkelf" keyring-64le file
wanted=$("$hashsect" digest -q file | cut -d ' ' -f 1)
expect 0 "$sample" file
[ "$(head -n 1 out)" = "$wanted" ] || fail "$(cat out) instead of $wanted"
grep -q '^left out by rule keyring: well-formed' out || fail "$(cat out)"
echo "ok"
