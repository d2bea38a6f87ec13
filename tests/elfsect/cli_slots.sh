#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Slots of linked files, edits in place and recovery, by the command line, on a program that ld made.
# usage: cli_slots.sh ELFSECT
set -eu

elfsect=$(realpath "$1")
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

# Certificates of one length, with a key that is quickly made; a slot takes nothing else.
certificate() {
	openssl req -x509 -newkey rsa:1024 -nodes -keyout "$1.key" -outform DER -out "$1" -set_serial 1 -days 100 -subj "/CN=$2" \
		>/dev/null 2>&1 || fail "openssl req $1"
}
certificate built one
certificate data two
size=$(stat -c %s data)
[ "$size" = "$(stat -c %s built)" ] || fail "two certificates of different lengths"

cat >a.s <<'AS'
	.section .text,"ax",%progbits
	.globl _start
_start: .byte 0, 0, 0, 0
	.section .init.data,"aw",%progbits
	.balign 8
	.globl system_certificate_list, system_extra_cert, system_extra_cert_used, system_certificate_list_size
system_certificate_list:
__cert_list_start: .incbin "built"
__cert_list_end:
system_extra_cert: .fill 1000, 1, 0
	.size system_extra_cert, 1000
	.balign 4
system_extra_cert_used: .long 0
	.balign 8
system_certificate_list_size: .quad __cert_list_end - __cert_list_start
	.section .module_hashes,"a",%progbits
	.fill 64, 1, 0
AS
as -o a.o a.s
ld -o vmlinux a.o
nm vmlinux >System.map
strip -o stripped vmlinux
cp vmlinux old
cp stripped old.stripped
printf 'an extra certificate' >text
head -c 1001 /dev/zero >large

# A name that two sections have names none.
objcopy --rename-section .init.data=.module_hashes vmlinux twice
refused "several sections named .module_hashes" "$elfsect" inject --section .module_hashes --data data twice
rm twice

# The two ways of writing agree, also for a stripped file; emptied, the file is the first one.
"$elfsect" inject --slot linux-extra-cert --data data -o new vmlinux
cmp -s vmlinux old || fail "-o changed the input"
inode=$(stat -c %i vmlinux)
chmod 751 vmlinux
touch -d 2001-01-01 vmlinux
expect 0 "$elfsect" inject --slot linux-extra-cert --data data --in-place --verify vmlinux
cmp vmlinux new || fail "in place: another result"
[ "$(stat -c '%i %a' vmlinux)" = "$inode 751" ] || fail "in place: another inode or mode"
[ "$(stat -c %Y vmlinux)" -gt 1000000000 ] || fail "in place: no new mtime"
"$elfsect" check vmlinux
"$elfsect" extract --symbols system_extra_cert..system_extra_cert+$size vmlinux | cmp - data || fail "wrong place"
[ "$("$elfsect" extract --symbols system_certificate_list_size..system_certificate_list_size+8 vmlinux |
	od -An -tu8 | tr -d ' ')" = $((2 * size)) ] || fail "system_certificate_list_size"
touch -d 2001-01-01 vmlinux
says 0 "nothing to change" "$elfsect" inject --slot linux-extra-cert --data data --in-place vmlinux
[ "$(stat -c %Y vmlinux)" = "$(date -d 2001-01-01 +%s)" ] || fail "an edit without a change touched the file"
refused "System.map" "$elfsect" inject --slot linux-extra-cert --data data stripped
"$elfsect" inject --slot linux-extra-cert --system-map System.map --data data --in-place stripped
strip -o new.stripped new
cmp stripped new.stripped || fail "with a System.map: another result"
"$elfsect" inject --slot linux-extra-cert --data /dev/null vmlinux
cmp vmlinux old || fail "emptied: not the first file"
"$elfsect" inject --slot linux-extra-cert --data /dev/null --system-map System.map --in-place stripped
cmp stripped old.stripped || fail "emptied with a System.map: not the first file"

