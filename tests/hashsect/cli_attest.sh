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
	expect 0 "$hashsect" attest --key $key.pem --format svr -o $key.svr plain.ko signed.ko
	expect 0 "$hashsect" verify-attestation --key $key.pub $key.svr plain.ko signed.ko
	verify $key.svr $key.pub plain.ko signed.ko
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

# The threads that there are and the folder make no difference.
expect 0 "$hashsect" attest -j 1 --key ed25519.pem -o again.json "$PWD/plain.ko" ./signed.ko.xz kernel
expect 0 cmp again.json ed25519.json

# ---- a reference and a store, made again
expect 0 "$hashsect" attest --key ed25519.pem --reference plain.ko --store store -o reference.json signed.ko
verify reference.json ed25519.pub signed.ko
says 1 "it says how the file compares with another one" "$hashsect" verify-attestation --key ed25519.pub reference.json signed.ko
expect 0 "$hashsect" verify-attestation --key ed25519.pub --reference plain.ko reference.json signed.ko
has out "is so; the store was not looked at"
expect 0 "$hashsect" verify-attestation --key ed25519.pub --reference plain.ko --store store reference.json signed.ko
! grep -q "not looked at" out || fail "a store that was looked at"
says 1 "kernel: reference: digest is not what is attested" \
	"$hashsect" verify-attestation --key ed25519.pub --reference kernel reference.json signed.ko
says 1 "it says nothing of a reference" "$hashsect" verify-attestation --key ed25519.pub --reference plain.ko strict.json kernel
says 1 "it names no store" "$hashsect" verify-attestation --key ed25519.pub --store store strict.json kernel
mkdir junk
echo > junk/index.json
refused "junk: not a signature store" "$hashsect" attest --store junk signed.ko
cp -r store changed
echo >> changed/index.json
says 1 "changed: not the store that is named" \
	"$hashsect" verify-attestation --key ed25519.pub --reference plain.ko --store changed reference.json signed.ko

# ---- a Simple Verification Result holds for all its files, and says only what holds
refused "kernel: not the digest of plain.ko" "$hashsect" attest --format svr plain.ko kernel
says 1 "kernel: it differs from plain.ko" "$hashsect" attest --format svr --reference plain.ko kernel
[ ! -s out ] || fail "a result of files that differ"
says 2 "--format svr has no place for --store" "$hashsect" attest --format svr --store store signed.ko
for reference in plain.ko.xz:HASHSECT_IDENTICAL signed.ko:HASHSECT_EXCLUDED; do
	[ -e plain.ko.xz ] || xz -k --check=crc32 plain.ko
	expect 0 "$hashsect" attest --key ed25519.pem --format svr --reference "${reference%:*}" -o result.json plain.ko
	verify result.json ed25519.pub plain.ko
	has out "\"${reference#*:}\""
	expect 0 "$hashsect" verify-attestation --key ed25519.pub --reference "${reference%:*}" result.json plain.ko
	says 1 "it says how the file compares with another one" "$hashsect" verify-attestation --key ed25519.pub result.json plain.ko
	says 1 "kernel: reference: the verdict is not" \
		"$hashsect" verify-attestation --key ed25519.pub --reference kernel result.json plain.ko
done
says 1 "plain.ko.xz: reference: the verdict is not" \
	"$hashsect" verify-attestation --key ed25519.pub --reference plain.ko.xz result.json plain.ko

# ---- one content under two names
cp plain.ko copy.ko
expect 0 "$hashsect" attest --key ed25519.pem -o copies.json plain.ko copy.ko
expect 0 "$hashsect" verify-attestation --key ed25519.pub copies.json plain.ko copy.ko
expect 0 "$hashsect" verify-attestation --key ed25519.pub strict.json kernel kernel
has out "what is attested of 1 file is so"

# ---- evidence has to be given again, wherever it lies now
expect 0 "$hashsect" attest --certificates one.crt --key ed25519.pem -o evidence.json signed.ko
says 1 "signed.ko: layers is not what is attested" "$hashsect" verify-attestation --key ed25519.pub evidence.json signed.ko
expect 0 "$hashsect" verify-attestation --certificates one.crt --key ed25519.pub evidence.json signed.ko

