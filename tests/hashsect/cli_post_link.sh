#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/kbuild/post-link on small kernels of several machines; on a real one: tests/kernel.
# usage: cli_post_link.sh HASHSECT ELFSECT POST-LINK
set -euo pipefail

HASHSECT=$(realpath "$1")
ELFSECT=$(realpath "$2")
post_link=$(realpath "$3")
export HASHSECT ELFSECT
unset KBUILD_OUTPUT HASHSECT_CERTIFICATES HASHSECT_MODULE_HASHES
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

# prints STATUS WORDS COMMAND...: its exit status, and words on stdout or stderr.
prints()
{
	expect "$1" "${@:3}"
	cat out err > both
	has both "$2"
}

# new_key NAME TYPE [OPTION...]: NAME.pem, key and certificate, NAME.x509
new_key() {
	local name=$1 type=$2
	shift 2
	openssl req -new -x509 -nodes -batch -sha256 -days 36500 -subj "/CN=$name" -newkey "$type" "$@" \
		-keyout key -out certificate 2>/dev/null
	cat key certificate >"$name.pem"
	openssl x509 -in certificate -outform DER -out "$name.x509"
}

new_key rsa rsa:2048
new_key ec ec -pkeyopt ec_paramgen_curve:P-256
cat rsa.x509 ec.x509 >both.x509
sed 's/$/\r/' rsa.pem >crlf.pem
{ cat rsa.pem; echo "a comment"; openssl x509 -in ec.pem -trustout; } >"both of them.pem"
head -c 64 /dev/urandom >hashes

# source POINTER
source_text() {
	cat <<-AS
		.section .text,"ax",%progbits
		.globl _start
		_start: .long 0
		.section .init.data,"aw",%progbits
		.balign 8
		.globl system_certificate_list, system_extra_cert, system_extra_cert_used
		.globl system_certificate_list_size, module_cert_size
		system_certificate_list:
		__cert_list_start:
		__module_cert_start:
		__module_cert_end:
		__cert_list_end:
		system_extra_cert: .zero 4096
		.size system_extra_cert, 4096
		.balign 4
		system_extra_cert_used: .long 0
		.balign 8
		system_certificate_list_size: $1 0
		.balign 8
		module_cert_size: $1 0
		.section .module_hashes,"a",%progbits
		.balign 8
		.globl __start_module_hashes, __stop_module_hashes
		__start_module_hashes: .zero 64
		__stop_module_hashes:
	AS
}

# word FILE SYMBOL BYTES ORDER
word() {
	"$ELFSECT" extract "$1" --symbols "$2..$2+$3" | od -An "-tu$3" "--endian=$4" | tr -d ' '
}

digest() { "$HASHSECT" digest -q "$1" | cut -d ' ' -f 1; }
state() { stat -c '%i %y' "$1"; sha256sum <"$1"; }

