# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Different keys, one digest of vmlinux.o.

rsa=$cache/iso-rsa/vmlinux.o
ecdsa=$cache/iso-ecdsa/vmlinux.o

differ "isolated, RSA and ECDSA: sha256 differs" "$(sha256_of "$rsa")" "$(sha256_of "$ecdsa")"
same "isolated, RSA and ECDSA: one digest" "$(digest_of "$rsa")" "$(digest_of "$ecdsa")"
same "isolated, RSA and ECDSA: one digest with --scope loaded" \
	"$(digest_of "$rsa" --scope loaded)" "$(digest_of "$ecdsa" --scope loaded)"
differ "isolated, RSA and ECDSA: strict digests differ" \
	"$(digest_of "$rsa" --policy strict)" "$(digest_of "$ecdsa" --policy strict)"

expect 3 "compare exits 3" "$hashsect" compare "$rsa" "$ecdsa"
out_says "compare names the section" "$keyring"
out_says "compare prints its size in the first file" "$(section_size "$rsa" "$keyring")"
out_says "compare prints its size in the second file" "$(section_size "$ecdsa" "$keyring")"
out_says "compare prints the subject of the first certificate" "$(subject_of "$cache/iso-rsa/signing_key.x509")"
same "compare prints the subject of both certificates" \
	"$(grep -oF "$(subject_of "$cache/iso-ecdsa/signing_key.x509")" <<<"$out" | wc -l)" 2
expect 1 "compare --policy strict exits 1" "$hashsect" compare --policy strict "$rsa" "$ecdsa"

rsa=$cache/stock-rsa1/vmlinux.o
other=$cache/stock-rsa2/vmlinux.o
ecdsa=$cache/stock-ecdsa/vmlinux.o
differ "stock, two RSA keys: sha256 differs" "$(sha256_of "$rsa")" "$(sha256_of "$other")"
same "stock, two RSA keys: one digest" "$(digest_of "$rsa")" "$(digest_of "$other")"
expect 3 "stock, two RSA keys: compare exits 3" "$hashsect" compare "$rsa" "$other"
differ "stock, RSA and ECDSA: digests differ" "$(digest_of "$rsa")" "$(digest_of "$ecdsa")"
expect 1 "stock, RSA and ECDSA: compare exits 1" "$hashsect" compare "$rsa" "$ecdsa"
out_says "stock, RSA and ECDSA: compare says that the keyring needs its own section" "needs its own section"

isolated=$(digest_of "$cache/iso-rsa/vmlinux.o")
differ "isolated and stock: digests differ" "$isolated" "$(digest_of "$rsa")"