# Other targets.
"$elfsect" inject --slot linux-keyring --data - --in-place vmlinux <data
"$elfsect" extract --symbols __cert_list_start..__cert_list_end vmlinux | cmp - data || fail "linux-keyring"
"$elfsect" inject --slot module-hashes --data text --in-place vmlinux
"$elfsect" extract --section .module_hashes vmlinux | head -c 20 | cmp - text || fail "module-hashes"
"$elfsect" inject --symbol system_extra_cert --data data --in-place vmlinux
"$elfsect" inject --symbols system_extra_cert..system_extra_cert_used --data data --in-place vmlinux
expect 0 "$elfsect" clear --section .module_hashes --in-place vmlinux
cp old vmlinux

# A section that is not loaded, and nothing else.
"$elfsect" inject --section .note.new --flags 0 --data data -o more vmlinux
"$elfsect" check more
"$elfsect" extract --section .note.new more | cmp - data
readelf -lW vmlinux >one 2>&1
readelf -lW more 2>/dev/null | cmp - one || fail "a new section changed the segments"
readelf -SsW more 2>&1 >/dev/null | grep . && fail "readelf warns"
objcopy -S more stripped.more && "$elfsect" extract --section .note.new stripped.more | cmp - data

# Notes: readelf reads them, strip and objcopy keep them, a second time is no change, another text replaces them.
printf 'hello, note\n' >text
note=(--section .note.mine --note mine:258 --flags 0)
cp vmlinux noted
expect 0 "$elfsect" inject "${note[@]}" --data text noted
"$elfsect" check noted || fail "a file with a note"
readelf -nW noted | grep -q '^  mine  *0x0000000c' || fail "readelf does not find the note"
for tool in "objcopy -S" "objcopy -R .comment -S" "strip -o"; do
	case $tool in
	strip*) strip -o stripped.noted noted ;;
	*) $tool noted stripped.noted ;;
	esac
	readelf -nW stripped.noted | grep -q '^  mine ' || fail "$tool: the note is gone"
	"$elfsect" check stripped.noted || fail "$tool: the structure"
	[ "$("$elfsect" list stripped.noted | awk '$2 == ".note.mine" { print $3, $4 }')" = "NOTE -" ] || fail "$tool: list"
done
cp noted again
touch -d @1000000000 again
says 0 "nothing to change" "$elfsect" inject "${note[@]}" --data text again
[ "$(stat -c %Y again)" = 1000000000 ] || fail "the second time wrote to the file"
printf 'hello, other and longer note\n' >text2
expect 0 "$elfsect" inject "${note[@]}" --data text2 again
"$elfsect" check again || fail "a note that was replaced"
readelf -nW again | grep -q '^  mine  *0x0000001d' || fail "readelf does not find the other note"
[ "$(readelf -SW again | grep -c note.mine)" = 1 ] || fail "two sections"
refused "is there with other content" "$elfsect" inject --section .note.mine --note yours:258 --flags 0 --data text noted
refused "not OWNER:TYPE" "$elfsect" inject --section .note.mine --note mine --flags 0 --data text noted
refused "not OWNER:TYPE" "$elfsect" inject --section .note.mine --note :1 --flags 0 --data text noted
refused "not OWNER:TYPE" "$elfsect" inject --section .note.mine --note mine:4294967296 --flags 0 --data text noted
refused "--note goes with --section" "$elfsect" inject --symbol system_extra_cert --note mine:1 --data text noted
refused "not loaded (--flags 0)" "$elfsect" inject --section .new --data data vmlinux
refused "size" "$elfsect" inject --section .new --flags 0 --data data --in-place vmlinux
refused "keeps its symbols" "$elfsect" inject --section .module_hashes --define a=start --data data vmlinux

# Refused.
refused "1000 bytes are available, 1001 are needed" "$elfsect" inject --slot linux-extra-cert --data large vmlinux
refused "$size bytes are available" "$elfsect" inject --slot linux-keyring --data text vmlinux
openssl pkcs8 -topk8 -nocrypt -in data.key -outform DER -out plain.key
openssl pkcs8 -topk8 -passout pass:x -in data.key -out encrypted.key
openssl pkcs8 -topk8 -passout pass:x -in data.key -outform DER -out encrypted.der
openssl rsa -in data.key -traditional -outform DER -out pkcs1.der 2>/dev/null
openssl ecparam -name prime256v1 -genkey -noout -outform DER -out ec.der
{ cat data.key; openssl x509 -inform DER -in data; } >signing_key.pem
cat data plain.key >behind.der
for key in data.key plain.key encrypted.key encrypted.der pkcs1.der ec.der signing_key.pem behind.der; do
	refused "$key: a private key" "$elfsect" inject --section .new --flags 0 --data $key vmlinux