# machine NAME PREFIX AS-OPTIONS LD-OPTIONS BYTES ORDER
machine() {
	local name=$1 prefix=$2 bytes=$5 order=$6 tree=$1/"build tree" pointer=.long before
	[[ $bytes == 4 ]] || pointer=.8byte
	[[ $name != s390x ]] || pointer=.quad
	mkdir -p "$tree"
	source_text "$pointer" >a.s
	# shellcheck disable=SC2086
	{
		"${prefix}as" $3 -o a.o a.s
		"${prefix}ld" $4 --build-id=sha1 -e _start -o "$tree/vmlinux" a.o
	}
	cp "$tree/vmlinux" "$name/old"
	before=$(digest "$tree/vmlinux")

	prints 0 "filled" "$post_link" -C "$name" O="build tree" CROSS_COMPILE="$prefix" --certificate "both of them.pem" \
		--module-hashes hashes
	[[ $(digest "$tree/vmlinux") == "$before" ]] || fail "$name: another digest"
	grep -qx "digest after   $before" "$tree/vmlinux.post-link" || fail "$name: the record has no digest"
	(cd "$tree" && "$HASHSECT" digest --check vmlinux.hashsect) >/dev/null || fail "$name: vmlinux.hashsect"
	"$ELFSECT" extract "$tree/vmlinux" --symbol system_extra_cert | cmp -n "$(stat -c %s both.x509)" - both.x509 ||
		fail "$name: the certificates are not in the slot"
	"$ELFSECT" extract "$tree/vmlinux" --section .module_hashes | cmp - hashes || fail "$name: the hashes are not there"
	[[ $(word "$tree/vmlinux" system_extra_cert_used 4 "$order") == $(stat -c %s both.x509) ]] ||
		fail "$name: system_extra_cert_used"
	[[ $(word "$tree/vmlinux" system_certificate_list_size "$bytes" "$order") == $(stat -c %s both.x509) ]] ||
		fail "$name: system_certificate_list_size"

	state "$tree/vmlinux" >first
	prints 0 "nothing to do" env HASHSECT_CERTIFICATES=rsa.x509:ec.pem HASHSECT_MODULE_HASHES=hashes KBUILD_OUTPUT="$tree" \
		"$post_link"
	state "$tree/vmlinux" | cmp - first || fail "$name: nothing to do, but touched"
	echo "$name: ok"
}

machine x86_64 "" --64 "-m elf_x86_64" 8 little
machine i386 "" --32 "-m elf_i386" 4 little
machine powerpc64 powerpc64-linux-gnu- "-a64 -mbig" "-m elf64ppc" 8 big
machine s390x s390x-linux-gnu- "" "" 8 big
machine arm arm-linux-gnueabi- "" "" 4 little
machine aarch64 aarch64-linux-gnu- "" "" 8 little
machine mips mips-linux-gnu- "-32 -EB" "-m elf32btsmip" 4 big

# ---- options, and what is refused: vmlinux is as it was, and nothing is left behind
cd x86_64
cp old vmlinux
state vmlinux >../first
untouched() {
	prints 2 "$@"
	state vmlinux | cmp - ../first || fail "$2: vmlinux was touched"
	[[ $(find . -name '.post-link*' -o -name '*.tmp') == "" ]] || fail "$2: something was left behind"
}
sed '/END CERT/,$d' ../rsa.pem >endless.pem
sed '/BEGIN CERT/,$d' ../rsa.pem >key.pem
sed '/BEGIN CERT/a AAAA' ../rsa.pem >broken.pem
head -c 300 ../rsa.x509 >short.x509
cat ../both.x509 ../both.x509 ../both.x509 ../both.x509 >large.x509
: >empty
untouched "no certificate" "$post_link" --certificate empty
untouched "no certificate" "$post_link" --certificate key.pem
untouched "no end" "$post_link" --certificate endless.pem
untouched "cannot read a certificate" "$post_link" --certificate ../rsa.x509 --certificate broken.pem
untouched "holds certificates in DER" "$post_link" --certificate short.x509
untouched "4096" "$post_link" --certificate large.x509
untouched "cannot read" "$post_link" --certificate nowhere
untouched "cannot read" env HASHSECT_CERTIFICATES=../rsa.x509: HASHSECT_MODULE_HASHES=nowhere "$post_link"
untouched "64" "$post_link" --certificate ../rsa.x509 --module-hashes large.x509
untouched "unknown option" "$post_link" --certificates ../rsa.x509
untouched "unexpected word" "$post_link" ../rsa.x509
untouched "needs a value" "$post_link" --certificate
untouched "such-tree/vmlinux" "$post_link" O=such-tree
untouched "cannot be run" env HASHSECT=/nonexistent/hashsect "$post_link"
cat >other-digest <<'END'
#!/bin/bash
sha256sum "${!#}"
END
chmod +x other-digest
untouched "the digests differ" env HASHSECT=./other-digest "$post_link" --certificate ../rsa.x509

