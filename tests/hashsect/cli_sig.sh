#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_sig.sh HASHSECT MKELF: wrapped modules on the command line: signatures made with openssl in the way of sign-file, and
# compressed with gzip, xz and zstd.
set -euo pipefail

hashsect=$1
mkelf=$2
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

same()
{
	cmp "$1" "$2" || fail "$1 and $2 differ"
	passed=$((passed + 1))
}

# sign KEY FILE [OPTION...]: FILE.p7s, with the flags that sign-file gives to libcrypto.
sign()
{
	local key=$1 file=$2
	shift 2
	openssl cms -sign -binary -noattr -nocerts -nosmimecap -outform DER -signer "$key.crt" -inkey "$key.key" \
		-in "$file" -out "$file.p7s" "$@"
}

# tail_of ID_TYPE LENGTH: what follows the data of a trailer.
tail_of()
{
	# shellcheck disable=SC2059
	printf "\0\0\x$(printf %02x "$1")\0\0\0\0\0"
	# shellcheck disable=SC2059
	printf "\\x$(printf %08x "$2" | sed 's/../&\\x/g; s/\\x$//')"
	printf '~Module signature appended~\n'
}

digest_of()
{
	"$hashsect" digest -q "$1" | cut -d ' ' -f 1
}

openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.crt -subj "/CN=Test key" -days 3650 2> /dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:secp384r1 -nodes -keyout ec.key -out ec.crt -subj "/CN=Other key" \
	-days 3650 2> /dev/null
openssl x509 -in rsa.crt -outform DER -out rsa.x509
cat rsa.key rsa.crt > rsa.pem
"$mkelf" keyring-absent-64le a.ko
chmod 640 a.ko
plain=$(digest_of a.ko)

# ---- attach, extract, strip: byte for byte
for key in rsa ec; do
	sign "$key" a.ko -md sha512
	{
		cat a.ko a.ko.p7s
		tail_of 2 "$(stat -c %s a.ko.p7s)"
	} > expected
	cp -p a.ko s.ko
	expect 0 "$hashsect" sig attach s.ko --signature a.ko.p7s
	same s.ko expected
	[ "$(stat -c %a s.ko)" = 640 ] || fail "attach changes the mode"
	expect 0 "$hashsect" sig extract s.ko
	same out a.ko.p7s
	expect 0 "$hashsect" sig extract s.ko -o der
	same der a.ko.p7s
	openssl cms -verify -binary -inform DER -in der -content a.ko -certfile "$key.crt" -noverify -out verified 2> /dev/null ||
		fail "openssl does not verify what was extracted"
	expect 0 "$hashsect" sig extract --trailer s.ko -o trailer
	expect 0 "$hashsect" sig attach a.ko --trailer trailer -o again
	same again s.ko
	expect 0 "$hashsect" sig verify --certificates "$key.crt" s.ko
	has out "s.ko: good ("
	expect 0 "$hashsect" sig strip s.ko
	same s.ko a.ko
	[ "$(stat -c %a s.ko)" = 640 ] || fail "strip changes the mode"
	mv expected "$key.ko"
done
expect 0 "$hashsect" sig strip a.ko
has err "nothing to strip"
expect 0 "$hashsect" sig strip a.ko -o copy
same copy a.ko
cp rsa.ko one
cp ec.ko two
expect 0 "$hashsect" sig strip one two
same one a.ko
same two a.ko

# ---- compressed: the digest is the module's
gzip -k rsa.ko
xz -k --check=crc32 --lzma2=dict=1MiB rsa.ko
zstd -q rsa.ko
for file in rsa.ko rsa.ko.gz rsa.ko.xz rsa.ko.zst; do
	[ "$(digest_of "$file")" = "$plain" ] || fail "the digest of $file is not that of a.ko"
	expect 0 "$hashsect" digest "$file"
	has err "$file: peeled:"
	has err "PKCS#7 signature, RSA with SHA512, by issuer CN=Test key, serial "
	expect 0 sh -c "cat '$file' | '$hashsect' digest -"
	[ "$(cut -d ' ' -f 1 out)" = "$plain" ] || fail "the digest of $file from a pipe"
	expect 0 "$hashsect" digest --json "$file"
	has out '"kind": "signature"'
	has out '"status": "well-formed"'
	grep -A 40 '"layers"' out | grep -q '"proved": true' && fail "a signature that nobody verified is proved"
	expect 0 "$hashsect" sig verify --certificates rsa.x509 "$file"
	has out ": good ("
	expect 0 "$hashsect" sig extract "$file"
	sign rsa a.ko -md sha512
	same out a.ko.p7s
	expect 0 "$hashsect" sig strip "$file" -o stripped
	same stripped a.ko
	expect 0 "$hashsect" sig show "$file"
	has out "signature, "
