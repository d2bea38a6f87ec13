#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_sign_file.sh HASHSECT MKELF SCRIPT: scripts/kbuild/sign-file, called as kbuild calls the kernel's, and as people do.
set -euo pipefail

HASHSECT=$1
mkelf=$2
sign_file=$3
export HASHSECT
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

same()
{
	cmp "$1" "$2" || fail "$1 and $2 differ"
	passed=$((passed + 1))
}

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out key.crt -subj "/CN=Official" -days 3650 2> /dev/null
openssl x509 -in key.crt -outform DER -out key.x509
openssl req -x509 -newkey rsa:2048 -nodes -keyout other.pem -outform DER -out other.x509 -subj "/CN=Other" -days 3650 2> /dev/null
mkdir plain official
for name in a "b c"; do
	"$mkelf" keyring-absent-64le "plain/$name.ko"
	echo "$name" >> "plain/$name.ko"
	openssl cms -sign -binary -noattr -nocerts -nosmimecap -md sha512 -outform DER -signer key.crt -inkey key.pem -in "plain/$name.ko" \
		-out p7s
	"$HASHSECT" sig attach "plain/$name.ko" --signature p7s -o "official/$name.ko"
	cp p7s "official/$name.p7s"
done
"$HASHSECT" sig collect -q official/*.ko -o store
export HASHSECT_STORE=$dir/store

for name in a "b c"; do
	# In place, to another file, to itself.
	cp "plain/$name.ko" m.ko
	chmod 640 m.ko
	expect 0 "$sign_file" sha512 key.pem key.x509 m.ko
	[ ! -s out ] && [ ! -s err ] || fail "output: $(cat out err)"
	same m.ko "official/$name.ko"
	[ "$(stat -c %a m.ko)" = 640 ] || fail "another mode"
	cp "plain/$name.ko" m.ko
	expect 0 "$sign_file" sha512 key.pem key.x509 m.ko "to this.ko"
	same "to this.ko" "official/$name.ko"
	same m.ko "plain/$name.ko"
	expect 0 "$sign_file" sha512 key.pem key.x509 m.ko m.ko
	same m.ko "official/$name.ko"
	# -p, -d, together and apart.
	cp "plain/$name.ko" m.ko
	expect 0 "$sign_file" -p sha512 key.pem key.x509 m.ko
	same m.ko "official/$name.ko"
	same m.ko.p7s "official/$name.p7s"
	rm m.ko.p7s
	for flag in -d -dp "-d -p"; do
		cp "plain/$name.ko" m.ko
		# shellcheck disable=SC2086
		expect 0 "$sign_file" $flag sha512 key.pem key.x509 m.ko
		same m.ko "plain/$name.ko"
		same m.ko.p7s "official/$name.p7s"
		rm m.ko.p7s
	done
	# The signature that is given.
	expect 0 "$sign_file" -s "official/$name.p7s" sha512 key.x509 m.ko raw.ko
	same raw.ko "official/$name.ko"
	# As kbuild writes it, with a key that nobody has and a certificate that is not there yet.
	cp "plain/$name.ko" m.ko
	expect 0 "$sign_file" sha512 "pkcs11:token=none" certs/signing_key.x509 m.ko
	has err "m.ko: stays unsigned: not attached: the certificate of its signer was not given"
done
cp key.x509 "store/certificates/$(sha256sum key.x509 | cut -d ' ' -f 1).der"
expect 0 "$sign_file" sha512 key.pem certs/signing_key.x509 m.ko
same m.ko "official/b c.ko"

# ---- nothing for it: unsigned, said, and no error unless that is asked for
cp plain/a.ko m.ko
echo x >> m.ko
cp m.ko before
expect 0 "$sign_file" sha512 key.pem key.x509 m.ko
has err "m.ko: stays unsigned: no signature in the store for these bytes"
same m.ko before
expect 0 env HASHSECT_SIGN_LOG=log "$sign_file" sha512 key.pem key.x509 m.ko copy.ko
same copy.ko before
[ "$(cat log)" = m.ko ] || fail "the log: $(cat log)"
expect 0 "$sign_file" -d sha512 key.pem key.x509 m.ko
[ ! -e m.ko.p7s ] || fail "a signature of nothing"
expect 1 env HASHSECT_REQUIRE=1 "$sign_file" sha512 key.pem key.x509 m.ko
cp plain/a.ko m.ko
expect 0 "$sign_file" sha512 key.pem other.x509 m.ko
has err "stays unsigned: not attached: the certificate of its signer was not given"
same m.ko plain/a.ko

# ---- what is wrong is an error
cp official/a.p7s "store/modules/$(sha256sum "plain/b c.ko" | cut -d ' ' -f 1).p7s"
cp "plain/b c.ko" m.ko
expect 1 "$sign_file" sha512 key.pem key.x509 m.ko
has err "refused: the signature is not that of the module's bytes"
same m.ko "plain/b c.ko"
expect 2 "$sign_file" sha512 key.pem key.x509
has err "usage: sign-file [-dp] HASH KEY X509 MODULE [DEST]"
expect 2 "$sign_file" -x sha512 key.pem key.x509 m.ko
expect 2 "$sign_file" sha512 key.pem key.x509 missing.ko
has err "missing.ko: no such file"
expect 2 env -u HASHSECT_STORE "$sign_file" sha512 key.pem key.x509 m.ko
has err "HASHSECT_STORE is not set"
expect 2 env HASHSECT_STORE=nowhere "$sign_file" sha512 key.pem key.x509 m.ko
expect 2 env HASHSECT=./nowhere "$sign_file" sha512 key.pem key.x509 m.ko

echo "ok - $passed checks"