# ---- a policy of one's own
printf '[policy]\nname = mine\n[rule id]\nreason = made of the rest\ncontent = build-id\nmax-size = 0x14\noptional = yes\nmatch = nothing\n' > mine.ini
sed 's/0x14/0x10/' mine.ini > other.ini
expect 0 "$hashsect" attest --policy mine.ini --key ed25519.pem -o mine.json plain.ko
verify mine.json ed25519.pub plain.ko
says 2 "give its file with --policy" "$hashsect" verify-attestation --key ed25519.pub mine.json plain.ko
says 2 "the digest was made with policy mine@" "$hashsect" verify-attestation --policy other.ini --key ed25519.pub mine.json plain.ko
expect 0 "$hashsect" verify-attestation --policy mine.ini --key ed25519.pub mine.json plain.ko

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
# An envelope, or a statement, with a change in Python: edit FILE envelope|text CODE
cat > edit.py <<-'END'
	import base64, json, subprocess, sys
	envelope = json.load(open("ed25519.json"))
	text = base64.b64decode(envelope["payload"]).decode()
	good = envelope["signatures"][0]
	bad = dict(good, sig=base64.b64encode(bytes(64)).decode())
	names = {"envelope": envelope, "text": text, "good": good, "bad": bad}
	exec(sys.argv[2], names)
	if names["text"] != text:
	    payload = names["text"].encode()
	    open("pae", "wb").write(b"DSSEv1 28 application/vnd.in-toto+json %d %s" % (len(payload), payload))
	    subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", "ed25519.pem", "-rawin", "-in", "pae", "-out", "sig"], check=True)
	    envelope["payload"] = base64.b64encode(payload).decode()
	    good["sig"] = base64.b64encode(open("sig", "rb").read()).decode()
	json.dump(envelope, open(sys.argv[1], "w"), separators=(",", ":"))
END
# edited STATUS WORDS CODE
edited()
{
	python3 edit.py edited.json "$3"
	expect "$1" "$hashsect" verify-attestation --key ed25519.pub edited.json plain.ko signed.ko.xz kernel
	grep -qF -- "$2" out err || fail "no '$2' in '$(cat err)' for $3"
}
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
forged 2 predicate.files '[]' "its predicate.files is missing, or not what the schema says"
forged 2 predicate.files.0.nuanced_digest '"hashsect9:x"' "plain.ko: no digest of a scheme"
forged 2 predicateType '"https://example.org/other"' "a predicate of a type that is not known here"
forged 2 _type '"https://in-toto.io/Statement/v0.1"' "no in-toto statement, version 1"
forged 2 subject '[]' "its subject is missing, or not what the schema says"
# Each member of the schema.
while read -r member value; do
	forged 2 "$member" "$value" "its $(sed -E 's/\.([0-9]+)/[\1]/g' <<< "$member") is missing, or not what the schema says"
done <<-END
	subject.0.name ""
	subject.0.name 7
	subject.1.digest []
	subject.1.digest.sha256 "$(printf 'A%.0s' {1..64})"
	predicate []
	predicate.scheme 2
	predicate.scheme "1"
	predicate.scheme null
	predicate.tool "hashsect"
	predicate.tool.name null
	predicate.tool.version 1
	predicate.timeCreated "2026-01-01 00:00:00Z"
	predicate.timeCreated "2026-01-01T00:00:00Z "
	predicate.timeCreated 1767225600
	predicate.store []
	predicate.reference "identical"
	predicate.files.1.nuanced_digest 1
	predicate.files.1.size "880"
	predicate.files.1.size -1
	predicate.files.1.policy null
	predicate.files.1.policy.name ""
	predicate.files.1.policy.sha256 ""
	predicate.files.1.policy.text 1
	predicate.files.1.exclusions null
	predicate.files.1.exclusions.0.rule ""
	predicate.files.1.exclusions.0.sha256 1
	predicate.files.1.exclusions.0.ranges {}
	predicate.files.1.layers {}
	predicate.files.1.layers.0.kind ""
	predicate.files.1.layers.0.size "1"
	predicate.files.1.map 1
	predicate.files.1.map_note false