chmod 640 vmlinux
ln -s vmlinux link
mkdir other
ln -s ../vmlinux other/vmlinux
prints 0 "filled" "$post_link" --certificate ../crlf.pem -C other
[[ -L other/vmlinux && $(stat -c %a vmlinux) == 640 ]] || fail "a symbolic link: the link or the mode has changed"
"$ELFSECT" inject old --slot linux-extra-cert --data ../rsa.x509 -o expected
cmp vmlinux expected || fail "lines that end in CR LF"
prints 0 "nothing to do" "$post_link"
cmp vmlinux expected || fail "without certificates the slot stays"
prints 0 "--certificate FILE" "$post_link" --help

# ---- the file's other properties, other writers, and runs that were interrupted
set_note() { python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.note", b"kept")' "$1" 2>/dev/null; }
get_note() { python3 -c 'import os, sys; print(os.getxattr(sys.argv[1], "user.note").decode())' "$1"; }
cp old vmlinux
rm -f vmlinux.post-link
ln vmlinux hard-link
prints 0 "hard links" "$post_link" --certificate ../rsa.x509
cmp hard-link old || fail "a hard link: its content has changed"
rm hard-link
cp old vmlinux
if set_note vmlinux; then
	prints 0 "filled" "$post_link" --certificate ../rsa.x509
	[[ $(get_note vmlinux) == kept ]] || fail "an extended attribute is lost"
fi

# The record tells of the link, whatever was in the slot in between.
rm -f vmlinux.post-link
cp old vmlinux
prints 0 "filled" "$post_link" --certificate ../rsa.x509
prints 0 "filled" "$post_link" --certificate ../ec.x509
grep -qx "sha256 before  $(sha256sum <old | cut -d ' ' -f 1)" vmlinux.post-link || fail "the record does not tell of the link"
grep -qx "sha256 after   $(sha256sum <vmlinux | cut -d ' ' -f 1)" vmlinux.post-link || fail "the record is an old one"

# Linked again, or being edited, meanwhile.
cp old vmlinux
cat >relink <<'END'
#!/bin/bash
cp vmlinux linked && mv linked vmlinux
exec hashsect "$@"
END
chmod +x relink
ln -sf "$HASHSECT" hashsect
prints 2 "somebody else changed it" env PATH="$PWD:$PATH" HASHSECT=./relink "$post_link" --certificate ../rsa.x509
cmp vmlinux old || fail "what was linked meanwhile is lost"
exec {other}<vmlinux
flock "$other"
state vmlinux >../first
untouched "another process is editing it" "$post_link" --certificate ../rsa.x509
exec {other}<&-

# Where there are no locks it does without, and leaves alone what may be of others.
mkdir .post-link.vmlinux.012345
printf '#!/bin/sh\nexit 71\n' >flock
chmod +x flock
prints 0 "filled" env PATH="$PWD:$PATH" "$post_link" --certificate ../rsa.x509
[[ -d .post-link.vmlinux.012345 ]] || fail "without a lock: somebody else's directory is gone"
rm flock
cp old vmlinux

# Killed: what it left does not stay. An edit in place that was killed is undone first.
cat >kill-it <<'END'
#!/bin/bash
# The parent is a subshell of what is to be killed.
read -r _ _ _ main _ <"/proc/$PPID/stat"
kill -KILL "$main" "$PPID"
END
chmod +x kill-it
HASHSECT=./kill-it "$post_link" --certificate ../rsa.x509 2>/dev/null && fail "killed: but it ends well"
[[ $(find . -name '.post-link*') != "" ]] || fail "killed: too late to leave anything"
cmp vmlinux old || fail "killed: vmlinux has changed"
prints 0 "filled" "$post_link" --certificate ../rsa.x509
[[ $(find . -name '.post-link*') == "" ]] || fail "something was left behind"
cp old vmlinux
printf 'half' >.vmlinux.elfsect-journal
prints 0 "interrupted" "$post_link" --certificate ../rsa.x509
[[ ! -e .vmlinux.elfsect-journal ]] || fail "a journal stays"
