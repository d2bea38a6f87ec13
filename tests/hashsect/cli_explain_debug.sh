#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_explain_debug.sh HASHSECT: lines of source from whatever debug information there is: of several compilers and versions of
# DWARF, and in files of its own for stripped ones.
set -euo pipefail

hashsect=$1
here=$(realpath "$(dirname "$0")")
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

for version in one two; do
	mkdir -p $version
	cat > $version/main.c <<-'C'
		int square(int x);
		int cube(int x);
		int main(void) { return square(3) + cube(2); }
	C
	cat > $version/square.c <<-'C'
		int square(int x)
		{
			return x * x + 3;
		}
	C
	cat > $version/cube.c <<-'C'
		int cube(int x)
		{
			return x * x * x;
		}
	C
done
sed -i 's/+ 3/+ 4/' two/square.c

# compile COMPILER OPTIONS: one.o and two.o, linked with "ld -r"; one.elf and two.elf
compile()
{
	local version name
	for version in one two; do
		for name in main square cube; do
			# shellcheck disable=SC2086
			(cd $version && $1 -O1 -g "-ffile-prefix-map=$dir/$version=." -fno-pie -ffunction-sections $2 -c $name.c -o $name.o)
		done
		ld -r -o $version.o $version/main.o $version/square.o $version/cube.o
		ld -e main --build-id -o $version.elf $version/main.o $version/square.o $version/cube.o
	done
}

# named: the changed line is said, of the function and nothing else
named()
{
	[ "$(head -n 1 out)" = "different: 1 cause, 0 bytes that nothing explains" ] || fail "$*: $(cat out)"
	grep -Eq '^function square: 1 bytes, .*square.c:3$' out || fail "$*: no line: $(cat out)"
	passed=$((passed + 1))
}

compile gcc -gdwarf-5
expect 1 "$hashsect" explain one.elf two.elf
if ! grep -q "square.c:3" out; then
	skipped "built without libdw: no lines of source"
	exit 0
fi
compilers=(gcc)
if command -v clang > where; then
	compilers+=(clang)
else
	skipped "no clang, which writes no .debug_aranges"
fi
for compiler in "${compilers[@]}"; do
	for options in -gdwarf-5 -gdwarf-4; do
		compile "$compiler" $options
		for form in elf o; do
			expect 1 "$hashsect" explain one.$form two.$form
			named "$compiler $options $form"
		done
	done
done
if [ "${compilers[*]}" != gcc ]; then
	readelf -SW one.elf > sections
	! grep -q debug_aranges sections || fail "this clang does write .debug_aranges"
fi

# ---- stripped files, and their debug information beside them
compile gcc -gdwarf-5
for version in one two; do
	strip -o $version.stripped $version.elf
	objcopy --only-keep-debug $version.elf $version.debug
	xz -k $version.elf
done
expect 1 "$hashsect" explain --policy strict one.stripped two.stripped
! grep -q square out || fail "it knows a name by itself"
for form in elf elf.xz; do
	expect 1 "$hashsect" explain --debug-file one.$form --debug-file two.$form one.stripped two.stripped
	grep -Eq '^function square: 1 bytes, .*square.c:3$' out || fail "$form: $(cat out)"
done
# What has symbols alone suffices where the policy has nothing to look up in it.
expect 1 "$hashsect" explain --policy strict --debug-file one.debug --debug-file two.debug one.stripped two.stripped
grep -Eq '^function square: 1 bytes, .*square.c:3$' out || fail "only debug information: $(cat out)"
# Around it: in any order, compressed, in folders.
xz -k one.stripped two.stripped
expect 1 "$hashsect" explain --debug-file two.elf --debug-file one.elf one.stripped.xz two.stripped.xz
has out "function square"
mkdir -p a/boot b/boot
cp one.stripped a/boot/vmlinux
cp two.stripped b/boot/vmlinux
expect 1 "$hashsect" explain --debug-file one.elf --debug-file two.elf a b
has out "function square: 1 bytes, boot/vmlinux, .text"
# Modules keep their symbols when they are installed; the lines are elsewhere, named or in their folders.
for version in one two; do
	ld -r --build-id -o $version.ko $version/main.o $version/square.o $version/cube.o
	strip --strip-debug -o $version.installed $version.ko
	objcopy --only-keep-debug $version.ko $version.ko.debug
done
expect 1 "$hashsect" explain one.installed two.installed
has out "function square: 1 bytes"
! grep -q "square.c" out || fail "it knows a line by itself"
for form in ko ko.debug; do
	expect 1 "$hashsect" explain --debug-file two.$form --debug-file one.$form one.installed two.installed
	named "installed modules, $form"
done
mkdir -p c/lib d/lib
cp one.installed c/lib/m.ko
cp two.installed d/lib/m.ko
expect 1 "$hashsect" explain --debug-file one.ko --debug-file two.ko c d
grep -Eq '^function square: 1 bytes, lib/m.ko, .*square.c:3$' out || fail "modules of folders: $(cat out)"
# A linked file that lost its debug information alone.
for version in one two; do
	strip --strip-debug -o $version.named $version.elf
done
expect 1 "$hashsect" explain --debug-file one.debug --debug-file two.debug one.named two.named
named "symbols here, lines there"
refused "one.named: its build-id is that of no stripped file here" "$hashsect" explain --debug-file one.named one.named two.named

# ---- what nobody named: .gnu_debuglink beside the file, and /usr/lib/debug by the build-id
mkdir -p linked/.debug
for version in one two; do
	objcopy --add-gnu-debuglink=$version.debug $version.stripped linked/$version
