#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli_explain_places.sh HASHSECT: what stands in tables, between symbols, and inside of objects, and follows from what moved.
set -euo pipefail

hashsect=$1
# shellcheck source=tests/cli.sh
. "$(dirname "$0")/../cli.sh"

# ---- tables that the linker gathers: the kernel calls initcalls in their order
# calls FIRST SECOND FORM: three functions, and a table of them, with labels as the kernel's or without, absolute or relative
calls()
{
	{
		printf '.text\n'
		for name in one two three; do
			printf '.globl %s\n.type %s, @function\n%s: ret\n.size %s, . - %s\n' "$name" "$name" "$name" "$name" "$name"
		done
		printf '.section .init.data,"a",@progbits\n.globl %s\n%s:\n' "$4" "$4"
		for name in "$1" "$2" three; do
			[ "$3" != labels ] || printf '__initcall__kmod_%s__1_2_%s6: .long %s - .\n' "$name" "$name" "$name"
			[ "$3" != relative ] || printf '.long %s - .\n' "$name"
			[ "$3" != absolute ] || printf '.quad %s\n' "$name"
		done
		printf '.globl table_end\ntable_end: .quad 1\n'
	} > calls.s
	as -o calls.o calls.s
	ld -e one --build-id=none -o calls.elf calls.o
}
for form in labels relative absolute; do
	for table in __initcall6_start __start_hooks; do
		calls one two $form $table
		cp calls.elf first.elf
		calls two one $form $table
		expect 1 "$hashsect" explain first.elf calls.elf
		has out ", 0 bytes that nothing explains"
		case $form-$table in
		labels-*) has out "initcalls in another order, from __initcall__kmod_two__1_2_two6: 0 bytes" ;;
		*-__initcall6_start) has out "initcalls in another order, from __initcall6_start: " ;;
		*) has out "entries in another order: __start_hooks: " ;;
		esac
		[ "$(head -n 1 out)" = "different: 1 cause, 0 bytes that nothing explains" ] || fail "$form $table: $(cat out)"
		# Another entry is no order.
		calls one one $form $table 2> err || continue
		expect 1 "$hashsect" explain first.elf calls.elf
		! grep -q 'in another order' out || fail "an entry is another: $(cat out)"
	done
done
# ---- between symbols: what lies behind one is not its own; a label without a size goes on up to the next symbol
# between NAME DATA CODE: an object with this data and this code between the symbols
between()
{
	cat > "$1.s" <<-AS
		.data
		.globl first
		.type first, @object
		first: .quad 1
		.size first, 8
		$2
		.globl second
		.type second, @object
		second: .quad 2
		.size second, 8
		label: .quad 3, ${4:-4}
		.text
		.globl go, stop
		.type go, @function
		.type stop, @function
		go: ret
		.size go, . - go
		$3
		stop: ret
		.size stop, . - stop
		.section .note.GNU-stack,"",@progbits
	AS
	as -o between.o "$1.s"
	ld -e go --build-id=none -o "$1.elf" between.o
	mv between.o "$1.o"
}
# named FIRST SECOND WORDS: the first cause in both forms
named()
{
	for form in o elf; do
		expect 1 "$hashsect" explain "$1.$form" "$2.$form"
		[ "$(head -n 1 out)" = "different: 1 cause, 0 bytes that nothing explains" ] || fail "$2.$form: $(cat out)"
		sed -n 2p out > second
		has second "$3"
	done
}
between gap '.quad 17' 'nop; .balign 16'
between gap.data '.quad 18' 'nop; .balign 16'
named gap gap.data 'data after first: 1 bytes, .data+0x8'
between gap.label '.quad 17' 'nop; .balign 16' 5
named gap gap.label 'data label: 1 bytes, .data+0x20'
between gap.text '.quad 17; .asciz "some text"' 'nop; .balign 16'
between gap.words '.quad 17; .asciz "same text"' 'nop; .balign 16'
named gap.text gap.words 'string in .data: 1 bytes, .data+0x10'
between gap.nops '.quad 17' '.balign 16, 0x90'
named gap gap.nops 'alignment padding after go: 15 bytes, .text+0x1'
between gap.wider '.quad 17' 'nop; .balign 32'
for form in o elf; do
	expect 1 "$hashsect" explain gap.$form gap.wider.$form
	has out 'alignment padding after go: 31 bytes, .text+0x1'
	has out ', 0 bytes that nothing explains'
done
# Bytes that do something are not padding.
between gap.code '.quad 17' 'nop; hlt; .balign 16'
expect 1 "$hashsect" explain gap.elf gap.code.elf
has out 'data after go: '
# Where code has another size, padding follows from that.
between gap.less '.quad 17' 'nop; .balign 16'
sed -i 's/^go: ret/go: xor %eax, %eax; ret/' gap.less.s
as -o gap.less.o gap.less.s
expect 1 "$hashsect" explain gap.o gap.less.o
has out 'different: 1 cause, 0 bytes that nothing explains'
has out 'function go: '
has out ' bytes of fill'
# References from there.
for target in go stop; do
	between gap.$target ".quad $target" 'nop; .balign 16'
