#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_audit.sh HASHSECT ELFSECT MKELF: who signed what, what was left out, and what should not be there.
set -euo pipefail

hashsect=$1
elfsect=$2
mkelf=$3
# shellcheck source=tests/slot.sh
. "$(dirname "$0")/../slot.sh"
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

for key in one two; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$key.key" -out "$key.crt" -subj "/CN=Key $key" -days 3650 \
		-addext basicConstraints=critical,CA:FALSE 2> /dev/null
	openssl x509 -in "$key.crt" -outform DER -out "$key.der"
done

# sign KEY FILE
sign()
{
	openssl cms -sign -binary -noattr -nocerts -nosmimecap -md sha256 -outform DER -signer "$1.crt" -inkey "$1.key" -in "$2" -out p7s
	"$hashsect" sig attach "$2" --signature p7s
}

# kernel OUT [WORDS]: a linked kernel with a slot for certificates; WORDS of assembler beside it
kernel()
{
	cat > a.s <<-AS
	.section .text,"ax",@progbits
	.globl _start
	_start: nop
	.section .rodata,"a",@progbits
	.ascii "read only"
	${2:-}
	$(slot_assembly 4096)
	AS
	as --64 -o a.o a.s
	ld -m elf_x86_64 --build-id=none -e _start -o "$1" a.o
}

kernel empty
cp empty vmlinux
"$elfsect" keyring add vmlinux one.crt > /dev/null 2>&1
mkdir -p good/lib/sub good/boot
cp vmlinux good/boot/
for name in a b sub/c; do
	"$mkelf" keyring-absent-64le "good/lib/$name.ko"
	sign one "good/lib/$name.ko"
done
xz --check=crc32 good/lib/sub/c.ko
echo "a text" > good/readme

# ---- all is well
expect 0 "$hashsect" audit good
[ "$(head -n 1 out)" = "OK: 0 errors, 0 warnings, 1 note, in 5 files, $(find good -type f -exec cat {} + | wc -c) bytes" ] ||
	fail "the verdict comes first: $(head -n 1 out)"
has out "modules: 3, 3 verified by a certificate below"
has out 'trusted by good/boot/vmlinux (linux-extra-cert): certificate "CN=Key one", RSA-2048'
has out "signed 3 modules"
has out "note: good/boot/vmlinux: excluded room that holds nothing: "
has out "digests: 4 of 5 files have one"
has out "verified"
expect 0 "$hashsect" audit -q good
[ ! -s out ] || fail "-q prints"
for jobs in 1 4; do
	expect 0 "$hashsect" audit -j "$jobs" good
	cp out "out.$jobs"
done
expect 0 cmp out.1 out.4
tar -C good -cf good.tar .
tar -C good --zstd -cf good.tar.zst .
for package in good.tar good.tar.zst; do
	expect 0 "$hashsect" audit "$package"
	has out "modules: 3, 3 verified"
done
# Apart: what is named belongs together, whatever it is named as.
expect 0 "$hashsect" audit vmlinux good/lib/a.ko good/lib/sub/c.ko.xz
has out "modules: 2, 2 verified"
expect 0 "$hashsect" audit good/lib
has out "warning: good/lib: not judged: signed modules, and no kernel whose keyring could verify them"
expect 0 "$hashsect" audit --keyring vmlinux good/lib
has out "OK: 0 errors, 0 warnings, 0 notes"
has out "modules: 3, 3 verified"
expect 0 "$hashsect" audit --json good
python3 - out <<-'END' || fail "JSON"
	import json, sys
	report = json.load(open(sys.argv[1]))
	assert (report["schema"], report["verdict"], report["files"], report["modules"], report["digested"]) == (1, "ok", 5, 3, 4), report
	assert report["signatures"]["good"] == 3 and not report["signatures"]["bad"], report
	(certificate,) = report["certificates"]
	assert certificate["modules"] == 3 and certificate["certificate"]["subject"] == "CN=Key one", certificate
	(finding,) = report["findings"]
	assert (finding["kind"], finding["severity"]) == ("room", "note") and finding["size"] > 2000, finding
END

# ---- modules that are not well
# broken WORDS COMMAND...: a copy of the folder, changed; an error that has the words
broken()
{
	local words=$1
	rm -rf bad
	cp -r good bad
	shift
	(cd bad && "$@")
	expect 1 "$hashsect" audit bad
	grep -q '^FAILED: 1 error, ' out || fail "the verdict: $(head -n 1 out)"
	has out "error: bad/$words"
}

resign()
{
	"$hashsect" sig strip "$1"
	(cd .. && sign two "bad/$1")
}