done
expect 1 "$hashsect" explain --policy strict linked/one linked/two
! grep -q square out || fail "it knows a name by itself"
cp one.debug linked/one.debug
cp two.debug linked/.debug/two.debug
# beside: from whatever folder, both are found
beside()
{
	expect 1 "$hashsect" explain --policy strict "$@"
	grep -Eq '^function square: 1 bytes, .*square.c:3$' out || fail "$*: $(cat out)"
}
beside linked/one linked/two
(cd linked && beside one ./two) || exit 1
xz -k linked/one
beside linked/one.xz "$PWD/linked/two"
# The right name, and another build.
cp linked/one.debug linked/one.right
cp two.debug linked/one.debug
expect 1 "$hashsect" explain --policy strict linked/one linked/two
! grep -q "function square" out || fail "a name of another build"
mv linked/one.right linked/one.debug
# A name that is a path.
mkdir linked/sub
objcopy --add-section .gnu_debuglink=<(printf '../one.debug\0\0\0\0\0\0\0\0') one.stripped linked/sub/one
expect 1 "$hashsect" explain --policy strict linked/sub/one linked/two
! grep -q "function square" out || fail "it left its folder"
if [ "$(id -u)" = 0 ] && [ -d /usr/lib/debug ] && unshare -m true 2> err; then
	for version in one two; do
		id=$(readelf -n $version.elf | sed -n 's/.*Build ID: //p')
		mkdir -p "installed/.build-id/${id:0:2}"
		cp $version.debug "installed/.build-id/${id:0:2}/${id:2}.debug"
	done
	# shellcheck disable=SC2016
	expect 1 unshare -m sh -c 'mount --bind installed /usr/lib/debug && exec "$@"' sh \
		"$hashsect" explain --policy strict one.stripped two.stripped
	grep -Eq '^function square: 1 bytes, .*square.c:3$' out || fail "installed: $(cat out)"
else
	skipped "no right to mount: what is installed in /usr/lib/debug"
fi

# ---- boot images: the kernel inside, and what stands around it
# image OUT KERNEL TAIL: an x86 boot image with this program behind the compressed kernel
image()
{
	python3 - "$here" "$@" <<-'PYTHON'
		import gzip, sys
		sys.path.insert(0, sys.argv[1])
		import boot
		kernel = open(sys.argv[3], "rb").read()
		open(sys.argv[2], "wb").write(boot.bzimage(gzip.compress(kernel, mtime=0), sys.argv[4].encode()))
	PYTHON
}
image bz.one one.stripped "the decompressor, in some words"
image bz.code two.stripped "the decompressor, in some words"
image bz.tail one.stripped "the decompressor, in same words"
image bz.longer one.stripped "the decompressor, in some more words"
expect 1 "$hashsect" explain --debug-file one.elf --debug-file two.elf bz.one bz.code
has out "function square: 1 bytes, .text"
expect 1 "$hashsect" explain --debug-file one.elf bz.one bz.tail
[ "$(head -n 1 out)" = "different: 1 cause, 0 bytes that nothing explains" ] || fail "the decompressor: $(cat out)"
# The byte, and the four of the checksum at the end of the file.
has out "around the kernel: decompressor: 5 bytes"
expect 1 "$hashsect" explain --debug-file one.elf bz.one bz.longer
has out "around the kernel: decompressor: "
expect 1 "$hashsect" explain --debug-file one.elf bz.one one.stripped
has out "around the kernel: decompressor: "
has out "  B: nothing"
cp bz.one a/boot/vmlinuz
cp bz.tail b/boot/vmlinuz
expect 1 "$hashsect" explain --debug-file one.elf --debug-file two.elf a b
has out "around the kernel: decompressor: 5 bytes, boot/vmlinuz"
rm a/boot/vmlinuz b/boot/vmlinuz

# By build-id, and by nothing else.
refused "two.elf: its build-id is that of no stripped file here" "$hashsect" explain --debug-file one.elf --debug-file two.elf \
	one.stripped one.stripped
refused "two.elf: its build-id is that of no stripped file here" "$hashsect" explain --debug-file two.elf a a
refused "one.elf: its build-id is that of no stripped file here" "$hashsect" explain --debug-file one.elf two.elf two.elf
refused "one.stripped: it has no symbols" "$hashsect" explain --debug-file one.stripped one.stripped two.stripped
objcopy --remove-section .note.gnu.build-id one.elf nameless
refused "nameless: it has no build-id" "$hashsect" explain --debug-file nameless one.stripped two.stripped
refused "No such file or directory" "$hashsect" explain --debug-file missing one.stripped two.stripped
# The build-id of a file whose code is elsewhere: what lies there in this one has no name then.
id=$(readelf -n one.elf | sed -n 's/.*Build ID: //p')
ld -e main --build-id="0x$id" -Ttext=0x500000 -o moved one/main.o one/square.o one/cube.o
expect 1 "$hashsect" explain --policy strict --debug-file one.elf --debug-file two.elf one.stripped two.stripped
has out "function square"
expect 1 "$hashsect" explain --policy strict --debug-file moved --debug-file two.elf one.stripped two.stripped
! grep -q "^function square: 1 bytes" out || fail "names of other places: $(cat out)"
# One that is cut off, and one file that has no digest: whose fault it is is said.
head -c $(($(stat -c %s one.elf) - 100)) one.elf > cut.elf
refused "cut.elf: " "$hashsect" explain --debug-file cut.elf one.stripped two.stripped
refused "one.stripped: " "$hashsect" explain --debug-file two.elf one.stripped two.stripped

echo "$passed checks passed"