END
edited 2 "it has not one of predicate.files for each subject" 'import json; s = json.loads(text); s["predicate"]["files"].pop(); text = json.dumps(s)'
edited 2 "its predicate.tool is missing" 'import json; s = json.loads(text); del s["predicate"]["tool"]; text = json.dumps(s)'
edited 2 "a reference of more than one subject" 'import json; s = json.loads(text); s["predicate"]["reference"] = dict(s["subject"][0], nuanced_digest="x", verdict="identical"); text = json.dumps(s)'
edited 2 "its predicate.reference.verdict is missing" 'import json; s = json.loads(text); s["predicate"]["reference"] = dict(s["subject"][0], nuanced_digest="x", verdict="equal"); text = json.dumps(s)'
edited 0 "OK: " 'import json; s = json.loads(text); s["other"] = s["predicate"]["other"] = 1; text = json.dumps(s)'
edited 2 "two members of one name" 'text = text.replace("\"scheme\": 1", "\"scheme\": 2, \"scheme\": 1")'
edited 2 "two members of one name" 'text = text.replace("\"subject\":", "\"subject\": [], \"subject\":")'
edited 2 "not a statement: it is null" 'text = "null"'
# Of a Simple Verification Result.
sed 's/"ed25519.json"/"ed25519.svr"/' edit.py > edit_result.py
# result STATUS WORDS PATH VALUE
result()
{
	python3 edit_result.py edited.json "import json; s = json.loads(text); p = s['predicate']; p$3 = $4; text = json.dumps(s)"
	says "$1" "$2" "$hashsect" verify-attestation --key ed25519.pub edited.json plain.ko signed.ko
}
result 2 "its predicate.verifier is missing" "['verifier']" None
result 2 "its predicate.verifier.id is missing" "['verifier']['id']" "'urn:other'"
result 2 "its predicate.verifier.policies is missing" "['verifier']['policies']" "[]"
result 2 "its predicate.verifier.policies[0].uri is missing" "['verifier']['policies'][0]['uri']" "''"
result 1 "plain.ko: policies is not what is attested" "['verifier']['policies'][0]['digest']['sha256']" "'$(printf '%064d' 0)'"
result 2 "its predicate.timeCreated is missing" "['timeCreated']" "'now'"
result 2 "its predicate.properties is missing" "['properties']" "[]"
result 2 "its predicate.properties[0] is missing" "['properties'][0]" 1
result 2 "a property that is not known here" "['properties'][1:]" "['SLSA_BUILD_LEVEL_3']"
result 2 "a reference of more than one subject" "['properties'][1:]" "['HASHSECT_IDENTICAL']"
result 2 "a property that is not known here" "['properties'][1:]" "['HASHSECT_IDENTICAL'] * 2"
result 1 "plain.ko: the nuanced digest is not what is attested" "['properties'][0]" "'hashsect1:sha256:linux:file:$(printf '%064d' 0)'"

# ---- envelopes
# Several signatures: what names the key has to be good, what names none is tried, others do not count.
edited 0 "OK: " 'envelope["signatures"] = [dict(bad, keyid="00"), good]'
edited 0 "OK: " 'envelope["signatures"] = [{"sig": bad["sig"]}, {"sig": good["sig"]}]'
edited 1 "the signature is not that of the payload by this key" 'envelope["signatures"] = [bad]'
edited 1 "the signature is not that of the payload by this key" 'envelope["signatures"] = [bad, good]'
edited 1 "the signature is not that of the payload by this key" 'envelope["signatures"] = [good, bad]'
edited 1 "no signature by this key" 'envelope["signatures"] = [dict(good, keyid=good["keyid"].upper())]'
edited 1 "no signature by this key" 'envelope["signatures"] = [{"sig": bad["sig"]}]'
edited 2 "no signature" 'envelope["signatures"] = []'
edited 2 "a signature with members that are not known" 'good["other"] = 1'
edited 2 "a signature with members that are not known" 'good["keyid"] = None'
edited 2 "a signature that is not base64" 'good["sig"] = good["sig"].rstrip("=")'
edited 2 "members that are not known, or too few" 'envelope["other"] = 1'
edited 2 "its payloadType is not" 'envelope["payloadType"] = "application/json"'
for code in '" " + p' 'p + "\n"' 'p[:76] + "\n" + p[76:]' 'p + "===="' 'p.rstrip("=") + "?"' '7'; do
	edited 2 "its payload is not base64" "p = envelope['payload']; envelope['payload'] = $code"
done
for code in 's/":"/": "/' 's/}$/,"payload":"AAAA"}/' 's/payloadType/payload\\u0054ype/' 's:/vnd:\\/vnd:' 's/^/ /' 's/$/ /'; do
	python3 edit.py edited.json pass
	sed -i -E "$code" edited.json
	expect 2 "$hashsect" verify-attestation --key ed25519.pub edited.json plain.ko signed.ko.xz kernel
