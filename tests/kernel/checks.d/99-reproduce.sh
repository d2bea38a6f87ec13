# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# A kernel as it is shipped: its own key, thrown away, signed modules, a signed boot image, a package. Rebuilt by somebody who has
# the package alone: with its signatures the package is the same, byte for byte; without them what differs is what they are.
# The first build is kept beside the cache, as long as nothing of its recipe changes.

make_shipped() {
	make "-j$(nproc)" -C "$cache/source" O="$objtree" KDEB_PKGVERSION=1 "$@"
}

# bindeb-pkg asks `date -R` for the changelog.
fixed_date() {
	mkdir -p bin
	printf '#!/bin/sh\nif [ "$*" = -R ]; then set -- -R -u -d @1767225600; fi\nexec /bin/date "$@"\n' >bin/date
	chmod +x bin/date
	PATH=$PWD/bin:$PATH
}

new_signer() {
	openssl req -new -x509 -nodes -batch -sha256 -days 36500 -subj "/CN=Test boot signer" -newkey rsa:2048 \
		-keyout signer.key -out signer.pem 2>openssl.log
}

build_shipped() {
	rm -rf "$objtree" "$shipped"
	mkdir -p "$objtree" "$shipped"
	make_shipped tinyconfig
	grep '^CONFIG_' "$repo/tests/kernel/config.reproduce" >>"$objtree/.config"
	make_shipped olddefconfig
	comm -23 <(grep '^CONFIG_' "$repo/tests/kernel/config.reproduce" | sort) <(sort "$objtree/.config") >not-taken
	[[ ! -s not-taken ]] || die "lines of config.reproduce without effect: $(<not-taken)"
	cp "$objtree/.config" "$shipped/config"
	make_shipped bzImage modules
	new_signer
	sbsign --key signer.key --cert signer.pem --output "$objtree/arch/x86/boot/bzImage" "$objtree/arch/x86/boot/bzImage"
	make_shipped bindeb-pkg
	cp "$objtree/vmlinux" "$shipped/"
	mv "$(dirname "$objtree")"/linux-image-*.deb "$shipped/"
	rm -rf "$objtree"
	touch "$shipped/complete"
}

reproduce() {
	"$repo/scripts/reproduce-kernel" tree --source "$cache/source" --config "$shipped/config" \
		--official "$shipped"/linux-image-*.deb --build "$objtree" --make "KDEB_PKGVERSION=1 INSTALL_MOD_STRIP=1" --target bindeb-pkg -o out "$@"
}

if ! command -v sbsign >where || ! command -v dh_builddeb >where; then
	echo "# skipped: sbsigntool and debhelper are needed to ship a kernel"
	exit 0
fi

recipe=$(cat "$repo/tests/kernel/config.reproduce" "$repo/tests/kernel/checks.d/99-reproduce.sh" | sha256sum | head -c 12)
shipped=$(kernel_cache_root)/reproduce/$(basename "$cache")-$recipe
# The path of a build is in its modules' build-ids: the second one has to be where the first was.
objtree=$shipped.build/obj
mkdir -p "${objtree%/*}"
fixed_date
if [[ ! -f $shipped/complete ]]; then
	# In the background, as a shell that has to ask for the status of a function lets its commands fail.
	build_shipped >build.log 2>&1 &
	wait $! || { tail -n 40 build.log; die "no kernel to reproduce"; }
fi
rm -rf "$objtree"

expect 1 "without the signatures it is another" reproduce --without-signatures
out_says "no module is equal" "module 0 of 5 equal"
out_says "nor is the boot image" "boot image 0 of 1 equal"
out_says "nor is the package" "package 0 of 1 equal"
# The whole packages: what differs in them is signatures, and what follows from these. Nothing is passed over.
rebuilt=("$(dirname "$objtree")"/linux-image-*.deb)
expect 3 "the two packages are equal but for signatures" "$hashsect" compare "$shipped"/linux-image-*.deb "${rebuilt[0]}"
out_says "of the modules" "5 modules: the trailer signature, only in A"
out_says "of the boot image" "1 boot image, "
out_says "and the checksums of both" "DEBIAN/md5sums: checksums of such files"
note "$out"
expect 0 "but vmlinux is: the certificate was in the boot image" cmp "$shipped/vmlinux" out/vmlinux
expect 0 "with them it is the same" reproduce --again install
out_says "each module" "module 5 of 5 equal"
out_says "the boot image" "boot image 1 of 1 equal"
out_says "the package" "package 1 of 1 equal"
expect 0 "byte for byte" cmp "$shipped"/linux-image-*.deb "$(dirname "$objtree")"/linux-image-*.deb
# As an archive of another kind, packed by the same words on both sides.
pack() {
	mkdir "$2.d"
	dpkg-deb -x "$1" "$2.d"
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$2.d" --zstd -cf "$2" .
}
pack "$shipped"/linux-image-*.deb shipped.tar.zst
pack "${rebuilt[0]}" rebuilt.tar.zst
expect 0 "as .tar.zst too" cmp shipped.tar.zst rebuilt.tar.zst
expect 0 "and a comparison says so" "$hashsect" compare shipped.tar.zst rebuilt.tar.zst
expect 0 "an audit of the package finds nothing wrong" "$hashsect" audit "${rebuilt[0]}"
out_says "all modules are signed by the key in the boot image" "modules: 5, 5 verified by a certificate below"
rm -rf "$objtree"
