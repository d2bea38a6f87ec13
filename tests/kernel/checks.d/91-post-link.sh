# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: boot tree
# scripts/kbuild/post-link, between the link of vmlinux and the image.

tree=$cache/tree-boot
post_link=$repo/scripts/kbuild/post-link
slot=(--slot linux-extra-cert)
words=(-C "$cache/source-boot" O="$tree")

new_key rsa rsa:4096 "Packager's RSA key"
new_key ec P-256 "Packager's EC key"
cat rsa.crt ec.crt >both.crt
cat rsa.x509 ec.x509 >both.x509
"$elfsect" inject "$cache/boot/vmlinux" "${slot[@]}" --data both.x509 -o both

# state: of vmlinux, time and inode included.
state() {
	stat -c '%i %y %s' "$tree/vmlinux"
	sha256_of "$tree/vmlinux"
}

expect 0 "the boot tree is in order" boot_tree_in_order
rm -f "$tree"/vmlinux.{hashsect,post-link}
expect 0 "make bzImage with the empty slot" boot_make bzImage
chmod 750 "$tree/vmlinux"
before=$(digest_of "$tree/vmlinux")

# ---- what is refused leaves vmlinux alone

refused() {
	local text=$1
	shift
	expect 2 "$text: refused" "$post_link" "${words[@]}" "$@"
	same "$text: vmlinux is as it was" "$(state)" "$old"
	same "$text: nothing is left behind" "$(find "$tree" -maxdepth 1 -name '.post-link*' | wc -l)" 0
}

