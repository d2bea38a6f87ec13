# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: shipped
# A shipped kernel, rebuilt by somebody who has its package alone: with the signatures of the package it is the same, byte for
# byte; without them what differs is what they are. In three ways: signatures as inputs of the build, put on afterwards
# (graft), and by a rebuilder that knows nothing of them (samples/rebuilderd).

reproduce() {
	reproduce_shipped "$objtree" "$shipped/config" "" -o out "$@"
}

# What the package is made of, as one list.
sums_in() {
	(cd "$1" && find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2)
}

why=$(why_not_shipped)
if [[ -n $why ]]; then
	echo "# $why"
	exit 0
fi
need_shipped
official=$(package_in "$shipped")

expect 1 "without the signatures it is another" reproduce --without-signatures
out_says "no module is equal" "module 0 of 5 equal"
out_says "nor is the boot image" "boot image 0 of 1 equal"
out_says "nor is the package" "package 0 of 1 equal"
# The whole packages: what differs in them is signatures, and what follows from these. Nothing is passed over.
rebuilt=$(package_in "$(dirname "$objtree")")
expect 3 "the two packages are equal but for signatures" "$hashsect" compare "$official" "$rebuilt"
out_says "of the modules" "5 modules: the trailer signature, only in A"
out_says "of the boot image" "1 boot image, "
out_says "and the checksums of both" "DEBIAN/md5sums: checksums of such files"
note "$out"
expect 0 "but vmlinux is: the certificate was in the boot image" cmp "$shipped/vmlinux" out/vmlinux

# Put on afterwards.
dpkg-deb -x "$official" official.d
dpkg-deb -x "$rebuilt" rebuilt.d
differ "the files of the package differ" "$(sums_in official.d)" "$(sums_in rebuilt.d)"
expect 0 "grafted" "$hashsect" graft --from official.d rebuilt.d -o grafted.d
same "each file of the package is the same" "$(sums_in official.d)" "$(sums_in grafted.d)"

# Inputs of the build.
expect 0 "with them it is the same" reproduce --again install
out_says "each module" "module 5 of 5 equal"
out_says "the boot image" "boot image 1 of 1 equal"
out_says "the package" "package 1 of 1 equal"
expect 0 "byte for byte" cmp "$official" "$rebuilt"
# As an archive of another kind, packed by the same words on both sides.
pack() {
	mkdir "$2.d"
	dpkg-deb -x "$1" "$2.d"
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$2.d" --zstd -cf "$2" .
}
pack "$official" shipped.tar.zst
pack "$rebuilt" rebuilt.tar.zst
expect 0 "as .tar.zst too" cmp shipped.tar.zst rebuilt.tar.zst
expect 0 "and a comparison says so" "$hashsect" compare shipped.tar.zst rebuilt.tar.zst
expect 0 "an audit of the package finds nothing wrong" "$hashsect" audit "$rebuilt"
out_says "all modules are signed by the key in the boot image" "modules: 5, 5 verified by a certificate below"

# By a rebuilder, which plays by rebuilderd's contract: the package lies beside the input, results are compared by bytes.
cat >rebuild <<-SCRIPT
	#!/bin/bash
	# rebuild INPUT STORE RESULTS: what is built above, without signatures, then with those of the store.
	set -euo pipefail
	export PATH=$PWD/bin:\$PATH
	"$repo/scripts/reproduce-kernel" tree --source "$cache/source" --config "$shipped/config" --official "\$1" \
		--make "$package_words" --build "$objtree" --target bindeb-pkg -o "$PWD/out" --again install
	cp "$rebuilt" "\$3/"
SCRIPT
chmod +x rebuild
rm "$rebuilt"
mkdir beside results
cp "$official" beside/
expect 0 "a rebuilder's backend builds it" env REBUILDERD_OUTDIR="$PWD/results" HASHSECT_REBUILD="$PWD/rebuild" HASHSECT="$hashsect" \
	"$repo/samples/rebuilderd/rebuild-kernel" "beside/${official##*/}"
expect 0 "and its package is the shipped one" cmp "$official" "results/${official##*/}"
rm -rf "$objtree"
