#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_explain.sh HASHSECT: changes planted in a small program, one by one and together; each has to be found by name.
set -euo pipefail

hashsect=$1
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

# ---- the program: two files, a version string, a configuration, a version of structures, debug information
mkdir base
cat > base/main.c <<-'END'
	extern int puts(const char *);
	extern int square(int);
	const char linux_banner[] = "Linux version 6.12.0 (me@host) (gcc) #1 SMP Thu Jan  1 00:00:00 UTC 2026";
	static const char vermagic[] __attribute__((section(".modinfo"), used)) = "vermagic=6.12.0 SMP RANDSTRUCT_0123456789abcdef";
	int table[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const char *const names[] = { "alpha", "beta" };
	__attribute__((noinline)) int choose(int x)
	{
		puts(names[x & 1]);
		return square(x) + table[x & 7];
	}
	int before(int x) { return x + 1; }
	int main(void)
	{
		puts("hello world");
		puts(linux_banner);
		return choose(before(3));
	}
END
cat > base/square.c <<-'END'
	int square(int x)
	{
		int sum = 0;
		for (int i = 0; i < x; i++)
			sum += x;
		return sum + 3;
	}
END
cat > base/config <<-'END'
	CONFIG_SMP=y
	# CONFIG_DEBUG is not set
	CONFIG_HZ=250
END

# build FOLDER: a relocatable file and a linked one; options of square.c in $options, the folder that it is built in in $path
build()
{
	local options=${options:--O1} path=${path:-/build/one}
	gzip -n -9 < "$1/config" > ikconfig.gz
	cat > ikconfig.s <<-'AS'
		.section .rodata,"a",@progbits
		.ascii "IKCFG_ST"
		.globl kernel_config_data
		kernel_config_data: .incbin "ikconfig.gz"
		.globl kernel_config_data_end
		kernel_config_data_end: .ascii "IKCFG_ED"
		.section .note.GNU-stack,"",@progbits
	AS
	as -o ikconfig.o ikconfig.s
	(cd "$1" && gcc -g -O1 -fdebug-prefix-map="$PWD=$path" -c main.c -o main.o &&
		gcc -g $options -fdebug-prefix-map="$PWD=$path" -c square.c -o square.o)
	ld -r -o "$1.o" "$1/main.o" "$1/square.o" ikconfig.o
	gcc -no-pie -Wl,--build-id=none -o "$1.elf" "$1/main.o" "$1/square.o" ikconfig.o
}

# planted NAME SED FILE: a copy of the program with a change, built
planted()
{
	rm -rf "$1"
	cp -r base "$1"
	sed -i "$2" "$1/$3"
	! cmp -s "base/$3" "$1/$3" || fail "nothing changed: $2"
	build "$1"
}

# first KIND SUBJECT NAME: the first cause of both forms, and nothing that it does not explain
first()
{
	local form
	for form in o elf; do
		expect 1 "$hashsect" explain --json "base.$form" "$3.$form"
		python3 - out "$1" "$2" <<-'END' || fail "$3.$form: $(cat out)"
			import json, re, sys
			report = json.load(open(sys.argv[1]))
			causes = [c for c in report["causes"] if c["kind"] != "excluded"]
			assert causes and causes[0]["kind"] == sys.argv[2] and re.fullmatch(sys.argv[3], causes[0]["subject"]), causes
			assert report["unexplained"] == 0 and report["verdict"] == "different", report
		END
	done
}

build base
for form in o elf; do
	cp "base.$form" "same.$form"
	expect 0 "$hashsect" explain "base.$form" "same.$form"
	has out "equal"
done

# ---- one by one
planted constant 's/sum + 3/sum + 4/' square.c
first function square constant
expect 1 "$hashsect" explain base.elf constant.elf
[ "$(head -n 1 out)" = "different: 1 cause, 0 bytes that nothing explains" ] || fail "the verdict comes first"
lines=
if grep -q 'square.c:6' out; then
	lines=yes
	has out "function square: 1 bytes, .text+0x"
	expect 1 "$hashsect" explain base.o constant.o
	has out "square.c:6"
else
	skipped "no libdw: lines of source"
	grep -q 'function square' out || fail "no function: $(cat out)"
fi
planted string 's/hello world/hello there/' main.c
first string '.*' string
expect 1 "$hashsect" explain base.o string.o
has out "  A: hello world"
has out "  B: hello there"
planted longer 's/hello world/hello brave new world/' main.c
first string '.*' longer
expect 1 "$hashsect" explain base.elf longer.elf
has out "bytes of addresses of what moved"
planted grown 's/sum + 3/sum * 5 + x * 7 - 3/' square.c
first function square grown
planted added 's/^int before/int added(int x) { return x * 77; }\nint before/' main.c
for form in o elf; do
	expect 1 "$hashsect" explain "base.$form" "added.$form"
	has out "only in B: added: "
	has out ", 0 bytes that nothing explains"
	expect 1 "$hashsect" explain "added.$form" "base.$form"
	has out "only in A: added: "
done
planted data 's/5, 6, 7, 8/5, 6, 7, 9/' main.c
first data table data
planted time 's/00:00:00 UTC 2026/00:00:01 UTC 2027/' main.c
first version linux_banner time
planted host 's/me@host/somebody@elsewhere/' main.c
first version '.*' host
planted seed 's/RANDSTRUCT_0123456789abcdef/RANDSTRUCT_fedcba9876543210/' main.c
first randstruct '.modinfo' seed
# With another seed all code is another, and what else was changed in it is not named: that is said.
cp -r seed seeds
sed -i 's/5, 6, 7, 8/5, 6, 7, 9/' seeds/main.c
build seeds
for form in o elf; do
	expect 1 "$hashsect" explain "base.$form" "seeds.$form"
	[ "$(head -n 1 out)" = "different: 1 cause, 0 bytes that nothing explains" ] || fail "a seed: $(cat out)"
	has out "note: with another seed nearly all code differs"
	has out "seed of the layout of structures: .modinfo: "
	has out "bytes of code and data, after the layout of structures"
done
planted config 's/# CONFIG_DEBUG is not set/CONFIG_DEBUG=y/' config
first config CONFIG_DEBUG config
expect 1 "$hashsect" explain base.elf config.elf
has out "  A: # CONFIG_DEBUG is not set"
has out "  B: CONFIG_DEBUG=y"
rm -rf path
cp -r base path
path=/build/another build path
first build-path path path
expect 1 "$hashsect" explain base.o path.o
has out "  A: /build/one"
has out "  B: /build/another"
if [ -n "$lines" ]; then
	rm -rf options
	cp -r base options
	options=-O2 build options
	first options '.*square.c' options
	expect 1 "$hashsect" explain base.o options.o
	grep -q '  A: GNU C.* -O1' out || fail "no options: $(cat out)"
	grep -q '  B: GNU C.* -O2' out || fail "no options: $(cat out)"
fi
# Options that leave the code as it is, for one file of two.
if [ -n "$lines" ]; then
	rm -rf quiet
	cp -r base quiet
	options="-O1 -fno-tree-vectorize" build quiet
	first options 'square.c' quiet
	for form in o elf; do
		expect 1 "$hashsect" explain "base.$form" "quiet.$form"
		[ "$(head -n 1 out)" = "different: 1 cause, 0 bytes that nothing explains" ] || fail "quiet options: $(cat out)"
		has out "compiler options of square.c: 0 bytes"
		grep -q '  B: GNU C.* -fno-tree-vectorize' out || fail "no options: $(cat out)"
	done
	# In another folder too.
	rm -rf both
	cp -r base both
	path=/build/another options="-O1 -fno-tree-vectorize" build both
	for form in o elf; do
		expect 1 "$hashsect" explain "base.$form" "both.$form"
		[ "$(head -n 1 out)" = "different: 2 causes, 0 bytes that nothing explains" ] || fail "path and options: $(cat out)"
		has out "compiler options of square.c: 0 bytes"
		has out "build path"
	done
fi
# A path in an object; one that is longer; one that ends with its object, as Rust's do.
for where in here elsewhere; do
	printf 'const char file[] = "/build/%s/where.c";\n' "$where" > where.c
	gcc -c where.c -o "where.$where.o"
	printf '.section .rodata.slice,"a",@progbits\n.globl slice\n.type slice, @object\nslice: .ascii "/crate/%s/mod.rs"\n.size slice, . - slice\n' \
		"$where" > slice.s
	as -o "slice.$where.o" slice.s
done
expect 1 "$hashsect" explain where.here.o where.elsewhere.o
has out "build path"
has out "  A: /build/here"
has out "  B: /build/elsewhere"
has out ", 0 bytes that nothing explains"
! grep -q '^string\|^data' out || fail "a path is more than that: $(cat out)"
expect 1 "$hashsect" explain slice.here.o slice.elsewhere.o
has out "  A: /crate/here"
! grep -q '^string\|^data' out || fail "a path is more than that: $(cat out)"

# ---- headers, build-ids, the order of files
for form in o elf; do
	objcopy --set-section-alignment .modinfo=16 "base.$form" "align.$form" 2> err || continue
	cmp -s "base.$form" "align.$form" && continue
	expect 1 "$hashsect" explain "base.$form" "align.$form"
	has out "type, flags or alignment of section .modinfo"
	objcopy --add-section .more=base/config "base.$form" "more.$form"
	expect 1 "$hashsect" explain "base.$form" "more.$form"
	has out "section only in B: .more: "
done
gcc -no-pie -Wl,--build-id=0x1234567812345678123456781234567812345678 -o id1 base/main.o base/square.o ikconfig.o
gcc -no-pie -Wl,--build-id=0x8765432187654321876543218765432187654321 -o id2 base/main.o base/square.o ikconfig.o
expect 3 "$hashsect" explain id1 id2
[ "$(head -n 1 out)" = "equal but for the excluded bytes: rule build-id" ] || fail "the verdict: $(cat out)"
has out "left out by rule build-id: 20 bytes"
expect 1 "$hashsect" explain --policy strict id1 id2
has out "build-id: .note.gnu.build-id: 20 bytes"
# The order of the files on the linker's command line.
ld -r -o moved.o base/square.o base/main.o ikconfig.o
expect 1 "$hashsect" explain base.o moved.o
has out ", 0 bytes that nothing explains"

has out "another order, from "

# ---- what only looks like a consequence: a byte of a table is changed, and no code
cat > patch.py <<-'END'
	"""patch.py FROM TO SECTION OFFSET [XOR]: a byte in a section, offsets below 0 from its end; section "" is the file."""
	import struct, sys
	data = bytearray(open(sys.argv[1], "rb").read())
	headers, = struct.unpack_from("<Q", data, 0x28)
	count, names = struct.unpack_from("<HH", data, 0x3c)
	table = [struct.unpack_from("<IIQQQQIIQQ", data, headers + 64 * i) for i in range(count)]
	sections = {data[table[names][4] + s[0]:].split(b"\0")[0].decode(): s for s in table}
	start, size = sections[sys.argv[3]][4:6] if sys.argv[3] else (0, len(data))
	at = int(sys.argv[4], 0)
	data[start + at + (size if at < 0 else 0)] ^= int(sys.argv[5], 0) if len(sys.argv) > 5 else 1
	open(sys.argv[2], "wb").write(data)
END
# byte FORM SECTION OFFSET XOR WORDS
byte()
{
	python3 patch.py "base.$1" "byte.$1" "$2" "$3" "$4"
	expect 1 "$hashsect" explain "base.$1" "byte.$1"
	has out "$5"
	! grep -q '^follows' out || fail "it follows from nothing: $(cat out)"
}
byte elf .eh_frame 60 1 "bytes of no symbol in .eh_frame: 1 bytes"
byte o .debug_info 100 1 "different: no cause found for 1 bytes"
byte o .debug_line 60 1 "bytes of no symbol in .debug_line: 1 bytes"
byte o .symtab -8 8 "bytes of no symbol in .symtab"
byte o .rela.text -8 4 "reference from "
byte elf "" 0x18 4 "field of the ELF header: entry"
byte elf "" 0x30 4 "field of the ELF header: flags"
byte elf "" 0xb4 2 "program header 2, flags"
# The byte beside what is left out is another matter.
cp id1 base.id
cp id2 byte.id
python3 patch.py byte.id byte.id .note.ABI-tag 16
expect 1 "$hashsect" explain base.id byte.id
has out "different: "
has out "left out by rule build-id: 20 bytes"
has out ".note.ABI-tag+0x10"
# A binding; and two objects of one size, of which another is meant.
objcopy --weaken-symbol=square base.o weak.o
expect 1 "$hashsect" explain base.o weak.o
has out "symbol square: 0 bytes"
cat > pick.c <<-'END'
	static volatile int p[2] = { 0, 5 };
	static volatile int q[2] = { 0, 6 };
	int keep(void) { return p[1] + q[1]; }
	int pick(void) { return WHICH[0]; }
END
for which in p q; do
	gcc -O1 -c -DWHICH=$which pick.c -o pick.$which.o
done
expect 1 "$hashsect" explain pick.p.o pick.q.o
has out "different: 1 cause, "
has out "reference from pick: 24 bytes"

# ---- many, in time that grows with their number only
python3 - <<-'END'
	for value in 1, 2:
	    with open(f"many{value}.s", "w") as file:
	        file.write(".text\n")
	        for i in range(20000):
	            file.write(f".globl f{i}\n.type f{i}, @function\nf{i}: mov ${value * 1000 + i}, %eax\nret\n.size f{i}, . - f{i}\n")
END
for value in 1 2; do
	as -o many$value.o many$value.s
done
expect 1 timeout 20 "$hashsect" explain many1.o many2.o
has out "different: 20000 causes, 0 bytes that nothing explains"

# ---- five at once
planted five 's/sum + 3/sum + 4/' square.c
sed -i 's/hello world/hello brave new world/; s/00:00:00 UTC 2026/00:00:01 UTC 2027/; s/5, 6, 7, 8/5, 6, 7, 9/' five/main.c
sed -i 's/CONFIG_HZ=250/CONFIG_HZ=1000/' five/config
build five
for form in o elf; do
	expect 1 "$hashsect" explain --json base.$form five.$form
	python3 - out <<-'END' || fail "five.$form: $(cat out)"
		import json, sys
		report = json.load(open(sys.argv[1]))
		kinds = sorted({c["kind"] for c in report["causes"] if c["kind"] != "excluded"})
		assert kinds == ["config", "data", "function", "string", "version"], kinds
		assert report["unexplained"] == 0, report
	END
done

# ---- layers, and what is no ELF file
gzip -k base.elf constant.elf
expect 1 "$hashsect" explain base.elf.gz constant.elf.gz
has out "function square"
refused "base/config: " "$hashsect" explain base/config base.elf
says 2 "exactly two files are needed" "$hashsect" explain base.elf
strip -o stripped.a base.elf
strip -o stripped.b constant.elf
refused "no symbol" "$hashsect" explain stripped.a stripped.b
expect 1 "$hashsect" explain --policy strict stripped.a stripped.b
has out "bytes of no symbol in .text: "
# Debug information that is none: no line, and no crash.
for seed in 1 2 3 4 5 6 7 8; do
	openssl enc -aes-128-ctr -K 00 -iv "0$seed" -in /dev/zero 2> /dev/null | head -c 3000 > noise || true
	for form in o elf; do
		objcopy --update-section .debug_info=noise --update-section .debug_line=noise "constant.$form" "noise.$form" 2> err || continue
		expect 1 "$hashsect" explain "base.$form" "noise.$form"
	done
done
# ---- folders and packages: a cause of several files is one, and files that hold no code are named
mkdir -p one/boot one/lib/sub two/boot two/lib/sub
cp base.elf one/boot/vmlinux
cp constant.elf two/boot/vmlinux
for name in a b sub/c; do
	cp base.o "one/lib/$name.ko"
	cp constant.o "two/lib/$name.ko"
done
cp base.o one/lib/same.ko
cp base.o two/lib/same.ko
xz --check=crc32 one/lib/sub/c.ko two/lib/sub/c.ko
echo text > one/readme
echo other > two/readme
echo more > two/more
expect 1 "$hashsect" explain one two
[ "$(head -n 1 out)" = "different: 1 cause in 4 files, 0 bytes that nothing explains; 2 other paths" ] || fail "the verdict: $(head -n 1 out)"
has out "function square: 4 bytes in 4 files, the first: boot/vmlinux, .text+0x"
has out "different: readme"
has out "only in B: more"
has out "identical: 1 module"
grep -v ^identical out > folders
forms=(tar tar.xz)
if command -v cpio > where; then
	forms+=(cpio)
else
	skipped "no cpio"
fi
# pack FORM FOLDER: on standard output
pack()
{
	case $1 in
	cpio) (cd "$2" && find . | cpio --quiet -o -H newc) ;;
	tar) tar -C "$2" -cf - . ;;
	tar.xz) tar -C "$2" -cJf - . ;;
	esac
}
for form in "${forms[@]}"; do
	for side in one two; do
		pack "$form" "$side" > "$side.$form"
	done
	expect 1 "$hashsect" explain "one.$form" "two.$form"
	# A root of its own is one more folder.
	grep -v ^identical out | sed "s/one.$form/one/; s/two.$form/two/" | cmp - folders || fail "$form says something else"