done
head -c 900 signing_key.pem >part.der
refused "part.der: a private key" "$elfsect" inject --slot linux-extra-cert --data part.der vmlinux
refused "holds certificates in DER" "$elfsect" inject --slot linux-extra-cert --data text vmlinux
head -c $((size - 1)) data >part.der
refused "offset 0x0: certificate" "$elfsect" inject --slot linux-extra-cert --data part.der vmlinux
{ cat data; echo; } >part.der
refused "offset 0x$(printf %x "$size"): " "$elfsect" inject --slot linux-extra-cert --data part.der vmlinux
printf -- '-----BEGIN PRIVATE KEY-----\0x' >format
"$elfsect" inject --section .new --flags 0 --data format -o more vmlinux || fail "a program's text is no key"
refused "there are linux-extra-cert" "$elfsect" inject --slot nothing --data data vmlinux
refused "executable" "$elfsect" inject --section .text --data data vmlinux
refused "--section and --slot exclude each other" "$elfsect" inject --section .text --slot module-hashes --data data vmlinux
refused "--align goes with --section" "$elfsect" inject --slot module-hashes --align 8 --data data vmlinux
refused "exclude each other" "$elfsect" inject --slot module-hashes --in-place -o x --data data vmlinux
refused "goes with --in-place" "$elfsect" inject --slot module-hashes --verify --data data vmlinux
refused "nothing.map" "$elfsect" inject --slot module-hashes --system-map nothing.map --data data vmlinux
refused "line 1" "$elfsect" inject --slot module-hashes --system-map a.s --data data vmlinux
sed 's/^[0-9a-f]*\( . _start\)$/0000000000000010\1/' System.map >other.map
refused "not of this file" "$elfsect" inject --slot linux-extra-cert --system-map other.map --data data stripped
cmp vmlinux old || fail "a refused edit changed the file"

# Locked by somebody else.
command -v flock >/dev/null || fail "flock is needed"
refused "another process" flock vmlinux "$elfsect" inject --slot linux-extra-cert --data data --in-place vmlinux
refused "another process" flock vmlinux "$elfsect" inject --slot linux-extra-cert --data data vmlinux

# Recovery.
says 0 "nothing to recover" "$elfsect" recover vmlinux
refused "nowhere" "$elfsect" recover nowhere
refused "a file is needed" "$elfsect" recover
: >.vmlinux.elfsect-journal
says 0 "incomplete journal" "$elfsect" recover vmlinux
[ ! -e .vmlinux.elfsect-journal ] || fail "the incomplete journal is still there"
command -v strace >/dev/null || fail "strace is needed"
# Ended at each write of the edit; brought back, by the command or by the next edit.
interrupted=0
for call in pwrite64 fsync unlinkat; do
	for n in 1 2 3 4; do
		cp old vmlinux
		{
			strace -f -o /dev/null -e inject=$call:signal=KILL:when=$n \
				"$elfsect" inject --slot linux-extra-cert --data data --in-place vmlinux || true
		} 2>/dev/null
		[ -e .vmlinux.elfsect-journal ] && had=1 || had=
		[ ! "$had" ] || interrupted=$((interrupted + 1))
		expect 0 "$elfsect" recover vmlinux
		[ ! "$had" ] || cmp vmlinux old || fail "SIGKILL at $call $n: not the old content"
		cmp -s vmlinux old || cmp -s vmlinux new || fail "SIGKILL at $call $n: a third content"
		"$elfsect" inject --slot linux-extra-cert --data data vmlinux 2>err
		cmp vmlinux new || fail "SIGKILL at $call $n: the next edit"
	done
done
[ "$interrupted" -gt 0 ] || fail "no edit was interrupted"
[ -z "$(find . -name '*elfsect*')" ] || fail "something was left behind: $(ls -A)"
echo "ok"
