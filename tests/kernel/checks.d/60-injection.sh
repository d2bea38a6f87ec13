# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# The digest does not depend on what is injected into the keyring's section.

defines=(--define system_certificate_list=start --define system_certificate_list_size=size-word
	--define module_cert_size=size-word)
source=$cache/iso-rsa/vmlinux.o
expected=$(digest_of "$source")

# inject TEXT DATA: into the file x.o
inject() {
	expect 0 "$1: inject" "$elfsect" inject x.o --section "$keyring" --data "$2" "${defines[@]}"
	same "$1: the digest is the same" "$(digest_of x.o)" "$expected"
	"$elfsect" extract x.o --section "$keyring" -o extracted
	expect 0 "$1: the section starts with what was injected" cmp -n "$(stat -c %s "$2")" extracted "$2"
	expect 0 "$1: check" "$elfsect" check x.o
}

"$elfsect" extract "$source" --section "$keyring" -o extracted
section_bytes "$source" "$keyring" >expected.bytes
expect 0 "extract agrees with readelf and dd" cmp extracted expected.bytes

cp "$source" x.o
expect 0 "removed: remove" "$elfsect" remove x.o --section "$keyring"
same "removed: the digest is the same" "$(digest_of x.o)" "$expected"
expect 0 "removed: check" "$elfsect" check x.o

: >empty
cat "$cache/iso-rsa/signing_key.x509" "$cache/stock-rsa1/signing_key.x509" >two.x509
inject "new" "$cache/iso-ecdsa/signing_key.x509"
inject "refilled and grown" "$cache/iso-rsa/signing_key.x509"
inject "two certificates" two.x509
inject "emptied" empty
inject "refilled" "$cache/stock-ecdsa/signing_key.x509"

"$elfsect" extract "$cache/stock-rsa1/vmlinux.o" --symbols system_certificate_list..module_cert_size+8 -o keyring
expect 0 "other bytes in the same layout: inject" "$elfsect" inject "$source" --section "$keyring" --data keyring -o x.o
same "other bytes in the same layout: the digest is the same" "$(digest_of x.o)" "$expected"
differ "other bytes in the same layout: the file differs" "$(sha256_of x.o)" "$(sha256_of "$source")"
