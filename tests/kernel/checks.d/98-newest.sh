# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
# changes: newest
# The hooks and the samples on the newest kernel whose source Debian has: built, filled in after the link, and booted. Since Linux
# 6.18 vmlinux is made of vmlinux.unstripped; LSMs and trailers of modules have other names in headers.
# It is built once for a version of the source and of this recipe.

. "$repo/scripts/lib/archive.sh"

newest=$(kernel_cache_root)/newest
archive_cache=$newest/apt

# Sets package and version; fails where the archive cannot be reached.
find_newest() {
	lists_of sid/amd64 || return
	package=$(apt_of sid/amd64 apt-cache depends linux-source 2>/dev/null | sed -n 's/.*Depends: \(linux-source-[0-9.]*\)$/\1/p')
	version=$(apt_of sid/amd64 apt-cache policy "$package" 2>/dev/null | sed -n 's/^ *Candidate: //p')
	[[ -n $package && -n $version ]]
}

fetch_newest() {
	mkdir -p "$tree" "$source"
	(cd "$folder" && apt_of sid/amd64 apt-get download "$package" && dpkg-deb --fsys-tarfile "$package"_*.deb |
		tar -xO "./usr/src/$package.tar.xz" | tar -xJ -C "$source" --strip-components=1 --exclude='*/arch/*/boot/dts/*' \
		--exclude='*/tools/testing' --exclude='*/drivers/gpu/drm/amd/include/asic_reg' --exclude='*/Documentation/*/*')
	rm -f "$folder/$package"_*.deb
}

newest_make() {
	make "-j$(nproc)" -C "$source" O="$tree" "$@"
}

newest_hashsect_make() {
	"$repo/scripts/kbuild/hashsect-make" "-j$(nproc)" -C "$source" O="$tree" "$@"
}

# What samples/kernel/keyring changes, as it was: an earlier run may have been stopped half-way.
changed_by_keyring=(certs/system_certificates.S include/asm-generic/vmlinux.lds.h)
stock_source() {
	local file
	for file in "${changed_by_keyring[@]}"; do
		cmp -s "$folder/$file" "$source/$file" || cp "$folder/$file" "$source/$file"
	done
}

build_newest() {
	rm -rf "$newest"/*/source "$newest"/*/tree
	fetch_newest
	"$repo/samples/kernel/modhash/add-to-tree" "$source"
	(cd "$source" && cp --parents "${changed_by_keyring[@]}" "$folder/")
	newest_make tinyconfig
	(cd "$tree" && "$source/scripts/kconfig/merge_config.sh" -m .config "$repo/tests/kernel/config.newest")
	newest_make olddefconfig
	comm -23 <(grep '^CONFIG_' "$repo/tests/kernel/config.newest" | sort) <(sort "$tree/.config") >not-taken
	[[ ! -s not-taken ]] || die "lines of config.newest without effect: $(<not-taken)"
	newest_make bzImage modules
	touch "$folder/complete"
}

if ! find_newest; then
	echo "# skipped: the newest kernel: its source cannot be fetched from Debian's archive"
	exit 0
fi
recipe=$(cat "$repo/tests/kernel/config.newest" "$repo"/samples/kernel/modhash/{add-to-tree,Kconfig,Makefile,*.[chS]} | sha256sum)
folder=$newest/$version-${recipe:0:12}
source=$folder/source
tree=$folder/tree
if [[ ! -f $folder/complete ]]; then
	# In the background, as a shell that has to ask for the status of a function lets its commands fail.
	build_newest >build.log 2>&1 &
	wait $! || { tail -n 40 build.log; die "$package $version could not be built"; }
fi
release=$(<"$tree/include/config/kernel.release")
echo "# Linux $release"

stock_source

# ---- samples/kernel/keyring as patches for this tree: each applies, is in the kernel's style, and assembles; all together they
# make what the sample makes of it

# assemble FOLDER OUT OPTION...: system_certificates.S as kbuild does
assemble() {
	local folder=$1 out=$2
	shift 2
	(cd "$tree" && gcc -c -D__ASSEMBLY__ -D__KERNEL__ -nostdinc -I "$source/arch/x86/include" -I "$tree/arch/x86/include/generated" \
		-I "$source/include" -I "$tree/include" -I "$source/arch/x86/include/uapi" -I "$tree/arch/x86/include/generated/uapi" \
		-I "$source/include/uapi" -I "$tree/include/generated/uapi" \
		-DCONFIG_64BIT=1 -DCONFIG_SYSTEM_EXTRA_CERTIFICATE=1 -DCONFIG_SYSTEM_EXTRA_CERTIFICATE_SIZE=4096 "$@" \
		-o "$out" "$folder/certs/system_certificates.S")
}

# What is in the section, and what the symbols that the kernel knows stand for.
section_of() {
	objcopy -O binary --only-section="$keyring" "$1" section
	sha256sum <section
	nm "$1" | grep ' R ' | sort
}

series=$repo/samples/kernel/keyring/series
for file in "${changed_by_keyring[@]}" certs/Kconfig; do
	for copy in stock patched sample; do
		mkdir -p "$copy/${file%/*}"
		cp "$source/$file" "$copy/$file"
	done
done
for patch in "$series"/000[1-9]*.patch; do
	expect 0 "${patch##*/} applies" patch -d patched -p1 --fuzz=0 -i "$patch"
	expect 0 "it has the kernel's style" perl "$source/scripts/checkpatch.pl" --no-tree --strict "$patch"
	out_says "without a word against it" "0 errors, 0 warnings, 0 checks"
	expect 0 "it assembles" assemble "$PWD/patched" "$PWD/step.o"
