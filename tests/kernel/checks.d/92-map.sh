# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: boot
# One digest for vmlinux, its stripped copy and the payload that the kernel build compresses, by way of a policy map.

tree=$cache/tree-boot
post_link=$repo/scripts/kbuild/post-link
payload=$tree/arch/x86/boot/compressed/vmlinux.bin
slot=(--slot linux-extra-cert)
loaded=(--scope loaded)

new_key rsa rsa:4096 "RSA key and a map"
new_key ec P-384 "EC key and a map"

expect 0 "the boot tree is in order" boot_tree_in_order
expect 0 "policy resolve" "$hashsect" policy resolve "$tree/vmlinux" -o map
expected=$(digest_of "$tree/vmlinux" "${loaded[@]}")
expect 0 "digest of vmlinux, scope loaded" "$hashsect" digest "${loaded[@]}" "$tree/vmlinux"

for key in rsa ec; do
	"$elfsect" inject "$tree/vmlinux" "${slot[@]}" --data $key.x509 --in-place
	expect 0 "$key: make bzImage" boot_make bzImage
	objcopy -S "$tree/vmlinux" stripped
	same "$key: the payload holds the certificate" "$(occurrences "$payload" $key.x509)" 1
	same "$key: vmlinux: the digest without a certificate" "$(digest_of "$tree/vmlinux" "${loaded[@]}")" "$expected"
	for file in stripped "$payload"; do
		expect 2 "$key: ${file##*/} without a map is refused" "$hashsect" digest "${loaded[@]}" "$file"
		same "$key: ${file##*/} with the map: the same digest" \
			"$(digest_of "$file" "${loaded[@]}" --map map)" "$expected"
	done
	same "$key: vmlinux with the map: the same digest" \
		"$(digest_of "$tree/vmlinux" "${loaded[@]}" --map map)" "$expected"
	expect 0 "$key: a map made now" "$hashsect" policy resolve "$tree/vmlinux" -o now
	expect 0 "$key: is the one that was made before" cmp map now
done
cp "$payload" flipped
flip_bit flipped $(($(section_offset flipped .text) + 8))
differ "one bit of the payload's code flipped: another digest" \
	"$(digest_of flipped "${loaded[@]}" --map map)" "$expected"

# ---- the map as a note in the kernel

cp "$cache/boot/vmlinux" "$tree/vmlinux"
expect 0 "post-link stores the map in vmlinux" \
	"$post_link" -C "$cache/source-boot" O="$tree" --certificate ec.pem --map-note
noted=$(stat -c '%i %y' "$tree/vmlinux")
expect 0 "vmlinux has a section .gnu.warning.hashsect" has_section "$tree/vmlinux" .gnu.warning.hashsect
same "its digest, scope file, is that of the kernel without it" \
	"$(digest_of "$tree/vmlinux")" "$(digest_of "$cache/boot/vmlinux")"
expect 0 "post-link again" "$post_link" -C "$cache/source-boot" O="$tree" --certificate ec.pem --map-note
same "it does not touch vmlinux" "$(stat -c '%i %y' "$tree/vmlinux")" "$noted"
expect 0 "make bzImage" boot_make bzImage
objcopy -S "$tree/vmlinux" stripped
for file in "$tree/vmlinux" stripped "$payload"; do
	expect 0 "${file##*/} has the note" has_section "$file" .gnu.warning.hashsect
	same "${file##*/} describes itself: the same digest, scope loaded" "$(digest_of "$file" "${loaded[@]}")" "$expected"
done
make_initramfs initramfs true
expect 0 "it boots" boot_kernel "$tree/arch/x86/boot/bzImage" initramfs
out_says "the kernel loads the certificate" "Loaded X.509 cert 'EC key and a map: $(key_id ec.x509)'"
out_says "it runs" "init: end, status 0"
