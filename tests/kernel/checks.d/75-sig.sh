# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# changes: tree
# Module signatures as the kernel's own sign-file makes them, with the key of the kernel that was built.

sign_file=$cache/tree/scripts/sign-file
key=$cache/tree/certs/signing_key.pem
certificate=$cache/tree/certs/signing_key.x509
vmlinux=$cache/iso-rsa/vmlinux

expect 0 "the tree has the key of the variant iso-rsa" cmp "$certificate" "$cache/iso-rsa/signing_key.x509"
mapfile -t modules < <(cd "$cache/iso-rsa/modules" && find . -name '*.ko' | sort)
same "all modules of modules.order are there" "$(wc -l <"$cache/iso-rsa/modules/modules.order")" "${#modules[@]}"

# The kernel's decompressor wants this; zstd as scripts/Makefile.modinst calls it.
compress() {
	xz -k --check=crc32 --lzma2=dict=1MiB "$1"
	zstd -q "$1"
	gzip -k -n "$1"
}

round_trip() {
	local name=$1 packed
	for packed in signed.ko.xz signed.ko.zst signed.ko.gz; do
		same "$name: digest of $packed" "$(digest_of "$packed")" "$(digest_of plain.ko)"
		expect 0 "$name: strip $packed" "$hashsect" sig strip "$packed" -o stripped.ko
		expect 0 "$name: it gives the unsigned file" cmp stripped.ko plain.ko
		"$hashsect" sig extract "$packed" -o der
		expect 0 "$name: attach what was extracted from $packed" "$hashsect" sig attach stripped.ko --signature der
		expect 0 "$name: it gives the signed file" cmp stripped.ko signed.ko
	done
}

check_module() {
	local name=$1 hash=$2
	shift 2
	rm -f plain.* signed.* both.* stripped.*
	cp "$cache/iso-rsa/modules/$name" plain.ko
	cp plain.ko signed.ko
	"$sign_file" "$@" "$hash" "$key" "$certificate" signed.ko
	same "$name: digest, signed and not" "$(digest_of signed.ko)" "$(digest_of plain.ko)"
	expect 0 "$name: verify with --keyring vmlinux" "$hashsect" sig verify --keyring "$vmlinux" signed.ko
	out_says "$name: $hash" "with ${hash^^},"
	cp signed.ko stripped.ko
	expect 0 "$name: strip" "$hashsect" sig strip stripped.ko
	expect 0 "$name: it gives the unsigned file" cmp stripped.ko plain.ko
	"$hashsect" sig extract signed.ko -o der
	expect 0 "$name: attach what was extracted" "$hashsect" sig attach stripped.ko --signature der
	expect 0 "$name: it gives the signed file" cmp stripped.ko signed.ko
}

for module in "${modules[@]}"; do
	check_module "$module" sha512
	compress signed.ko
	round_trip "$module"
done
for hash in sha256 sha384 sha3-256 sha3-384 sha3-512; do
	check_module "${modules[0]}" "$hash"
done
check_module "${modules[0]}" sha512 -k
expect 0 "signed with -k: verify" "$hashsect" sig verify --certificates "$certificate" signed.ko
out_says "signed with -k: the key id is that of the certificate" \
	"key id $(openssl x509 -inform DER -in "$certificate" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :\n' | tr A-F a-f)"
cp plain.ko weak.ko
"$sign_file" sha1 "$key" "$certificate" weak.ko
expect 1 "SHA-1 is not accepted" "$hashsect" sig verify --keyring "$vmlinux" weak.ko
out_says "it is named" "SHA1"

# Detached: -d leaves the module alone, -p signs it too.
cp plain.ko detached.ko
"$sign_file" -d sha512 "$key" "$certificate" detached.ko
expect 0 "sign-file -d leaves the module unsigned" cmp detached.ko plain.ko
expect 0 "attach what sign-file -d made" "$hashsect" sig attach detached.ko --signature detached.ko.p7s
cp plain.ko both.ko
"$sign_file" -p sha512 "$key" "$certificate" both.ko
expect 0 "it gives what sign-file -p made" cmp detached.ko both.ko
"$hashsect" sig extract both.ko -o der
expect 0 "extract gives what sign-file -p left" cmp der both.ko.p7s

# All of them at once, against the kernel; against one with another key; and with a changed byte.
cp -r "$cache/iso-rsa/modules" tree
for module in "${modules[@]}"; do
	"$sign_file" sha512 "$key" "$certificate" "tree/$module"
done
mapfile -t signed < <(find tree -name '*.ko' | sort)
expect 0 "every module of the kernel: verify with --keyring vmlinux" "$hashsect" sig verify --keyring "$vmlinux" "${signed[@]}"
same "every module of the kernel: all good" "$(grep -c ': good (' <<<"$out")" "${#modules[@]}"
strip -o stripped-vmlinux "$vmlinux"
nm "$vmlinux" >System.map
expect 0 "every module of the kernel: --keyring of a stripped vmlinux, found by content" \
	"$hashsect" sig verify --keyring stripped-vmlinux "${signed[@]}"
expect 0 "every module of the kernel: --keyring of a stripped vmlinux with --system-map" \
	"$hashsect" sig verify --keyring stripped-vmlinux --system-map System.map "${signed[@]}"
expect 1 "another kernel does not know the signer" "$hashsect" sig verify --keyring "$cache/stock-rsa1/vmlinux" "${signed[@]}"
same "another kernel does not know the signer: all without certificate" \
	"$(grep -c ': no certificate: ' <<<"$out")" "${#modules[@]}"
python3 - "${signed[0]}" <<'END'
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(5000)
    byte = f.read(1)[0]
    f.seek(5000)
    f.write(bytes([byte ^ 1]))
END
expect 1 "a changed byte" "$hashsect" sig verify --keyring "$vmlinux" "${signed[@]}"
out_says "a changed byte: bad" "${signed[0]}: bad: "
same "a changed byte: the others are good" "$(grep -c ': good (' <<<"$out")" "$((${#modules[@]} - 1))"

# A certificate in the slot for one more counts too.
openssl req -new -x509 -nodes -batch -sha512 -days 36500 -subj "/CN=Added key" -newkey ec -pkeyopt ec_paramgen_curve:P-384 \
	-keyout added.key -out added.crt 2>/dev/null
cp plain.ko added.ko
"$sign_file" sha384 added.key added.crt added.ko
cp "$vmlinux" with-added
expect 1 "a key that is not in the kernel" "$hashsect" sig verify --keyring with-added added.ko
openssl x509 -in added.crt -outform DER -out added.x509
expect 0 "add its certificate" "$elfsect" keyring add with-added added.x509
expect 0 "a key that was added to the kernel" "$hashsect" sig verify --keyring with-added added.ko signed.ko
