#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_outputs.sh HASHSECT ELFSECT SOURCE: no command writes over what it reads, by whatever name.
set -euo pipefail

hashsect=$1
elfsect=$2
source=$3
# shellcheck source=tests/cli.sh
. "$source/tests/cli.sh"

bash "$source/tests/faults/scene.sh" "$hashsect" "$elfsect" "$source" scene
cd scene
ln -s vmlinux link
ln vmlinux hard
sum_all()
{
	find . -type f ! -name out ! -name err -exec sha256sum {} + | sort -k 2
}
sum_all > ../before
# kept OPTION OUT INPUT TOOL WORDS...: refused, and nothing is changed
kept()
{
	refused "--$1 $2 would replace $3, which is read" "${@:4}"
	sum_all > ../after
	cmp ../before ../after || fail "something was written: ${*:4}"
}
kept output vmlinux vmlinux "$hashsect" attest -o vmlinux vmlinux
kept output ./link vmlinux "$hashsect" attest -o ./link tree/lib/a.ko vmlinux
kept output hard vmlinux "$hashsect" sig extract -o hard vmlinux
kept output one.key one.key "$hashsect" attest --key one.key -o one.key vmlinux
kept html unsigned unsigned "$hashsect" compare --html unsigned vmlinux unsigned
kept html manifest manifest "$hashsect" compare --html manifest --manifest manifest vmlinux
kept html vmlinux vmlinux "$hashsect" explain --html vmlinux vmlinux other
kept html vmlinux vmlinux "$hashsect" audit --html vmlinux --keyring vmlinux tree
kept output vmlinux vmlinux "$hashsect" policy resolve -o vmlinux vmlinux
kept output hashed/modules.order hashed/modules.order "$hashsect" modules list -o hashed/modules.order hashed/modules.order
kept output vmlinux vmlinux "$elfsect" extract --section .text -o vmlinux vmlinux
kept output two.crt two.crt "$elfsect" keyring add -o two.crt vmlinux two.crt
kept output payload payload "$elfsect" inject --section .new --data payload -o payload vmlinux.o
# What is edited is meant to be written; a device or a pipe is no file that something is lost of.
expect 0 "$elfsect" keyring add -o vmlinux vmlinux two.crt
expect 0 "$hashsect" sig strip -o tree/lib/a.ko tree/lib/a.ko
expect 0 "$hashsect" compare --html /dev/null unsigned unsigned

echo "$passed passed"
