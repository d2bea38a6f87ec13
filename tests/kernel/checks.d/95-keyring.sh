# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: boot
# samples/kernel/keyring: a keyring in a section of its own, with a fixed capacity, also in the linked kernel.

tree=$cache/tree-boot
apply=$repo/samples/kernel/keyring/apply
slot=(--slot linux-extra-cert)

new_key rsa rsa:4096 "RSA key for the sample"
new_key ec P-256 "EC key for the sample"

# ---- the script

script=include/asm-generic/vmlinux.lds.h
assembly=certs/system_certificates.S
copy_sources() {
	rm -rf copy
	mkdir -p copy/certs copy/include/asm-generic
	cp "$cache/source/$assembly" copy/certs/
	cp "$cache/source/$script" copy/include/asm-generic/
	cp -r copy before
}

copy_sources
sed -i 's/define INIT_DATA_SECTION/define OTHER_SECTION/' copy/$script
cp copy/$script changed.lds.h
expect 2 "apply refuses a linker script without its anchor" "$apply" copy
expect 0 "it changes nothing then" cmp copy/$assembly before/$assembly
copy_sources
sed -i 's/system_extra_cert_used/renamed/' copy/$assembly
expect 2 "apply refuses an assembly file that it does not know" "$apply" copy
expect 0 "it changes nothing then" cmp copy/$script before/$script
copy_sources
mkdir -p part
cp "$apply" "${apply%/*}/system_certificates.S" part
expect 2 "apply refuses without its linker-script fragment" part/apply copy
expect 0 "it changes nothing then" cmp copy/$assembly before/$assembly
ln copy/$script link
expect 0 "apply" "$apply" copy
expect 0 "a hard link keeps the old file" cmp link before/$script
find copy -type f -printf '%p %T@\n' | sort >first
expect 0 "apply again" "$apply" copy
find copy -type f -printf '%p %T@\n' | sort >second
expect 0 "it does nothing" cmp first second

# ---- the link

expect 0 "the boot tree is in order" boot_tree_in_order
expect 0 "apply to the source of the boot tree" "$apply" "$cache/source-boot"
expect 1 "the shared source is not changed" grep -F "$keyring" "$cache/source/$script"
expect 0 "it links with --orphan-handling=error" boot_make vmlinux
same "vmlinux has one section for the keyring, read only" \
	"$(readelf -SW "$tree/vmlinux" | sed 's/^ *\[ *[0-9]*\] *//' | awk -v n="$keyring" '$1 == n { print $2, $7, $8, $10 }')" \
	"PROGBITS A 0 8"
cp "$tree/vmlinux" empty
expected=$(digest_of empty)
expect 0 "digest" "$hashsect" digest empty
out_says "the whole section is excluded" "section $keyring, offset 0x0, $(section_size empty "$keyring") bytes"
expect 0 "elfsect check" "$elfsect" check empty

# ---- certificates after the link

for key in rsa ec; do
	expect 0 "$key: inject" "$elfsect" inject empty "${slot[@]}" --data $key.x509 -o injected.$key
	same "$key: the digest of vmlinux is the same" "$(digest_of injected.$key)" "$expected"
	expect 0 "$key: insert-sys-cert" cp empty theirs
	expect 0 "$key: insert-sys-cert takes the section too" "$tree/scripts/insert-sys-cert" -b theirs -c $key.x509
	expect 0 "$key: with the same outcome" cmp theirs injected.$key
done
expect 0 "a shorter one over a longer one" "$elfsect" inject injected.rsa "${slot[@]}" --data ec.x509 -o x
expect 0 "leaves nothing of it" cmp x injected.ec
differ "RSA-4096 and P-256: sha256 of vmlinux differs" "$(sha256_of injected.rsa)" "$(sha256_of injected.ec)"
expect 3 "RSA-4096 and P-256: compare of vmlinux exits 3" "$hashsect" compare injected.rsa injected.ec
expect 2 "more than the capacity is refused" "$elfsect" inject empty "${slot[@]}" --data empty -o x

# ---- certificates of the build: what a stock kernel cannot have

for key in rsa ec; do
	expect 0 "$key: make vmlinux with this key" boot_make CONFIG_MODULE_SIG_KEY="$PWD/$key.pem" vmlinux
	cp "$tree/vmlinux" built.$key
	cp "$tree/vmlinux.o" built.$key.o
	same "$key: the certificate is in the kernel" "$(occurrences built.$key $key.x509)" 1
done
same "RSA-4096 and P-256 at build time: one digest of the linked vmlinux" \
	"$(digest_of built.rsa)" "$(digest_of built.ec)"
same "the same as with an empty slot" "$(digest_of built.rsa)" "$expected"
same "RSA-4096 and P-256 at build time: one digest of vmlinux.o" "$(digest_of built.rsa.o)" "$(digest_of built.ec.o)"
differ "their sha256 differs" "$(sha256_of built.rsa)" "$(sha256_of built.ec)"
expect 0 "the build's certificate can be replaced" "$elfsect" inject built.rsa "${slot[@]}" --data ec.x509 -o x
same "with the same digest" "$(digest_of x)" "$expected"

# ---- the machine: tree/vmlinux is the one built with the EC key

expect 0 "make bzImage with the EC key" boot_make CONFIG_MODULE_SIG_KEY="$PWD/ec.pem" bzImage
"$tree/scripts/sign-file" sha512 ec.pem ec.x509 "$cache/boot/modules/lib/crc7.ko" by-ec.ko
"$tree/scripts/sign-file" sha512 rsa.pem rsa.x509 "$cache/boot/modules/lib/crc4.ko" by-rsa.ko
make_initramfs initramfs 'load_module by-ec.ko by-rsa.ko' by-ec.ko by-rsa.ko
expect 0 "it boots" boot_kernel "$tree/arch/x86/boot/bzImage" initramfs
out_says "the kernel loads the build's certificate" "Loaded X.509 cert 'EC key for the sample: $(key_id ec.x509)'"
out_says "a module signed by it loads" "load_module: by-ec.ko: loaded"
out_says "one signed by another key does not" "load_module: by-rsa.ko: EKEYREJECTED:"

"$elfsect" inject "$tree/vmlinux" "${slot[@]}" --data rsa.x509 --in-place
expect 0 "make bzImage after injection" boot_make CONFIG_MODULE_SIG_KEY="$PWD/ec.pem" bzImage
expect 0 "it boots" boot_kernel "$tree/arch/x86/boot/bzImage" initramfs
out_says "the kernel loads the injected certificate" "Loaded X.509 cert 'RSA key for the sample: $(key_id rsa.x509)'"
out_says "a module signed by it loads" "load_module: by-rsa.ko: loaded"
out_says "one signed by the build's key does not any more" "load_module: by-ec.ko: EKEYREJECTED:"

# ---- and back

boot_sources_in_order
expect 0 "make vmlinux with the stock files" boot_make vmlinux
expect 0 "vmlinux is the stock one again" cmp "$tree/vmlinux" "$cache/boot/vmlinux"