done
refused "it is compressed" "$hashsect" sig strip rsa.ko.xz
refused "it is compressed" "$hashsect" sig attach rsa.ko.xz --signature a.ko.p7s
# A name says nothing: the bytes do.
cp rsa.ko.xz named.zst
[ "$(digest_of named.zst)" = "$plain" ] || fail "the digest depends on the name"

# ---- what counts as equal
expect 3 "$hashsect" compare a.ko rsa.ko
has out "peeled from B: PKCS#7 signature"
has out "trailer 1: the signature differs: only in B"
expect 3 "$hashsect" compare ec.ko rsa.ko.xz
has out "trailer 1: the signature differs: another signer"
expect 0 "$hashsect" compare rsa.ko rsa.ko.xz
has out "trailer 1: the signature is the same in both"
sign rsa a.ko -md sha256
"$hashsect" sig attach a.ko --signature a.ko.p7s -o other.ko
expect 3 "$hashsect" compare rsa.ko other.ko
has out "trailer 1: the signature differs: same signer, another algorithm"
sign rsa a.ko -md sha512
python3 - <<-'END'
	file = bytearray(open("rsa.ko", "rb").read())
	file[-28 - 12 - 100] ^= 1
	open("other.ko", "wb").write(file)
END
expect 3 "$hashsect" compare rsa.ko other.ko
has out "trailer 1: the signature differs: same signer, other value"
expect 3 "$hashsect" compare --json rsa.ko other.ko
python3 - out <<-'END' || fail "compare --json: which trailer differs"
	import json, sys
	assert json.load(open(sys.argv[1]))["trailers"] == [
		{"in": "both", "equal": False, "difference": "same signer, other value"}]
END
"$hashsect" digest --manifest rsa.ko > manifest 2> /dev/null
expect 0 "$hashsect" compare --manifest manifest rsa.ko
expect 0 "$hashsect" compare --manifest manifest rsa.ko.gz
expect 3 "$hashsect" compare --manifest manifest a.ko
expect 3 "$hashsect" compare --manifest manifest ec.ko
sed 's/"sha256": "/"sha256": 1, "x": "/' manifest > bad
refused "malformed" "$hashsect" compare --manifest bad rsa.ko
sed '/"layers"/,/]/s/"sha256": /"x": /' manifest > bad
refused "'layers' is malformed" "$hashsect" compare --manifest bad a.ko
sed 's/"status": "well-formed"/"status": "verified"/' manifest > bad
refused "'layers' is malformed" "$hashsect" compare --manifest bad rsa.ko

# ---- trailers count under a policy without rules; compression does not
strict=$("$hashsect" digest -q --policy strict rsa.ko | cut -d ' ' -f 1)
for file in rsa.ko.gz rsa.ko.xz rsa.ko.zst; do
	[ "$("$hashsect" digest -q --policy strict "$file" | cut -d ' ' -f 1)" = "$strict" ] || fail "strict: $file"
done
for file in a.ko ec.ko other.ko; do
	[ "$("$hashsect" digest -q --policy strict "$file" | cut -d ' ' -f 1)" != "$strict" ] || fail "strict: $file"
	expect 1 "$hashsect" compare --policy strict rsa.ko "$file"
	has out "differs: trailer"
done
expect 0 "$hashsect" digest --policy strict rsa.ko.xz
has err "rsa.ko.xz: peeled, and counted: "
has err "rsa.ko.xz: peeled: $(stat -c %s rsa.ko.xz) bytes: xz compression"
expect 0 "$hashsect" digest -q --policy strict --manifest rsa.ko
has out '"counted": true'
has out '"kind": "trailer"'
expect 0 "$hashsect" dump --policy strict rsa.ko
has out "trailer $(($(stat -c %s rsa.ko) - $(stat -c %s a.ko)))"

# ---- proofs: by certificates, for what is left out
refused "not proved (--require-proof): PKCS#7 signature, RSA with SHA512, by issuer CN=Test key" \
	"$hashsect" digest -q --require-proof rsa.ko
