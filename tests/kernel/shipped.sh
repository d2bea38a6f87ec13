# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# A kernel as a distribution ships it: its own key, thrown away, signed modules, a signed boot image, a package. Sourced by the
# checks that rebuild it, after lib.sh. The build is kept beside the cache, as long as nothing of its recipe changes.

# Prints why there can be none here; nothing: there can.
why_not_shipped() {
	local command
	for command in sbsign dh_builddeb rsync; do
		command -v "$command" >where || { echo "skipped: no $command, which shipping a kernel needs"; return; }
	done
}

# bindeb-pkg asks `date -R` for the changelog.
fixed_date() {
	mkdir -p bin
	printf '#!/bin/sh\nif [ "$*" = -R ]; then set -- -R -u -d @1767225600; fi\nexec /bin/date "$@"\n' >bin/date
	chmod +x bin/date
	PATH=$PWD/bin:$PATH
}

# Debug information is packed too, each time, which takes xz a minute.
readonly package_words="KDEB_PKGVERSION=1 KDEB_COMPRESS=zstd INSTALL_MOD_STRIP=1"

make_shipped() {
	# shellcheck disable=SC2086
	make "-j$(nproc)" -C "$cache/source" O="$objtree" $package_words "$@"
}

new_signer() {
	openssl req -new -x509 -nodes -batch -sha256 -days 36500 -subj "/CN=Test boot signer" -newkey rsa:2048 \
		-keyout signer.key -out signer.pem 2>openssl.log
}

# package_in FOLDER: the kernel's, not that of its debug information.
package_in() {
	find "$1" -maxdepth 1 -name 'linux-image-*.deb' ! -name '*-dbg_*'
}

build_shipped() {
	rm -rf "$objtree" "$shipped"
	mkdir -p "$objtree" "$shipped"
	make_shipped tinyconfig
	grep '^CONFIG_' "$repo/tests/kernel/config.shipped" >>"$objtree/.config"
	make_shipped olddefconfig
	comm -23 <(grep '^CONFIG_' "$repo/tests/kernel/config.shipped" | sort) <(sort "$objtree/.config") >not-taken
	[[ ! -s not-taken ]] || die "lines of config.shipped without effect: $(<not-taken)"
	cp "$objtree/.config" "$shipped/config"
	make_shipped bzImage modules
	new_signer
	sbsign --key signer.key --cert signer.pem --output "$objtree/arch/x86/boot/bzImage" "$objtree/arch/x86/boot/bzImage"
	make_shipped bindeb-pkg
	cp "$objtree/vmlinux" "$objtree/vmlinux.o" "$shipped/"
	cp "$objtree/arch/x86/boot/bzImage" "$shipped/vmlinuz"
	mv "$(package_in "$(dirname "$objtree")")" "$shipped/"
	rm -rf "$objtree"
	touch "$shipped/complete"
}

# Sets $shipped, the folder with vmlinux.o, vmlinux, vmlinuz, config and the package, and $objtree, where it was built: the
# path is in the build-ids of modules.
need_shipped() {
	local recipe
	# What a configuration becomes depends on the compiler, and on whether it has what plugins need.
	recipe=$({
		cat "$repo/tests/kernel/config.shipped" "$repo/tests/kernel/shipped.sh"
		gcc --version
		find "$(gcc -print-file-name=plugin)" -name plugin-version.h 2>/dev/null
	} | sha256sum | head -c 12)
	shipped=$(kernel_cache_root)/shipped/$(basename "$cache")-$recipe
	objtree=$shipped.build/obj
	mkdir -p "${objtree%/*}"
	fixed_date
	if [[ ! -f $shipped/complete ]]; then
		# In the background, as a shell that has to ask for the status of a function lets its commands fail.
		build_shipped >build.log 2>&1 &
		wait $! || { tail -n 40 build.log; die "no kernel to rebuild"; }
	fi
	rm -rf "$objtree"
}

# reproduce_shipped BUILD CONFIG MAKE-WORDS OPTION...
reproduce_shipped() {
	"$repo/scripts/reproduce-kernel" tree --source "$cache/source" --official "$(package_in "$shipped")" --build "$1" --config "$2" \
		--make "$package_words $3" --target bindeb-pkg "${@:4}"
}