old=$(state)
echo "no certificate" >text
head -c 600 rsa.x509 >short.x509
cat rsa.x509 rsa.x509 rsa.x509 rsa.x509 >four.x509
head -n -1 rsa.crt >endless.crt
refused "a file that holds no certificate" --certificate text
refused "a truncated DER certificate" --certificate short.x509
out_says "the slot does not take it" "holds certificates in DER"
refused "a truncated PEM certificate" --certificate endless.crt
refused "more than the slot has" --certificate four.x509
out_says "it says how much there is" "4096"
refused "a file that is not there" --certificate nowhere
refused "module hashes where there is no slot" --module-hashes both.x509
refused "an unknown option" --certificates both.crt
cat >other-digest <<'END'
#!/bin/bash
# A digest that counts everything.
echo "strict:$(sha256sum "${!#}")"
END
chmod +x other-digest
HASHSECT=$PWD/other-digest refused "a digest that differs" --certificate rsa.pem
out_says "it says so" "the digests differ"

# ---- a PEM file with two, from the command line

expect 0 "post-link, two certificates in one PEM file" "$post_link" "${words[@]}" --certificate both.crt
out_says "it prints the digest before" "before $before"
out_says "it prints the digest after" "after  $before"
out_says "it speaks of the build-id" "build-id"
expect 0 "vmlinux is what elfsect inject makes of the DER" cmp "$tree/vmlinux" both
same "the mode is kept" "$(stat -c %a "$tree/vmlinux")" 750
same "the digest is the same" "$(digest_of "$tree/vmlinux")" "$before"
expect 0 "digest --check accepts vmlinux.hashsect" env -C "$tree" "$hashsect" digest --check vmlinux.hashsect
same "the record has both digests and checksums" "$(cat "$tree/vmlinux.post-link")" "digest before  $before
digest after   $before
sha256 before  $(sha256_of "$cache/boot/vmlinux")
sha256 after   $(sha256_of both)"

filled=$(state)
records=$(stat -c '%i %y' "$tree"/vmlinux.{hashsect,post-link})
expect 0 "post-link again" "$post_link" "${words[@]}" --certificate both.crt
out_says "it says that there is nothing to do" "nothing to do"
same "it does not touch vmlinux" "$(state)" "$filled"
same "it does not touch its records" "$(stat -c '%i %y' "$tree"/vmlinux.{hashsect,post-link})" "$records"

# ---- make

expect 0 "make bzImage modules" boot_make bzImage modules
made=$out
same "make links no vmlinux" "$(state)" "$filled"
same "make ships the new payload" "$(occurrences "$tree/arch/x86/boot/compressed/vmlinux.bin" both.x509)" 1
same "it was stripped once" "$(grep -c 'OBJCOPY arch/x86/boot/compressed/vmlinux.bin$' <<<"$made")" 1
expect 0 "make again" boot_make bzImage modules
same "vmlinux is not touched" "$(state)" "$filled"
same "nothing is stripped, compressed or linked" "$(grep -cE '^ *(OBJCOPY|GZIP|LD) ' <<<"$out" || true)" 0
expect 0 "post-link after make" "$post_link" "${words[@]}" --certificate both.crt
expect 0 "make after that" boot_make bzImage modules
same "vmlinux is still not touched" "$(state)" "$filled"
same "still nothing is stripped, compressed or linked" "$(grep -cE '^ *(OBJCOPY|GZIP|LD) ' <<<"$out" || true)" 0

"$tree/scripts/sign-file" sha512 ec.pem ec.x509 "$tree/lib/crc7.ko" by-ec.ko
"$tree/scripts/sign-file" sha512 rsa.pem rsa.x509 "$tree/lib/crc4.ko" by-rsa.ko
make_initramfs initramfs 'load_module *.ko' by-ec.ko by-rsa.ko
expect 0 "it boots" boot_kernel "$tree/arch/x86/boot/bzImage" initramfs
out_says "the kernel loads the first certificate" "Loaded X.509 cert 'Packager's RSA key: $(key_id rsa.x509)'"
out_says "the kernel loads the second certificate" "Loaded X.509 cert 'Packager's EC key: $(key_id ec.x509)'"
out_says "a module signed by the first key loads" "load_module: by-rsa.ko: loaded"
out_says "a module signed by the second key loads" "load_module: by-ec.ko: loaded"

# ---- other ways to say it

expect 0 "from the environment, in the tree, DER and a key's PEM file" env -C "$tree" -u KBUILD_OUTPUT \
	HASHSECT_CERTIFICATES="$PWD/rsa.x509:$PWD/ec.pem" "$post_link" ARCH=x86 CROSS_COMPILE=
same "it is what is there already" "$(state)" "$filled"
expect 0 "one instead of two" env KBUILD_OUTPUT="$tree" "$post_link" --certificate ec.pem
expect 0 "the slot is made anew" "$elfsect" inject both "${slot[@]}" --data ec.x509 -o one
expect 0 "as elfsect inject does" cmp "$tree/vmlinux" one
expect 0 "nothing to fill in" "$post_link" "${words[@]}"
expect 0 "leaves what is there" cmp "$tree/vmlinux" one

# ---- a relink empties the slot; the next run fills it

rm -f "$tree/vmlinux"
expect 0 "make vmlinux links" boot_make vmlinux
expect 0 "the new vmlinux has an empty slot, and is the old one" cmp "$tree/vmlinux" "$cache/boot/vmlinux"
expect 0 "post-link fills it" "$post_link" "${words[@]}" --certificate both.crt
expect 0 "with the same outcome" cmp "$tree/vmlinux" both

# ---- with the build's key in a section of its own as well

isolated=$cache/tree/vmlinux
isolated_words=(-C "$cache/source" O="$cache/tree")
# make would keep the vmlinux.o that 80-links leaves there, which is of another build.
rm -f "$cache/tree/vmlinux.o"
expect 0 "isolated: the tree is in order" kernel_hashsect_make vmlinux
before=$(digest_of "$isolated")
expect 0 "isolated: post-link" "$post_link" "${isolated_words[@]}" --certificate ec.pem
same "isolated: the digest is the same" "$(digest_of "$isolated")" "$before"
same "isolated: the certificate is there" "$(occurrences "$isolated" ec.x509)" 1
same "isolated: the build's own too" "$(occurrences "$isolated" "$cache/tree/certs/signing_key.x509")" 1
filled=$(stat -c '%i %y' "$isolated")
expect 0 "isolated: hashsect-make again" kernel_hashsect_make vmlinux
same "isolated: vmlinux is not touched" "$(stat -c '%i %y' "$isolated")" "$filled"
"$elfsect" inject "$isolated" "${slot[@]}" --data /dev/null