byte()
{
	printf '\1' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

broken "lib/a.ko: signed by a key that no kernel here trusts: " resign lib/a.ko
broken "lib/a.ko: a signature that is not good: " byte lib/a.ko 48
broken "lib/a.ko: a signature that is not good: " sh -c 'size=$(stat -c %s lib/a.ko); printf "\377" | dd of=lib/a.ko bs=1 seek=$((size - 50)) conv=notrunc status=none'
broken "lib/a.ko: no digest: " sh -c 'size=$(stat -c %s lib/a.ko); printf "\377" | dd of=lib/a.ko bs=1 seek=$((size - 35)) conv=notrunc status=none'
broken "lib/b.ko: no digest: " truncate -s 40 lib/b.ko
broken "lib/sub/c.ko.xz: no digest: " truncate -s 100 lib/sub/c.ko.xz
rm -rf bad
cp -r good bad
"$hashsect" sig strip bad/lib/a.ko
expect 0 "$hashsect" audit bad
has out "warning: bad/lib/a.ko: unsigned, beside signed modules"
has out "modules: 3, 2 verified by a certificate below, 1 unsigned"

# ---- kernels of several releases: whose modules which of them would load
# release NAME KEY...: a kernel of this release that trusts these keys
release()
{
	local name=$1
	kernel "vmlinux-$name" ".asciz \"Linux version $name (me@host) (gcc) #1\""
	shift
	for key in "$@"; do
		"$elfsect" keyring add "vmlinux-$name" "$key.crt" > /dev/null 2>&1
	done
}
# module RELEASE KEY OUT
module()
{
	printf 'name=a\0vermagic=%s SMP mod_unload \0' "$1" > modinfo
	# Words elsewhere, which nobody reads.
	{ cat a.s; printf '.section .rodata,"a",@progbits\n.asciz "vermagic=9.9.9 SMP "\n'; } > module.s
	as --64 -o module.o module.s
	objcopy --add-section .modinfo=modinfo --set-section-flags .modinfo=alloc,readonly module.o "$3"
	sign "$2" "$3"
}
release 6.1.0-1 one two
release 6.1.0-2 two
mkdir several
mv vmlinux-6.1.0-1 vmlinux-6.1.0-2 several/
module 6.1.0-1 one several/a.ko
module 6.1.0-2 two several/b.ko
module 6.1.0-2 two several/c.ko
expect 0 "$hashsect" audit several
has out "note: several/vmlinux-6.1.0-1: trusts a key of another kernel's modules: CN=Key two, which signed 2 modules of 6.1.0-2"
! grep -q "vmlinux-6.1.0-2: trusts a key" out || fail "its own modules: $(cat out)"
# A module that only another kernel would load.
module 6.1.0-2 one several/b.ko
expect 1 "$hashsect" audit several
has out "error: several/b.ko: signed by a key that its own kernel does not trust: of 6.1.0-2, several/vmlinux-6.1.0-2"
[ "$(grep -c '^error' out)" = 1 ] || fail "more than one: $(cat out)"
# What does not say its release may be of any: two that say one, or none.
cp several/b.ko b.keep
"$hashsect" sig strip b.keep -o plain.ko
objcopy --add-section .second=modinfo plain.ko second.ko
objcopy --rename-section .second=.modinfo second.ko two.ko
objcopy --remove-section .modinfo plain.ko none.ko
for module in two.ko none.ko; do
	cp "$module" several/b.ko
	sign one several/b.ko
	expect 1 "$hashsect" audit several
	has out "error: several/b.ko: signed by a key that its own kernel does not trust: of an unknown release, several/vmlinux-6.1.0-2"
	sign two several/b.ko
	expect 0 "$hashsect" audit several
done
cp b.keep several/b.ko
# A kernel that says two is of none.
mkdir banners
kernel banners/vmlinux '.asciz "Linux version 6.1.0-1 (a)", "Linux version 6.1.0-1 (b)"'
"$elfsect" keyring add banners/vmlinux one.crt > /dev/null 2>&1
expect 0 "$hashsect" audit banners
kernel banners/vmlinux '.asciz "Linux version 6.1.0-1 (a)", "Linux version 6.1.0-2 (b)"'
"$elfsect" keyring add banners/vmlinux one.crt > /dev/null 2>&1
expect 1 "$hashsect" audit banners
has out "error: banners/vmlinux: a kernel of several releases: banners of 6.1.0-1 and 6.1.0-2"
# Certificates that were given are trusted for all; a module without its kernel is judged by those that are here.
expect 0 "$hashsect" audit --certificates one.crt several
rm several/vmlinux-6.1.0-2
expect 0 "$hashsect" audit several
has out "trusts a key of another kernel's modules: CN=Key one, which signed 1 module of 6.1.0-2"
# In folders, packages and apart it is the same.
tar -C several -cf several.tar .
for what in "several.tar" "several/vmlinux-6.1.0-1 several/a.ko several/b.ko several/c.ko"; do
	# shellcheck disable=SC2086
	expect 0 "$hashsect" audit $what
	has out "CN=Key one, which signed 1 module of 6.1.0-2"
done
# A banner in a text is no release, and words without one are none.
kernel several/vmlinux-text '.asciz "Linux version %s (%s)", "Linux version  (me)", "Linux version 6.1.0-2"'
"$elfsect" keyring add several/vmlinux-text one.crt > /dev/null 2>&1
expect 0 "$hashsect" audit several
! grep -q "vmlinux-text: trusts a key" out || fail "a release from nowhere: $(cat out)"

# ---- certificates: old, weak, of nobody here
"$elfsect" keyring add bad/boot/vmlinux two.crt > /dev/null 2>&1
expect 0 "$hashsect" audit bad
has out "note: bad/boot/vmlinux: a certificate that signed nothing here: CN=Key two"
expect 0 env SOURCE_DATE_EPOCH=4000000000 "$hashsect" audit bad
has out "warning: bad/boot/vmlinux: an expired certificate: CN=Key one"
openssl req -x509 -newkey rsa:1024 -nodes -keyout weak.key -out weak.crt -subj "/CN=Weak" -days 3650 2> /dev/null
cp empty weak
"$elfsect" keyring add weak weak.crt > /dev/null 2>&1
expect 1 "$hashsect" audit weak
has out "error: weak: a weak key: CN=Weak"
mkdir old
cp vmlinux old/
"$mkelf" keyring-absent-64le old/a.ko
openssl cms -sign -binary -noattr -nocerts -nosmimecap -md sha1 -outform DER -signer one.crt -inkey one.key -in old/a.ko -out p7s
"$hashsect" sig attach old/a.ko --signature p7s
expect 0 "$hashsect" audit old
has out "warning: old/a.ko: signed with a weak hash: RSA with SHA1"
expect 0 "$hashsect" audit good
! grep -q "weak hash" out || fail "SHA-256 is none"

# ---- excluded bytes that are not what they should be: no digest, and no audit
# refused_bytes WORDS OFFSET: a byte in the slot's section; both name it
slot=$("$elfsect" list --json vmlinux | python3 -c '
import json, sys
print(next(s["offset"] for s in json.load(sys.stdin)["sections"] if s["name"] == ".init.rodata"))')
length=$(stat -c %s one.der)
wrong()
{
	local words=$1
	expect 1 "$hashsect" audit wrong
	has out "error: wrong: no digest: "
	has out "$words"
	refused "$words" "$hashsect" digest wrong
}
for at in $length $((length + 100)) 4095; do # code, where there should be zeros
	cp vmlinux wrong
	printf '\xeb' | dd of=wrong bs=1 seek=$((slot + at)) conv=notrunc status=none
	wrong "$(printf '0x%x' "$at")"
done
cp vmlinux wrong # data behind the certificate, which the word counts
python3 - wrong "$slot" "$length" <<-'END'
	import struct, sys
	path, slot, length = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
	data = bytearray(open(path, "rb").read())
	data[slot + length:slot + length + 4] = b"\x30\x02\x05\x00"
	struct.pack_into("<I", data, slot + 4096, length + 4)
	struct.pack_into("<Q", data, slot + 4104, length + 4)
	open(path, "wb").write(data)
END
expect 1 "$hashsect" audit wrong
has out "error: wrong: no digest: "
has out "$(printf 'offset 0x%x: ' "$length")"
refused "$(printf 'offset 0x%x in the list' "$length")" "$hashsect" digest wrong

# ---- module hashes: a table that is one, one of odd length, and a module that is not in it
table='.section .module_hashes,"a",@progbits
	.balign 32
	.globl __start_module_hashes, __stop_module_hashes
	__start_module_hashes: .fill 128, 1, 0
	__stop_module_hashes:'
kernel listing "$table"
mkdir -p listed/lib
for name in a b c; do
	"$mkelf" keyring-absent-64le "listed/lib/$name.ko"
	printf '%s' "$name" | dd of="listed/lib/$name.ko" bs=1 seek=48 conv=notrunc status=none
done
printf 'lib/%s.ko\n' a b c > listed/modules.order
"$hashsect" modules embed listing listed > /dev/null 2>&1
cp listing listed/vmlinux
expect 0 "$hashsect" audit listed
has out "module hashes: 3 of 3 modules are listed by the kernel"
printf 'x' | dd of=listed/lib/b.ko bs=1 seek=48 conv=notrunc status=none
expect 1 "$hashsect" audit listed
has out "error: listed/lib/b.ko: a module that the kernel does not list: "
kernel odd "${table/128/100}"
expect 1 "$hashsect" audit odd
has out "error: odd: no digest: "
refused "module_hashes" "$hashsect" digest odd

# ---- private keys: five encodings in five places
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out pkcs8.pem 2> /dev/null
openssl pkcs8 -topk8 -in pkcs8.pem -passout pass:secret -out encrypted.pem
openssl pkcs8 -topk8 -in pkcs8.pem -passout pass:secret -outform DER -out encrypted.der
openssl rsa -in pkcs8.pem -traditional -outform DER -out pkcs1.der 2> /dev/null
openssl ecparam -name prime256v1 -genkey -noout -outform DER -out sec1.der
openssl genpkey -algorithm ED25519 -outform DER -out pkcs8.der
# has_key FORM FILE: somewhere in other bytes
for form in pkcs8.pem:PEM encrypted.pem:PEM encrypted.der:"encrypted PKCS#8" pkcs1.der:"PKCS#1" sec1.der:"SEC 1" pkcs8.der:"PKCS#8"; do
	key=${form%%:*}
	rm -rf keys
	mkdir -p keys
	(head -c 1000 "$hashsect"; cat "$key"; head -c 100 "$hashsect") > keys/data
	expect 1 "$hashsect" audit keys
	has out "error: keys/data: a private key, ${form#*:}, at 0x3e8"
	gzip keys/data
	expect 1 "$hashsect" audit keys
	has out "error: keys/data.gz: a private key, ${form#*:}, at 0x3e8 of what is inside"
	rm keys/*
	cp good/lib/a.ko keys/m.ko
	"$hashsect" sig strip keys/m.ko
	refused "a private key in it" "$elfsect" inject --section .rodata.more --data "$key" keys/m.ko
	objcopy --add-section ".rodata.more=$key" keys/m.ko
	expect 1 "$hashsect" audit keys/m.ko
	has out "error: keys/m.ko: a private key, ${form#*:}, at 0x"
	rm keys/*
	cp "$key" keys/
	tar -C keys -cJf keys.tar.xz .
	expect 1 "$hashsect" audit keys.tar.xz
	has out "error: keys.tar.xz: $key: a private key, ${form#*:}, at 0x0"
	# In the slot: it is no certificate either.
	cp empty wrong
	python3 - wrong "$slot" "$key" <<-'END'
		import sys
		data, key = bytearray(open(sys.argv[1], "rb").read()), open(sys.argv[3], "rb").read()
		data[int(sys.argv[2]):int(sys.argv[2]) + len(key)] = key
		open(sys.argv[1], "wb").write(data)
	END
	expect 1 "$hashsect" audit wrong
	has out "error: wrong: a private key, ${form#*:}, at 0x"
	has out "error: wrong: no digest: "
done
# Encrypted as OpenSSL did it before PKCS#8.
openssl rsa -in pkcs8.pem -traditional -aes128 -passout pass:secret -out old.pem 2> /dev/null
grep -q Proc-Type old.pem || fail "another form of PEM"
expect 1 "$hashsect" audit old.pem
has out "error: old.pem: a private key, PEM, at 0x0"
# What only speaks of keys has none: certificates, the words that begin one, a program that reads them.
rm -rf keys
mkdir keys
cp one.der two.crt p7s keys/
openssl rsa -in pkcs8.pem -pubout -outform DER -out keys/public.der 2> /dev/null
printf -- '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n' > keys/words
head -c 3000000 /dev/urandom > keys/noise
cp "$hashsect" keys/program
expect 0 "$hashsect" audit keys
has out "OK: 0 errors, 0 warnings, 0 notes, in 7 files"

# ---- names that act on nothing
mkdir hostile
printf '%s' "$(cat pkcs8.pem)" > "hostile/$(printf 'a\033[2Jb\nOK: 0 errors')"
expect 1 "$hashsect" audit hostile
has out 'error: hostile/a\x1b[2Jb\x0aOK: 0 errors: a private key'
! grep -q $'\033' out || fail "a terminal sequence"
[ "$(grep -c OK out)" = 1 ] || fail "a name that is a line"

# ---- what is no question
refused "missing: " "$hashsect" audit missing
says 2 "no file, package or folder given" "$hashsect" audit
head -c 1000 good.tar.zst > cut.tar.zst
refused "cut.tar.zst: " "$hashsect" audit cut.tar.zst

echo "$passed passed"
