#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_attest.sh HASHSECT MKELF SCHEMA: statements on files, signed, verified by this tool and by others.
set -euo pipefail

hashsect=$1
mkelf=$2
schema=$3
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli.sh
. "$here/../cli.sh"
export SOURCE_DATE_EPOCH=1767225600

verify()
{
	expect 0 python3 "$here/dsse.py" verify "$1" "$2" "$schema" "${@:3}"
}

"$mkelf" keyring-absent-64le plain.ko
openssl req -x509 -newkey rsa:2048 -nodes -keyout one.key -out one.crt -subj "/CN=Key one" -days 3650 2> /dev/null
openssl cms -sign -binary -noattr -nocerts -nosmimecap -md sha256 -outform DER -signer one.crt -inkey one.key -in plain.ko -out p7s
"$hashsect" sig attach plain.ko --signature p7s -o signed.ko
xz -k --check=crc32 signed.ko
printf '.globl _start\n_start: nop\n' > a.s
as -o a.o a.s
ld --build-id -o kernel a.o

# ---- keys of all kinds that verifiers take
openssl genpkey -algorithm ED25519 -out ed25519.pem
openssl ecparam -name prime256v1 -genkey -noout -out p256.pem
openssl ecparam -name secp384r1 -genkey -noout -out p384.pem
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem 2> /dev/null
for key in ed25519 p256 p384 rsa; do
	openssl pkey -in $key.pem -pubout -out $key.pub
	expect 0 "$hashsect" attest --key $key.pem -o $key.json plain.ko signed.ko.xz kernel
	expect 0 "$hashsect" verify-attestation --key $key.pub $key.json kernel plain.ko signed.ko.xz
	has out "OK: signed by this key, and what is attested of 3 files is so"
	verify $key.json $key.pub plain.ko signed.ko.xz kernel
	expect 0 "$hashsect" attest --key $key.pem --format svr -o $key.svr plain.ko kernel
	expect 0 "$hashsect" verify-attestation --key $key.pub $key.svr plain.ko kernel
	verify $key.svr $key.pub plain.ko kernel
done
for key in ed25519 rsa; do # the others' signatures have a random number in them
	expect 0 "$hashsect" attest --key $key.pem -o again.json plain.ko signed.ko.xz kernel
	expect 0 cmp again.json $key.json
done
expect 0 "$hashsect" attest plain.ko
has out '"timeCreated": "2026-01-01T00:00:00Z"'
has out '"_type": "https://in-toto.io/Statement/v1"'
# In DER, from a provider's URI, and by a certificate.
openssl pkey -in p256.pem -outform DER -out p256.der
expect 0 "$hashsect" attest --key p256.der -o der.json plain.ko
expect 0 "$hashsect" verify-attestation --key p256.pub der.json plain.ko
expect 0 "$hashsect" attest --key "file:$PWD/p256.pem" -o uri.json plain.ko
expect 0 "$hashsect" verify-attestation --key p256.pub uri.json plain.ko
expect 0 "$hashsect" attest --key one.key -o certificate.json plain.ko
expect 0 "$hashsect" verify-attestation --key one.crt certificate.json plain.ko
if openssl list -providers -provider legacy > /dev/null 2>&1; then
	expect 0 "$hashsect" attest --provider legacy --key p256.pem -o provider.json plain.ko
fi

# ---- what it says
expect 0 "$hashsect" attest --reference plain.ko signed.ko
python3 - out <<-'END' || fail "the statement: $(cat out)"
	import json, sys
	statement = json.load(open(sys.argv[1]))
	predicate = statement["predicate"]
	assert predicate["reference"]["verdict"] == "excluded" and predicate["reference"]["name"] == "plain.ko", predicate
	assert predicate["reference"]["nuanced_digest"] == predicate["files"][0]["nuanced_digest"]
	(layer,) = predicate["files"][0]["layers"]
	assert layer["kind"] == "signature" and layer["signature"]["signer"]["issuer"] == "CN=Key one", layer
END
expect 0 "$hashsect" attest --policy strict --scope loaded --key ed25519.pem -o strict.json kernel
expect 0 "$hashsect" verify-attestation --key ed25519.pub strict.json kernel
verify strict.json ed25519.pub kernel
has out '"nuanced_digest": "hashsect1:sha256:strict:loaded:'
"$hashsect" sig collect signed.ko -o store > /dev/null
expect 0 "$hashsect" attest --store store --key ed25519.pem -o store.json signed.ko
verify store.json ed25519.pub signed.ko
has out "\"index_sha256\": \"$(sha256sum < store/index.json | cut -d ' ' -f 1)\""

# ---- what is not so
cp kernel other
printf '\1' | dd of=other bs=1 seek=48 conv=notrunc status=none
says 1 "other: no such file is attested" "$hashsect" verify-attestation --key ed25519.pub ed25519.json plain.ko signed.ko.xz other
says 1 "it is about 3 files, and not all were given" "$hashsect" verify-attestation --key ed25519.pub ed25519.json plain.ko
says 1 "no signature by this key" "$hashsect" verify-attestation --key rsa.pub ed25519.json plain.ko
# Signed by the key, and wrong: each claim is made again.
cat > forge.py <<-'END'
	"""forge.py FROM TO KEY MEMBER VALUE: a statement of which one member is another, signed all the same."""
	import base64, json, subprocess, sys
	source, target, key, member, value = sys.argv[1:]
	envelope = json.load(open(source))
	statement = json.loads(base64.b64decode(envelope["payload"]))
	place = statement
	*path, last = [int(word) if word.isdigit() else word for word in member.split(".")]
	for word in path:
	    place = place[word]
	place[last] = json.loads(value)
	payload = json.dumps(statement, indent=2).encode()
	open("pae", "wb").write(b"DSSEv1 28 application/vnd.in-toto+json %d %s" % (len(payload), payload))
	subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", "pae", "-out", "sig"], check=True)
	envelope["payload"] = base64.b64encode(payload).decode()
	envelope["signatures"][0]["sig"] = base64.b64encode(open("sig", "rb").read()).decode()
	json.dump(envelope, open(target, "w"), separators=(",", ":"))