done
expect 1 "$hashsect" explain gap.go.o gap.stop.o
has out 'different: 1 cause, 0 bytes that nothing explains'
has out 'reference from after first: 24 bytes'
# Numbers that are the same, of symbols that changed their places in the table.
cmp <(readelf -x .rela.data gap.go.o) <(readelf -x .rela.data gap.stop.o) || fail "the relocations differ"
# Another alignment of all functions, as the compiler makes it.
printf 'int one(int x) { return x + 1; }\nint two(int x) { return one(x) * one(x + 1); }\nint three(int x) { return two(x) + 3; }\n' > three.c
for align in 16 32; do
	gcc -O1 -falign-functions=$align -c three.c -o aligned$align.o
done
expect 1 "$hashsect" explain aligned16.o aligned32.o
has out 'alignment padding after '
has out ', 0 bytes that nothing explains'


# ---- code without a symbol behind a function, as static calls and initcalls make it, where everything moves
# moved WORDS ORDER FILL OPERAND: a program whose strings have other places by WORDS, with two functions in this order
moved()
{
	local first=${2% *} second=${2#* }
	cat > moved.s <<-AS
		.section .rodata,"a",@progbits
		.string "$1"
		text: .string "a text"
		empty: .string ""
		.text
		.balign 32
		.globl go
		.type go, @function
		go: ret
		.size go, . - go
		leaq text(%rip), %rdi
		movq \$text, %rsi
		movq \$$4, %rdx
		.byte 0xe9
		.long last - . - 4
		$3
		.type $first, @function
		$first: ret
		.size $first, . - $first
		.type $second, @function
		$second: ret
		.size $second, . - $second
		.globl last
		.type last, @function
		last: movq \$empty, %rax
		ret
		.size last, . - last
		.section .note.GNU-stack,"",@progbits
	AS
	as -o moved.o moved.s
	ld -e go --build-id=none -o "$5" moved.o
	strip --strip-symbol=text --strip-symbol=empty "$5"
}
if [ "$(uname -m)" = x86_64 ]; then
	moved "some words" "one two" "" 7 moved.a
	moved "some other words" "two one" ".balign 32" 7 moved.b
	expect 1 "$hashsect" explain moved.a moved.b
	[ "$(head -n 1 out)" = "different: 2 causes, 0 bytes that nothing explains" ] || fail "all moved: $(cat out)"
	has out "another order, from two: 0 bytes, .text+"
	has out "string in .rodata: "
	has out "bytes of addresses of what moved"
	# What changes in it is seen all the same.
	moved "some other words" "two one" ".balign 32" 8 moved.c
	expect 1 "$hashsect" explain moved.a moved.c
	has out "data after go: "
else
	skipped "code without a symbol is written for x86-64"
fi

# ---- an object that is an ELF file, as the vDSO in a kernel: its build-id
# inside ID CODE: an object with one
inside()
{
	printf '.globl go\ngo: .byte %s\n' "$2" > inner.s
	as -o inner.o inner.s
	ld -e go --build-id="0x$1" -o inner.elf inner.o
	cat > outer.s <<-'AS'
		.data
		.globl raw_data
		.type raw_data, @object
		raw_data: .incbin "inner.elf"
		.size raw_data, . - raw_data
		.globl go
		.text
		go: .byte 0
		.section .note.GNU-stack,"",@progbits
	AS
	as -o outer.o outer.s
	ld -e go --build-id=none -o outer.elf outer.o
}
inside 1234567812345678123456781234567812345678 1
cp outer.o first.o
cp outer.elf first.elf
inside 8765432187654321876543218765432187654321 1
for form in o elf; do
	expect 1 "$hashsect" explain first.$form outer.$form
	[ "$(head -n 1 out)" = "different: 1 cause, 0 bytes that nothing explains" ] || fail "a build-id inside: $(cat out)"
	has out "build-id: raw_data: 20 bytes, .data+0x"
done
inside 1234567812345678123456781234567812345678 2
for form in o elf; do
	expect 1 "$hashsect" explain first.$form outer.$form
	has out "data raw_data: 1 bytes"
	! grep -q "build-id" out || fail "no build-id: $(cat out)"
done
# The bytes beside it are not of it.
inside 8765432187654321876543218765432187654321 1
python3 - <<-'END'
	data = bytearray(open("outer.elf", "rb").read())
	data[data.rindex(b"\x14\0\0\0\x03\0\0\0GNU\0") + 8] ^= 2
	open("outer.elf", "wb").write(data)
END
expect 1 "$hashsect" explain first.elf outer.elf
has out "data raw_data: "

echo "$passed passed"