refused "well-formed, not verified" "$hashsect" digest -q --require-proof --certificates ec.crt rsa.ko
expect 0 "$hashsect" digest --require-proof --certificates ec.crt --certificates rsa.crt rsa.ko rsa.ko.xz ec.ko
has err ", verified"
expect 0 "$hashsect" digest --json --certificates rsa.crt rsa.ko
has out '"status": "verified"'
has out '"proved": true'
expect 1 "$hashsect" digest -q --certificates rsa.crt other.ko
has err "other.ko: module signature: the signature is not that of the module's bytes"
expect 3 "$hashsect" compare --require-proof --certificates rsa.crt --certificates ec.crt rsa.ko ec.ko
refused "goes with --keyring" "$hashsect" digest --system-map x rsa.ko
"$mkelf" keyring-64le kernel.o
expect 0 "$hashsect" digest -q --keyring kernel.o rsa.ko
refused "symbol system_certificate_list" "$hashsect" digest -q --keyring a.ko rsa.ko
expect 0 "$hashsect" dump rsa.ko.xz
cp out dump
expect 0 "$hashsect" dump a.ko
same out dump

# ---- several layers
sign ec rsa.ko -md sha256
expect 0 "$hashsect" sig attach rsa.ko --signature rsa.ko.p7s -o both.ko
has err "it had a trailer already (id_type 2), which is beneath the new one"
[ "$(digest_of both.ko)" = "$plain" ] || fail "the digest of a module signed twice"
expect 0 "$hashsect" sig verify --certificates ec.crt both.ko
expect 1 "$hashsect" sig verify --certificates rsa.crt both.ko
has out "both.ko: no certificate: "
expect 0 "$hashsect" sig show both.ko
[ "$(wc -l < out)" = 2 ] || fail "show does not list two layers"
head -n 1 out | grep -q 'CN=Other key' || fail "the outermost layer is not the first"
expect 0 "$hashsect" sig strip both.ko
has err "beneath it is another trailer"
same both.ko rsa.ko

# ---- a Merkle proof is not proved; an unknown trailer stays
{
	cat a.ko
	head -c 68 /dev/zero
	tail_of 3 68
} > merkle.ko
[ "$(digest_of merkle.ko)" = "$plain" ] || fail "the digest of a module with a proof"
expect 0 "$hashsect" digest merkle.ko
has err "Merkle proof of 2 levels, well-formed, not verified"
refused "a layer that is not proved" "$hashsect" digest --require-proof merkle.ko
expect 0 "$hashsect" digest -q --require-proof --policy strict rsa.ko
expect 1 "$hashsect" sig verify --certificates rsa.crt merkle.ko
has out "merkle.ko: unsigned: a Merkle proof, but no signature"
refused "it is no PKCS#7 message" "$hashsect" sig extract merkle.ko
expect 0 "$hashsect" sig extract --trailer merkle.ko -o trailer
expect 0 "$hashsect" sig attach a.ko --trailer trailer -o again
same again merkle.ko
expect 0 "$hashsect" sig strip merkle.ko
same merkle.ko a.ko
{
	cat a.ko
	printf hello
	tail_of 7 5
} > unknown.ko
cp unknown.ko before
refused "unknown id_type 7" "$hashsect" digest unknown.ko
refused "unknown id_type 7" "$hashsect" digest --policy strict unknown.ko
refused "unknown id_type 7 is not removed" "$hashsect" sig strip unknown.ko
same unknown.ko before
expect 0 "$hashsect" sig show unknown.ko
has out "unknown.ko: unknown, 45 bytes: a trailer with id_type 7"
expect 0 "$hashsect" sig show --json unknown.ko
has out '"id_type": 7'
expect 1 "$hashsect" sig verify --certificates rsa.crt unknown.ko
has out "unsupported: a trailer with the unknown id_type 7"

# ---- a signature as kernels before 4.3 have it: name, key identifier and signature, each as long as its field says
for id_type in 0 1; do
	{
		cat a.ko
		printf 'A \033[2J signer'
		printf '\1\2\3\4'
		head -c 258 /dev/urandom
		# shellcheck disable=SC2059
		printf "\1\4\x$id_type\x0d\x04\0\0\0\0\0\1\2~Module signature appended~\n"
	} > old.ko
	all=$((13 + 4 + 258 + 40))
	expect 0 "$hashsect" sig show old.ko
	has out "old.ko: old-signature, $all bytes: signature as kernels before 4.3 have it (id_type $id_type), by A \\x1b[2J signer, key id 01020304"
	expect 0 "$hashsect" sig show --json old.ko
	has out '"key_id": "01020304"'
	has out '"status": "not understood"'
	expect 0 "$hashsect" sig extract --trailer old.ko -o trailer
	[ "$(stat -c %s trailer)" = "$all" ] || fail "not the whole trailer"
	expect 0 "$hashsect" sig attach a.ko --trailer trailer -o again
	same again old.ko
	expect 0 "$hashsect" sig strip old.ko -o stripped
	same stripped a.ko
	refused "it is no PKCS#7 message" "$hashsect" sig extract old.ko
	expect 1 "$hashsect" sig verify --certificates rsa.crt old.ko
	has out "unsupported: a signature as kernels before 4.3 have it (id_type $id_type)"
	refused "(id_type $id_type): only a policy without rules takes it" "$hashsect" digest old.ko
	refused "only a policy without rules takes it" "$hashsect" dump old.ko
	refused "only a policy without rules takes it" "$hashsect" digest --policy strict --exclude-section .data:zero old.ko
	expect 0 "$hashsect" digest --policy strict old.ko
	has err "old.ko: peeled, and counted: $all bytes: "
