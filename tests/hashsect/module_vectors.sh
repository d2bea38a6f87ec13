#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# module_vectors.sh PROGRAM DIR: the golden vectors DIR/N.txt are those that PROGRAM makes. PROGRAM N prints a vector.
set -euo pipefail
program=$1
vectors=$2

for n in 0 1 2 3 4 5 7 8 9 4256; do
	[[ -s $vectors/$n.txt ]] || { echo "not ok - no vector of $n modules"; exit 1; }
	# shellcheck disable=SC2086 # a program with its arguments
	diff -u "$vectors/$n.txt" <($program "$n") || { echo "not ok - the vector of $n modules differs"; exit 1; }
done
[[ $(find "$vectors" -type f | wc -l) = 10 ]] || { echo "not ok - vectors that nobody checks"; exit 1; }
echo "ok - 10 vectors"