done
# Another form of the same JSON, other members, cut off.
python3 -c 'import json; print(json.dumps(json.load(open("ed25519.json")), indent=4))' > form.json
refused "not in the form that one is written in" "$hashsect" verify-attestation --key ed25519.pub form.json plain.ko
head -c 500 ed25519.json > cut.json
refused "cut.json: not a DSSE envelope" "$hashsect" verify-attestation --key ed25519.pub cut.json plain.ko
printf '{}' > empty.json
refused "members that are not known, or too few" "$hashsect" verify-attestation --key ed25519.pub empty.json plain.ko
# Every byte of a small envelope, or where that takes long every $STEP-th, and every 11th of a larger one.
"$hashsect" attest --key ed25519.pem --format svr -o small.json plain.ko
expect 0 python3 "$here/dsse.py" bytes "$hashsect" small.json ed25519.pub plain.ko "${STEP:-1}"
"$hashsect" attest --key ed25519.pem -o large.json plain.ko
expect 0 python3 "$here/dsse.py" bytes "$hashsect" large.json ed25519.pub plain.ko 11

# ---- keys that are none
openssl pkcs8 -topk8 -in p256.pem -passout pass:secret -out encrypted.pem
refused "encrypted.pem: no private key that can be read without a passphrase" "$hashsect" attest --key encrypted.pem plain.ko
refused "p256.pub: no private key" "$hashsect" attest --key p256.pub plain.ko
refused "missing: no key there" "$hashsect" attest --key missing plain.ko
# Kinds that are not taken, and weak ones: to sign with and to verify with.
openssl genpkey -algorithm X25519 -out x25519.pem
openssl genpkey -algorithm ED448 -out ed448.pem
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out pss.pem 2> /dev/null
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa1024.pem 2> /dev/null
openssl ecparam -name secp192k1 -genkey -noout -out p192.pem
for key in x25519 ed448 pss rsa1024:1024 p192:192; do
	words="a key of this kind is not taken: Ed25519, EC and RSA are"
	[ "${key#*:}" = "$key" ] || words="a key of ${key#*:} bits is too weak"
	key=${key%:*}
	openssl pkey -in "$key.pem" -pubout -out "$key.pub"
	refused "$key.pem: $words" "$hashsect" attest --key "$key.pem" plain.ko
	refused "$key.pub: $words" "$hashsect" verify-attestation --key "$key.pub" ed25519.json plain.ko
done
refused "ed25519.pem: neither a public key nor a certificate" "$hashsect" verify-attestation --key ed25519.pem ed25519.json plain.ko
refused "provider none: OpenSSL cannot load it" "$hashsect" attest --provider none --key p256.pem plain.ko
refused "plain.ko: neither a public key nor a certificate" "$hashsect" verify-attestation --key plain.ko ed25519.json plain.ko
says 2 "--key is needed" "$hashsect" verify-attestation ed25519.json plain.ko
says 2 "--format is digest or svr" "$hashsect" attest --format other plain.ko
says 2 "one file is compared with --reference" "$hashsect" attest --reference kernel plain.ko signed.ko
mkdir twin
cp plain.ko twin/
refused "plain.ko: two files of this name" "$hashsect" attest plain.ko twin/plain.ko
SOURCE_DATE_EPOCH=never refused "SOURCE_DATE_EPOCH: 'never'" "$hashsect" attest plain.ko

refused "SOURCE_DATE_EPOCH: '253402300800'" env SOURCE_DATE_EPOCH=253402300800 "$hashsect" attest plain.ko
refused "SOURCE_DATE_EPOCH: '-1'" env SOURCE_DATE_EPOCH=-1 "$hashsect" attest plain.ko

# ---- files that are none
mkfifo fifo
for file in fifo /dev/null; do
	refused "$file: not a regular file" timeout 10 "$hashsect" attest $file
	refused "$file: not a regular file" timeout 10 "$hashsect" verify-attestation --key ed25519.pub ed25519.json $file
done
refused ".: not a regular file" "$hashsect" attest .
: > nothing
refused "nothing: not an ELF file" "$hashsect" attest nothing
# Standard input has no name. A file of that name is that file, in what is said of its bytes and of its digest.
refused "-: No such file" "$hashsect" attest -
cp plain.ko ./-
expect 0 "$hashsect" attest --key ed25519.pem -o dash.json - < kernel
expect 0 "$hashsect" verify-attestation --key ed25519.pub dash.json plain.ko
rm ./-
# More than is read again is not signed.
mkdir many
for number in {1..6000}; do
	ln -s ../signed.ko "many/$number"
done
refused "more than 32 MB, too large for a DSSE envelope" "$hashsect" attest --key ed25519.pem many/*
rm -r many

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