done

# ---- malformed trailers
{
	cat a.ko
	tail_of 2 1000000
} > long.ko
refused "1000000 bytes of data" "$hashsect" digest long.ko
refused "1000000 bytes of data" "$hashsect" sig strip long.ko
{
	cat a.ko.p7s
	tail_of 2 "$(stat -c %s a.ko.p7s)"
} > zero.ko
refused "module trailer: " "$hashsect" digest zero.ko
{
	cat a.ko
	head -c 681 /dev/urandom
	tail_of 2 681
} > random.ko
cp random.ko before
refused "module signature: " "$hashsect" digest random.ko
refused "module signature: " "$hashsect" sig strip random.ko
same random.ko before
expect 1 "$hashsect" sig verify --certificates rsa.crt long.ko zero.ko random.ko
[ "$(grep -c ': malformed: ' out)" = 3 ] || fail "three malformed files: $(cat out)"
: > empty
refused "it is empty" "$hashsect" sig attach empty --signature a.ko.p7s
refused "there is no signature" "$hashsect" sig extract a.ko
refused "not a detached signature in DER" "$hashsect" sig attach a.ko --signature rsa.crt
refused "not one whole module trailer" "$hashsect" sig attach a.ko --trailer a.ko.p7s
refused "not one whole module trailer" "$hashsect" sig attach a.ko --trailer rsa.ko
openssl cms -sign -binary -noattr -nocerts -nosmimecap -stream -outform DER -signer rsa.crt -inkey rsa.key -in a.ko -out ber.p7s
refused "indefinite length" "$hashsect" sig attach a.ko --signature ber.p7s

# ---- what sign-file does not make: taken off and put back, never good
# other WORDS OPTION...: a signature made with these options, and what is said of it
other()
{
	local words=$1
	shift
	openssl cms -sign -binary -nosmimecap -outform DER -in a.ko -out other.p7s -signer rsa.crt -inkey rsa.key "$@"
	expect 0 "$hashsect" sig attach a.ko --signature other.p7s -o other.ko
	expect 0 "$hashsect" sig show other.ko
	has out "PKCS#7 signature, $(stat -c %s other.p7s) bytes, not of the profile that this tool verifies: $words"
	expect 0 "$hashsect" sig extract other.ko
	same out other.p7s
	[ "$(digest_of other.ko)" = "$plain" ] || fail "the digest of a module with $words"
	expect 0 "$hashsect" digest --json other.ko
	has out '"status": "not understood"'
	refused "not proved (--require-proof)" "$hashsect" digest -q --require-proof --certificates rsa.crt other.ko
	expect 1 "$hashsect" sig verify --certificates rsa.crt other.ko
	has out "other.ko: unsupported: "
	expect 0 "$hashsect" sig strip other.ko
	same other.ko a.ko
}
other "1 signer, hash sha256, algorithm rsaEncryption, with certificates" -md sha256 -noattr
other "1 signer, hash sha256, algorithm rsaEncryption, with signed attributes" -md sha256 -nocerts
other "2 signers, hash sha256, algorithm " -md sha256 -nocerts -noattr -signer ec.crt -inkey ec.key
other "1 signer, hash sha256, algorithm rsassaPss" -md sha256 -nocerts -noattr -keyopt rsa_padding_mode:pss