END
# forged STATUS MEMBER VALUE WORDS
forged()
{
	python3 forge.py ed25519.json forged.json ed25519.pem "$2" "$3"
	says "$1" "$4" "$hashsect" verify-attestation --key ed25519.pub forged.json plain.ko signed.ko.xz kernel
}
python3 forge.py ed25519.json forged.json ed25519.pem predicate.timeCreated '"2030-01-01T00:00:00Z"'
expect 0 "$hashsect" verify-attestation --key ed25519.pub forged.json plain.ko signed.ko.xz kernel # whoever signs says when
forged 1 predicate.files.0.size 881 "size is not what is attested"
forged 1 predicate.files.0.nuanced_digest "\"hashsect1:sha256:linux:file:$(printf '%064d' 0)\"" "the nuanced digest is not what is attested"
forged 1 predicate.files.2.exclusions.2.sha256 "\"$(printf '%064d' 0)\"" "exclusions is not what is attested"
forged 1 predicate.files.1.layers '[]' "layers is not what is attested"
forged 1 predicate.files.0.policy.text '"none"' "policy is not what is attested"
forged 1 subject.0.digest.sha256 "\"$(printf '%064d' 0)\"" "plain.ko: no such file is attested"
forged 2 predicate.files '[]' "plain.ko: no digest of a scheme"
forged 2 predicate.files.0.nuanced_digest '"hashsect9:x"' "plain.ko: no digest of a scheme"
forged 2 predicateType '"https://example.org/other"' "a predicate of a type that is not known here"
forged 2 _type '"https://in-toto.io/Statement/v0.1"' "no in-toto statement, version 1"
forged 2 subject '[]' "no subject"
# Another form of the same JSON, other members, cut off.
python3 -c 'import json; print(json.dumps(json.load(open("ed25519.json")), indent=4))' > form.json
refused "not in the form that one is written in" "$hashsect" verify-attestation --key ed25519.pub form.json plain.ko
head -c 500 ed25519.json > cut.json
refused "cut.json: not a DSSE envelope" "$hashsect" verify-attestation --key ed25519.pub cut.json plain.ko
printf '{}' > empty.json
refused "members that are not known, or too few" "$hashsect" verify-attestation --key ed25519.pub empty.json plain.ko
# Every byte of a small envelope, and every 11th of a larger one.
"$hashsect" attest --key ed25519.pem --format svr -o small.json plain.ko
expect 0 python3 "$here/dsse.py" bytes "$hashsect" small.json ed25519.pub plain.ko 1
"$hashsect" attest --key ed25519.pem -o large.json plain.ko
expect 0 python3 "$here/dsse.py" bytes "$hashsect" large.json ed25519.pub plain.ko 11

# ---- keys that are none
openssl pkcs8 -topk8 -in p256.pem -passout pass:secret -out encrypted.pem
refused "encrypted.pem: no private key that can be read without a passphrase" "$hashsect" attest --key encrypted.pem plain.ko
refused "p256.pub: no private key" "$hashsect" attest --key p256.pub plain.ko
refused "missing: no key there" "$hashsect" attest --key missing plain.ko
openssl genpkey -algorithm X25519 -out x25519.pem
refused "a key of this kind is not taken" "$hashsect" attest --key x25519.pem plain.ko
refused "provider none: OpenSSL cannot load it" "$hashsect" attest --provider none --key p256.pem plain.ko
refused "plain.ko: neither a public key nor a certificate" "$hashsect" verify-attestation --key plain.ko ed25519.json plain.ko
says 2 "--key is needed" "$hashsect" verify-attestation ed25519.json plain.ko
says 2 "--format is digest or svr" "$hashsect" attest --format other plain.ko
says 2 "one file is compared with --reference" "$hashsect" attest --reference kernel plain.ko signed.ko
mkdir twin
cp plain.ko twin/
refused "plain.ko: two files of this name" "$hashsect" attest plain.ko twin/plain.ko
SOURCE_DATE_EPOCH=never refused "SOURCE_DATE_EPOCH: 'never'" "$hashsect" attest plain.ko

# ---- names that act on nothing
name=$(printf 'a\033[2J"\n<script>.ko')
cp plain.ko "$name"
expect 0 "$hashsect" attest --key ed25519.pem -o hostile.json "$name"
expect 0 "$hashsect" verify-attestation --key ed25519.pub hostile.json "$name"
expect 0 "$hashsect" attest "$name"
! grep -q $'\033' out || fail "a terminal sequence"
python3 -c 'import json; json.load(open("out"))'

# ---- another's verifier
mkdir npm
if command -v npm > where && (cd npm && timeout 90 npm install --no-audit --no-fund @sigstore/verify@3.1.1 > log 2>&1); then
	cp "$here/sigstore.cjs" npm/
	for key in ed25519 p256 p384 rsa; do
		expect 0 node npm/sigstore.cjs $key.json $key.pub
	done
	expect 1 node npm/sigstore.cjs ed25519.json rsa.pub
else
	skipped "no npm, or no @sigstore/verify to be had: another's verifier"
fi

echo "$passed passed"
