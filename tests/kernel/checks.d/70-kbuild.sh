# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: tree
# The hook of scripts/kbuild, in the build tree.

tree=$cache/tree

# A make that has the object compiled anew in its second call, as a key that changes during the build does.
cat >forgetful-make <<EOF
#!/bin/bash
if [[ -f "$PWD/called" ]]; then rm "$tree/certs/system_certificates.o"; fi
touch "$PWD/called"
unset MAKE
exec make "\$@"
EOF
chmod +x forgetful-make
MAKE=$PWD/forgetful-make expect 2 "hashsect-make fails if the object is compiled again behind its back" \
	kernel_hashsect_make vmlinux
out_says "it says which section is missing" "has no section $keyring"

rm -f "$tree/certs/system_certificates.o"
expect 0 "hashsect-make builds and links with --orphan-handling=error" kernel_hashsect_make vmlinux
out_says "it isolates the keyring" "the keyring is now in $keyring"
out_says "it says what vmlinux is linked from" "vmlinux.o is what vmlinux is linked from"
out_says "it prints the digest of vmlinux.o" "$(digest_of "$tree/vmlinux.o")  vmlinux.o"
out_says "it prints the digest of vmlinux" "$(digest_of "$tree/vmlinux")  vmlinux"
for file in vmlinux.o vmlinux; do
	expect 0 "digest --check accepts $file.hashsect" env -C "$tree" "$hashsect" digest --check "$file.hashsect"
done
same "vmlinux.o has the digest of the cached build" \
	"$(digest_of "$tree/vmlinux.o")" "$(digest_of "$cache/iso-rsa/vmlinux.o")"
check_linked_keyring "linked after isolate in the certs object" "$tree/vmlinux" "$tree/certs/signing_key.x509"

touch -r "$tree/vmlinux.o" before
expect 0 "hashsect-make again" kernel_hashsect_make vmlinux
same "nothing is built again" "$(stat -c %y "$tree/vmlinux.o")" "$(stat -c %y before)"
# As a part of somebody's make, which shares its jobs.
printf 'all:\n\t+%s -C %s O=%s vmlinux\n' "$repo/scripts/kbuild/hashsect-make" "$cache/source" "$tree" >jobs.mk
expect 0 "hashsect-make in a Makefile" make -j2 -f jobs.mk
same "which shares its jobs with it" "$(grep -ci jobserver <<<"$out" || true)" 0
same "nothing is built again" "$(stat -c %y "$tree/vmlinux.o")" "$(stat -c %y before)"
