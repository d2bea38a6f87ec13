#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rebuilderd.sh HASHSECT MKELF BACKEND: plays rebuilderd's part towards samples/rebuilderd: artefacts in a folder, a backend with an
# argument and REBUILDERD_OUTDIR, its exit status ignored, the verdict a comparison of files of one name.
set -euo pipefail

HASHSECT=$1
mkelf=$2
backend=$3
export HASHSECT
sign_file=$(dirname "$backend")/../../scripts/kbuild/sign-file
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

# ---- the packager: modules with a key that is thrown away, a kernel with its certificate
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out key.crt -subj "/CN=Thrown away" -days 3650 2> /dev/null
mkdir -p source official
for name in a b; do
	"$mkelf" keyring-absent-64le "source/$name.ko"
	echo "$name" >> "source/$name.ko"
done
# pack FOLDER OUT: always the same way
pack()
{
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rw,go=r -C "$1" -c . | zstd -q -f -o "$2"
}
mkdir tree
for name in a b; do
	openssl cms -sign -binary -noattr -nocerts -nosmimecap -md sha256 -outform DER -signer key.crt -inkey key.pem \
		-in "source/$name.ko" -out p7s
	"$HASHSECT" sig attach "source/$name.ko" --signature p7s -o "tree/$name.ko"
done
openssl x509 -in key.crt -outform DER -out key.der
pack tree official/linux-1-1-x86_64.pkg.tar.zst
rm key.pem
head -c 100 /dev/urandom > official/linux-1-1-x86_64.pkg.tar.zst.sig

# ---- the rebuild: without the key
cat > rebuild <<-END
	#!/bin/bash
	set -e
	[[ \$# == 3 && -f \$1 && -d \$2 && -d \$3 && \$HASHSECT_STORE == "\$2" ]]
	tree=\$(mktemp -d)
	trap 'rm -rf "\$tree"' EXIT
	for name in a b; do
		"$sign_file" sha256 none.pem "$dir/key.der" "\$SOURCE/\$name.ko" "\$tree/\$name.ko"
	done
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rw,go=r -C "\$tree" -c . |
		zstd -q -o "\$3/linux-1-1-x86_64.pkg.tar.zst"
END
chmod +x rebuild
export HASHSECT_REBUILD=$dir/rebuild SOURCE=$dir/source

# verdict NAME: as rebuilderd's
verdict()
{
	rm -rf in out.d
	cp -r official in
	mkdir out.d
	REBUILDERD_OUTDIR=$dir/out.d setsid "$backend" "in/$1" > log 2>&1 < /dev/null || true
	if [ ! -e "out.d/$1" ]; then
		echo BAD missing
	elif cmp -s "out.d/$1" "in/$1"; then
		echo GOOD
	else
		echo BAD
	fi
}
# is VERDICT
is()
{
	local found
	found=$(verdict linux-1-1-x86_64.pkg.tar.zst)
	[ "$found" = "$1" ] || fail "$found, not $1: $(cat log)"
	passed=$((passed + 1))
}

is GOOD
grep -q '"issuer": "CN=Thrown away"' out.d/hashsect-signatures.json || fail "nothing says what was put on"
[ -z "$(find in -newer log)" ] || fail "the inputs were touched"
cp -r source changed
printf 'x' | dd of=changed/b.ko bs=1 seek=300 conv=notrunc 2> /dev/null
SOURCE=$dir/changed is BAD
grep -q "b.ko: stays unsigned: no signature in the store for these bytes" log || fail "it does not say why: $(cat log)"
HASHSECT_REBUILD=/bin/false is "BAD missing"
SOURCE=$dir/nowhere is "BAD missing"
# The official package is no result, by whatever link.
printf '#!/bin/sh\nln -s "$1" "$3/"\n' > cheat
chmod +x cheat
HASHSECT_REBUILD=$dir/cheat is "BAD missing"
sed -i 's/-s //' cheat
HASHSECT_REBUILD=$dir/cheat is "BAD missing"

# ---- what has no signatures is the other backend's
pack source official/linux-1-1-x86_64.pkg.tar.zst
is "BAD missing"
printf '#!/bin/sh\ncp "$1" "$REBUILDERD_OUTDIR/"\n' > fallback
chmod +x fallback
HASHSECT_FALLBACK=$dir/fallback is GOOD
pack tree official/linux-1-1-x86_64.pkg.tar.zst
HASHSECT_FALLBACK=$dir/fallback is GOOD
grep -q "Thrown away" out.d/hashsect-signatures.json || fail "the fallback was asked for a kernel"

# ---- the end of the time: SIGTERM to the process group
printf '#!/bin/sh\nsleep 100\n' > slow
chmod +x slow
mkdir -p tmp
rm -rf out.d
mkdir out.d
HASHSECT_REBUILD=$dir/slow TMPDIR=$dir/tmp REBUILDERD_OUTDIR=$dir/out.d setsid "$backend" in/linux-1-1-x86_64.pkg.tar.zst > log 2>&1 < /dev/null &
group=$!
for _ in $(seq 100); do
	[ -n "$(find tmp -name results)" ] && break
	sleep 0.1
done
kill -TERM -- "-$group"
for _ in $(seq 100); do
	kill -0 "$group" 2> /dev/null || break
	sleep 0.1
done
! kill -0 "$group" 2> /dev/null || fail "it goes on"
[ -z "$(ls -A tmp)" ] && [ -z "$(ls -A out.d)" ] || fail "something is left: $(ls -A tmp out.d)"

expect 2 "$backend"
expect 2 env -u REBUILDERD_OUTDIR "$backend" in/linux-1-1-x86_64.pkg.tar.zst
echo "ok - $passed checks"