done
expect 0 "the sample is put into the same tree" "$repo/samples/kernel/keyring/apply" sample
expect 0 "the linker script is the same" cmp {patched,sample}/include/asm-generic/vmlinux.lds.h
expect 0 "with the option" assemble "$PWD/patched" "$PWD/patched.o" -DCONFIG_SYSTEM_EXTRA_CERTIFICATE_BUILD=1
expect 0 "and the sample" assemble "$PWD/sample" "$PWD/sample.o"
same "the keyring is the same" "$(section_of patched.o)" "$(section_of sample.o)"
diff -ru stock patched >changes || true
same "the cover letter counts what is changed" "$(grep -o '[0-9]* insertions(+), [0-9]* deletions(-)' "$series"/0000*)" \
	"$(grep -c '^+\([^+]\|$\)' changes) insertions(+), $(grep -c '^-\([^-]\|$\)' changes) deletions(-)"

rm -f "$tree"/vmlinux "$tree"/vmlinux.o

# ---- hashsect-make: the key that a build makes for itself is in a section of its own

expect 0 "hashsect-make" newest_hashsect_make bzImage modules
same "vmlinux.o has the section" "$("$elfsect" list "$tree/vmlinux.o" | grep -cw -- "$keyring")" 1
first=$(digest_of "$tree/vmlinux.o")
first_sha256=$(sha256_of "$tree/vmlinux.o")
for file in vmlinux.o vmlinux; do
	expect 0 "the digest that it stored of $file is right" env -C "$tree" "$hashsect" digest --check $file.hashsect
done
rm -f "$tree"/certs/signing_key.*
expect 0 "another key" newest_hashsect_make bzImage modules
same "vmlinux.o has the same digest" "$(digest_of "$tree/vmlinux.o")" "$first"
differ "and other bytes" "$(sha256_of "$tree/vmlinux.o")" "$first_sha256"

# ---- post-link: a certificate and the hashes of modules, and make links nothing afterwards

new_key packager P-384 "Packager's key"
new_key stranger rsa:2048 "Stranger's key"
mkdir -p listed/crypto
cp "$tree"/crypto/{md4,rmd160,wp512}.ko listed/crypto/
printf 'crypto/%s.o\n' md4 rmd160 >listed/modules.order
expect 0 "modules list" "$hashsect" modules list listed -o table
before=$(digest_of "$tree/vmlinux")
expect 0 "post-link" "$repo/scripts/kbuild/post-link" -C "$source" O="$tree" --certificate packager.crt --module-hashes table
same "the digest of vmlinux is the same" "$(digest_of "$tree/vmlinux")" "$before"
filled=$(sha256_of "$tree/vmlinux")
expect 0 "make bzImage" newest_make bzImage
same "it links no vmlinux" "$(grep -cE '^ *(LD|OBJCOPY) +vmlinux(\.unstripped)?$' <<<"$out" || true)" 0
same "and leaves it as it is" "$(sha256_of "$tree/vmlinux")" "$filled"
expect 0 "the boot image has the digest of vmlinux, by its map" "$hashsect" policy resolve "$tree/vmlinux" -o map
same "in scope loaded" "$("$hashsect" digest -q --scope loaded --map map "$tree/arch/x86/boot/bzImage" | cut -d ' ' -f 1)" \
	"$("$hashsect" digest -q --scope loaded "$tree/vmlinux" | cut -d ' ' -f 1)"

# ---- the machine

sign() {
	"$tree/scripts/sign-file" sha512 "$1.pem" "$1.x509" "listed/crypto/$2.ko" "$1-$2.ko"
}
sign packager md4
sign packager wp512
sign stranger rmd160
cp listed/crypto/rmd160.ko unsigned.ko
cp packager-md4.ko changed.ko
flip_bit changed.ko $(($(section_offset changed.ko .text) + 1))
"$tree/scripts/sign-file" sha512 "$tree"/certs/signing_key.{pem,x509} listed/crypto/rmd160.ko build-rmd160.ko
make_initramfs initramfs 'load_module unsigned.ko stranger-rmd160.ko packager-wp512.ko changed.ko
load_module packager-md4.ko build-rmd160.ko' ./*.ko
expect 0 "it boots" boot_kernel "$tree/arch/x86/boot/bzImage" initramfs
out_says "it is this kernel" "Linux version $release"
out_says "it has the packager's certificate" "Loaded X.509 cert 'Packager's key: $(key_id packager.x509)'"
for name in unsigned stranger-rmd160 packager-wp512 changed; do
	same "$name.ko is refused" "$(grep -c "^load_module: $name.ko: E" <<<"$out")" 1
done
out_says "wp512 because it is not listed" "modhash: refused: /files/packager-wp512.ko"
out_says "a module that is listed and signed by the packager loads" "load_module: packager-md4.ko: loaded"
out_says "so does one that is signed by the key of the build" "load_module: build-rmd160.ko: loaded"
out_says "all commands were run" "init: end, status 0"

# ---- samples/kernel/keyring: a section of its own in the linked kernel

expect 0 "keyring/apply" "$repo/samples/kernel/keyring/apply" "$source"
expect 0 "it links with the keyring in a section of its own" newest_make vmlinux
same "which vmlinux has" "$(readelf -SW "$tree/vmlinux" | grep -cw -- "$keyring")" 1
expected=$(digest_of "$tree/vmlinux")
for key in packager stranger; do
	expect 0 "$key: keyring add" "$elfsect" keyring add "$tree/vmlinux" $key.crt -o vmlinux.$key
	same "$key: the digest is the same" "$(digest_of vmlinux.$key)" "$expected"
done
stock_source
