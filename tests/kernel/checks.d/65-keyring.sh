# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# The certificates of real kernels: read, added, removed.

new=$cache/stock-ecdsa/signing_key.x509

# openssl_says FIELD CERTIFICATE: in the form of "keyring list"
openssl_says() {
	local x509=(openssl x509 -inform DER -in "$2" -noout)
	case $1 in
	subject) "${x509[@]}" -subject -nameopt RFC2253 | sed 's/^subject=//' ;;
	serial) "${x509[@]}" -serial | sed 's/.*=//' | tr A-F a-f ;;
	sha256) "${x509[@]}" -fingerprint -sha256 | sed 's/.*=//' | tr -d : | tr A-F a-f ;;
	"key id") "${x509[@]}" -ext subjectKeyIdentifier | tail -n 1 | tr -d ': ' | tr A-F a-f ;;
	esac
}

# check_list TEXT FILE CERTIFICATE [OPTION...]
check_list() {
	local text=$1 file=$2 certificate=$3 field
	shift 3
	expect 0 "$text: keyring list" "$elfsect" keyring list "$@" "$file"
	for field in subject serial sha256 "key id"; do
		same "$text: $field as openssl prints it" "$(sed -n "s/^  $field  *//p" <<<"$out")" \
			"$(openssl_says "$field" "$certificate")"
	done
}

# there_and_back TEXT FILE [OPTION...]: FILE is a copy
there_and_back() {
	local text=$1 file=$2 way before
	shift 2
	before=$(sha256_of "$file")
	for way in "" "--in-place"; do
		# shellcheck disable=SC2086
		expect 0 "$text: add $way" "$elfsect" keyring add $way "$@" "$file" "$new"
		differ "$text: add $way: the file changes" "$(sha256_of "$file")" "$before"
		expect 0 "$text: add again" "$elfsect" keyring add $way "$@" "$file" "$new"
		out_says "$text: add again says that it is there" "already in linux-extra-cert"
		check_list "$text: added" "$file" "$new" --slot linux-extra-cert "$@"
		# shellcheck disable=SC2086
		expect 0 "$text: remove $way" "$elfsect" keyring remove $way "$@" "$file" \
			--key-id "$(openssl_says "key id" "$new")"
		same "$text: add and remove $way: the same file" "$(sha256_of "$file")" "$before"
	done
	expect 1 "$text: what is not there is not removed" "$elfsect" keyring remove "$@" "$file" "$new"
}

for variant in iso-rsa stock-rsa1; do
	certificate=$cache/$variant/signing_key.x509
	for name in vmlinux.o vmlinux; do
		check_list "$variant/$name" "$cache/$variant/$name" "$certificate"
		"$elfsect" keyring list --pem "$cache/$variant/$name" | openssl x509 -outform DER -out read.x509
		expect 0 "$variant/$name: openssl reads --pem" cmp read.x509 "$certificate"
		cp "$cache/$variant/$name" copy
		there_and_back "$variant/$name" copy
		rm -f copy
	done
done

cp "$cache/stock-rsa1/vmlinux" copy
id=$(readelf -n copy | sed -n 's/.*Build ID: //p')
before=$(digest_of copy)
expect 0 "a certificate into the linked kernel" "$elfsect" keyring add --in-place copy "$new"
out_says "it says that the build-id stays" "note: the build-id $id stays; files that differ only in this data share it"
same "the build-id stays" "$(readelf -n copy | sed -n 's/.*Build ID: //p')" "$id"
same "and the digest" "$(digest_of copy)" "$before"

nm "$cache/stock-rsa1/vmlinux" >System.map
objcopy -S "$cache/stock-rsa1/vmlinux" copy
check_list "stripped, by content" copy "$cache/stock-rsa1/signing_key.x509"
expect 2 "a stripped kernel needs its System.map to be changed" "$elfsect" keyring add copy "$new"
check_list "stripped" copy "$cache/stock-rsa1/signing_key.x509" --system-map System.map
there_and_back "stripped" copy --system-map System.map

# The built-in list is of a fixed length here, and its own section's too, since system_extra_cert follows.
cp "$cache/iso-rsa/vmlinux.o" copy
expect 2 "nothing goes into the built-in list" "$elfsect" keyring add --slot linux-keyring copy "$new"
out_says "it says how much room there is" "1324 bytes are available and have to be filled"
expect 0 "the file is untouched" cmp copy "$cache/iso-rsa/vmlinux.o"

# Without system_extra_cert, in a relocatable file as ld lays it out, the section grows, and shrinks to the file that was
# there.
"$elfsect" remove copy --section "$keyring"
"$elfsect" inject copy --section "$keyring" --data "$cache/iso-rsa/signing_key.x509" \
	--define system_certificate_list=start --define system_certificate_list_size=size-word \
	--define module_cert_size=size-word
ld -r -o laid-out copy
mv laid-out copy
before=$(sha256_of copy)
size=$(section_size copy "$keyring")
expect 0 "a section of its own: add" "$elfsect" keyring add copy "$new"
differ "a section of its own: it grows" "$(section_size copy "$keyring")" "$size"
expect 0 "a section of its own: check" "$elfsect" check copy
expect 0 "a section of its own: digest" "$hashsect" digest copy
expect 0 "a section of its own: keyring list" "$elfsect" keyring list copy
same "a section of its own: both certificates are listed" "$(sed -n 's/^  sha256  *//p' <<<"$out")" \
	"$(openssl_says sha256 "$cache/iso-rsa/signing_key.x509")"$'\n'"$(openssl_says sha256 "$new")"
expect 0 "a section of its own: remove" "$elfsect" keyring remove copy "$new"
same "a section of its own: add and remove: the same file" "$(sha256_of copy)" "$before"