# ---- verify: every status, and the exit status of all
head -c 200 a.ko > other
tail -c +201 a.ko | tr '\0' '\1' >> other
{
	cat other a.ko.p7s
	tail_of 2 "$(stat -c %s a.ko.p7s)"
} > bad.ko
sign rsa a.ko -md sha1
"$hashsect" sig attach a.ko --signature a.ko.p7s -o sha1.ko
expect 1 "$hashsect" sig verify --certificates rsa.pem rsa.ko bad.ko ec.ko a.ko random.ko sha1.ko
for line in 'rsa.ko: good' 'bad.ko: bad: ' 'ec.ko: no certificate: ' 'a.ko: unsigned: ' 'random.ko: malformed: ' \
	'sha1.ko: unsupported: the hash algorithm SHA1 is not accepted'; do
	has out "$line"
done
expect 1 "$hashsect" sig verify -q --certificates rsa.pem rsa.ko bad.ko
[ "$(wc -l < out)" = 1 ] || fail "-q prints good files"
expect 1 "$hashsect" sig verify --json --certificates rsa.pem rsa.ko bad.ko ec.ko a.ko random.ko sha1.ko
python3 - out <<-'END' || fail "JSON of sig verify"
	import json, sys
	files = json.load(open(sys.argv[1]))
	assert files["schema"] == 1
	assert [f["status"] for f in files["files"]] == ["good", "bad", "no certificate", "unsigned", "malformed", "unsupported"]
	assert files["files"][0]["certificate"]["subject"] == "CN=Test key"
	assert files["files"][2]["signature"]["signer"]["issuer"] == "CN=Other key"
END
expect 0 "$hashsect" sig verify --certificates rsa.crt --certificates ec.crt rsa.ko ec.ko rsa.ko.zst
expect 2 "$hashsect" sig verify --certificates rsa.crt rsa.ko missing
has out "rsa.ko: good"
has err "missing: No such file"
sign rsa a.ko -md sha256 -keyid
"$hashsect" sig attach a.ko --signature a.ko.p7s -o keyid.ko
expect 0 "$hashsect" sig verify --certificates rsa.crt keyid.ko
has out "key id "
refused "neither PEM nor DER" "$hashsect" sig verify --certificates a.ko rsa.ko
refused "no certificate in it" "$hashsect" sig verify --certificates rsa.key rsa.ko
refused "needed" "$hashsect" sig verify rsa.ko
refused "goes with --keyring" "$hashsect" sig verify --certificates rsa.crt --system-map x rsa.ko
refused "no file given" "$hashsect" sig verify --certificates rsa.crt

# ---- compressed files that are not whole, or more than one
for tool in gz xz zst; do
	head -c -10 "rsa.ko.$tool" > short
	refused "short: " "$hashsect" digest short
	cat "rsa.ko.$tool" - <<<x > longer
	refused "longer: " "$hashsect" digest longer
	cat "rsa.ko.$tool" "rsa.ko.$tool" > twice
	refused "twice: " "$hashsect" digest twice
	refused "(--max-size)" "$hashsect" digest --max-size 500 "rsa.ko.$tool"
	refused "(--max-size)" "$hashsect" sig verify --certificates rsa.crt --max-size 500 "rsa.ko.$tool"
done
head -c 1100000000 /dev/zero | xz -0 -T 2 > bomb
refused "more than 1073741824 bytes when decompressed (--max-size)" "$hashsect" digest bomb

# ---- compressed files that ask for much memory: what counts is how much of it the content can use
head -c 60000000 /dev/zero | xz --lzma2=preset=0,dict=64MiB > dictionary
refused "dictionary: xz: decompressing it needs 57 MB of memory, more than 48" "$hashsect" digest dictionary
head -c 60000000 /dev/zero | zstd -q --long=27 > window
refused "window: zstd: decompressing it needs 128 MB of memory, more than 48" "$hashsect" digest window
head -c 60000000 /dev/zero > zeros
zstd -q --ultra --single-thread --long=27 zeros -o whole
refused "whole: zstd: decompressing it needs 57 MB of memory, more than 48" "$hashsect" digest whole
xz --check=crc32 --lzma2=preset=0,dict=256MiB < rsa.ko > dictionary
expect 0 "$hashsect" compare rsa.ko dictionary
zstd -q --ultra --long=27 rsa.ko -o window -f
expect 0 "$hashsect" compare rsa.ko window

refused "--max-size takes a number of bytes" "$hashsect" digest --max-size 1k rsa.ko
mkdir nowhere
refused "no ELF file in the folders" "$hashsect" digest nowhere
refused "temporary file in" env TMPDIR="$dir/missing" "$hashsect" digest rsa.ko.xz
[ -z "$(find . -name '.elfsect-*' -o -name 'hashsect-*')" ] || fail "temporary files are left"

echo "ok - $passed checks"