done
expect 1 "$hashsect" explain --json one two
python3 - <<-'PYTHON' || fail "JSON of packages: $(head -c 500 out)"
	import json
	found = json.load(open("out"))
	why = {p["path"]: p.get("explanation") for p in found["paths"]}
	assert len(why["boot/vmlinux"]["causes"]) == 1 and why["boot/vmlinux"]["causes"][0]["subject"] == "square", why
	assert why["readme"] is None and why["lib/same.ko"] is None
PYTHON
expect 1 "$hashsect" explain --html page.html one two
grep -q "<code><bdi>square</bdi></code>" page.html || fail "no cause in the page"
expect 0 "$hashsect" explain one one
has out "equal: "
says 2 "a folder or package is compared with another one" "$hashsect" explain one base.elf
says 2 "No such file or directory" "$hashsect" explain one missing
# What cannot be taken apart is named with its reason.
strip -o one/boot/vmlinux base.elf
strip -o two/boot/vmlinux constant.elf
expect 1 "$hashsect" explain one two
has out "different: boot/vmlinux: one/boot/vmlinux: rule keyring: the file has no symbol table"
# Names from the file act on nothing.
for value in 2 3; do
	printf 'int a[4] = { 1, %s };\n' "$value" > esc.c
	gcc -c esc.c -o esc.o
	objcopy --redefine-sym a="$(printf 'esc\033[2J\nequal')" esc.o "esc$value.o"
done
expect 1 "$hashsect" explain esc2.o esc3.o
has out 'data esc\x1b[2J\x0aequal: 1 bytes'
! grep -q $'\033' out || fail "a terminal sequence"

echo "$passed passed"
