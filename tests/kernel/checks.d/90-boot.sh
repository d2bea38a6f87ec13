# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: boot tree
# A certificate goes into a finished kernel, which then boots and trusts that key.

tree=$cache/tree-boot
pristine=$cache/boot/vmlinux
slot=(--slot linux-extra-cert)

new_key rsa rsa:4096 "Injected RSA key"
new_key ec P-384 "Injected EC key"
new_key stranger rsa:2048 "Stranger's key"

# What came before may have been stopped half-way.
expect 0 "the boot tree is in order" boot_tree_in_order
same "the list is empty" "$(linked_word "$pristine" system_certificate_list_size)" 0

# ---- the file

expected=$(digest_of "$pristine")
expect 0 "digest of the kernel with an empty slot" "$hashsect" digest "$pristine"
for key in rsa ec; do
	expect 0 "$key: inject into a copy" "$elfsect" inject "$pristine" "${slot[@]}" --data $key.x509 -o vmlinux.$key
	same "$key: the digest is the same" "$(digest_of vmlinux.$key)" "$expected"
	differ "$key: sha256 differs" "$(sha256_of vmlinux.$key)" "$(sha256_of "$pristine")"
	expect 0 "$key: digest" "$hashsect" digest vmlinux.$key
	out_says "$key: it prints the key id, as openssl does" "key id $(key_id $key.x509),"
	expect 3 "$key: compare with the empty slot exits 3" "$hashsect" compare "$pristine" vmlinux.$key
	same "$key: system_certificate_list_size" \
		"$(linked_word vmlinux.$key system_certificate_list_size)" "$(stat -c %s $key.x509)"
done
differ "two certificates: sha256 differs" "$(sha256_of vmlinux.rsa)" "$(sha256_of vmlinux.ec)"

# ---- against the kernel's own tool

inserted() {
	local text=$1 file=$2 certificate=$3
	shift 3
	cp "$file" theirs
	cp "$file" ours
	expect 0 "$text: insert-sys-cert" "$tree/scripts/insert-sys-cert" "$@" -b theirs -c "$certificate"
	expect 0 "$text: elfsect" "$elfsect" inject ours "${slot[@]}" ${1:+--system-map "$2"} --data "$certificate" --in-place
	expect 0 "$text: the same bytes" cmp theirs ours
	differ "$text: the file changed" "$(sha256_of ours)" "$(sha256_of "$file")"
}

objcopy -S "$pristine" stripped
for key in rsa ec; do
	inserted "$key, with symbols" "$pristine" $key.x509
	inserted "$key, stripped, with System.map" stripped $key.x509 -s "$cache/boot/System.map"
done
inserted "a shorter certificate over a longer one" vmlinux.rsa ec.x509
inserted "a longer certificate over a shorter one" vmlinux.ec rsa.x509

refused=$(sha256_of stripped)
expect 2 "System.map of another build is refused" \
	"$elfsect" inject stripped "${slot[@]}" --system-map "$cache/tree/System.map" --data rsa.x509 --in-place
out_says "it says so" "the map is not of this file"
same "and the file is as it was" "$(sha256_of stripped)" "$refused"

# ---- the image

expect 0 "inject in place, in the tree" "$elfsect" inject "$tree/vmlinux" "${slot[@]}" --data rsa.x509 --in-place
expect 0 "the same bytes as by a copy" cmp "$tree/vmlinux" vmlinux.rsa
before=$(stat -c %y "$tree/vmlinux")
expect 0 "make bzImage" boot_make bzImage
made=$out
same "make did not touch vmlinux: time" "$(stat -c %y "$tree/vmlinux")" "$before"
expect 0 "make did not touch vmlinux: content" cmp "$tree/vmlinux" vmlinux.rsa
same "make linked no vmlinux" "$(grep -c '^ *LD  *\(\[[A-Z]*\] *\)\?vmlinux' <<<"$made" || true)" 0
same "make stripped the new vmlinux" "$(grep -c 'OBJCOPY arch/x86/boot/compressed/vmlinux.bin$' <<<"$made")" 1
same "the payload holds the certificate once" "$(occurrences "$tree/arch/x86/boot/compressed/vmlinux.bin" rsa.x509)" 1

# ---- the machine

module=$tree/lib/crc7.ko
for key in rsa ec stranger; do
	"$tree/scripts/sign-file" sha512 $key.pem $key.x509 "$module" by-$key.ko
done
cp "$module" unsigned.ko
cp by-rsa.ko changed.ko
flip_bit changed.ko $(($(section_offset changed.ko .text) + 1))

make_initramfs initramfs 'load_module unsigned.ko by-stranger.ko by-ec.ko changed.ko
cut -d " " -f 1 /proc/modules | sed "s/^/before: /"
load_module by-rsa.ko
cut -d " " -f 1 /proc/modules | sed "s/^/after: /"' unsigned.ko changed.ko by-*.ko
expect 0 "it boots" boot_kernel "$tree/arch/x86/boot/bzImage" initramfs
out_says "the kernel loads the certificate" "Loaded X.509 cert 'Injected RSA key: $(key_id rsa.x509)'"
same "and no other" "$(grep -c 'Loaded X.509 cert' <<<"$out")" 1
out_says "an unsigned module is refused" "load_module: unsigned.ko: EKEYREJECTED:"
out_says "because it is unsigned" "Loading of unsigned module is rejected"
out_says "one signed by a stranger is refused" "load_module: by-stranger.ko: EKEYREJECTED:"
out_says "one signed by a key that another kernel has is refused" "load_module: by-ec.ko: EKEYREJECTED:"
same "because the keys are not there" "$(grep -c 'Loading of module with unavailable key is rejected' <<<"$out")" 2
out_says "one changed after it was signed is refused" "load_module: changed.ko: EKEYREJECTED:"
same "until then none is loaded" "$(grep -c '^before: ' <<<"$out" || true)" 0
out_says "one signed by the injected key loads" "load_module: by-rsa.ko: loaded"
out_says "and is there" "after: crc7"
out_says "all commands were run" "init: end, status 0"
