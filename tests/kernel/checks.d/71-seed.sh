# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Two causes that change nearly everything: another seed of the layout of structures, and types in another order.

# ---- CONFIG_RANDSTRUCT: the folder kernel/ of a kernel as small as they come, built twice. kbuild makes the seed. (All of vmlinux
# says the same, and takes four times as long.)
seeded_make() {
	make "-j$(nproc)" -C "$cache/source" O="$PWD/tree" "$@"
}

build_seeded() {
	rm -rf tree
	mkdir tree
	seeded_make tinyconfig
	printf '%s\n' CONFIG_64BIT=y CONFIG_MODULES=y CONFIG_GCC_PLUGINS=y CONFIG_RANDSTRUCT_FULL=y >>tree/.config
	seeded_make olddefconfig
	grep -x CONFIG_RANDSTRUCT_FULL=y tree/.config
	seeded_make kernel/
	ld -r --whole-archive -o "$1.o" tree/kernel/built-in.a
	rm -rf tree
}

if [[ ! -f $(gcc -print-file-name=plugin)/include/plugin-version.h ]]; then
	echo "# skipped: the seed of the layout of structures: gcc cannot build plugins here"
else
	for side in a b; do
		build_seeded "$side" >build.log 2>&1 &
		wait $! || { tail -n 40 build.log; die "no kernel with RANDSTRUCT"; }
	done
	expect 1 "another seed" "$hashsect" explain --policy strict a.o b.o
	same "it is the first cause" "$(sed -n '3s/ .*//p' <<<"$out") $(grep -c '^seed of the layout' <<<"$out")" "seed 1"
	out_says "and the only one" "different: 1 cause, 0 bytes that nothing explains"
	out_says "code follows from it" "bytes of code and data, after the layout of structures"
	out_says "what may be hidden behind it is said" "note: with another seed nearly all code differs"
	note "$out"
fi

# ---- types: those of a kernel, as pahole writes them with one thread and with several
pahole --btf_encode_detached=one "$cache/stock-rsa1/vmlinux" 2>pahole.log
for _ in 1 2 3 4 5; do
	pahole -j4 --btf_encode_detached=other "$cache/stock-rsa1/vmlinux" 2>pahole.log
	cmp -s one other || break
done
if cmp -s one other; then
	echo "# skipped: this pahole writes types in one order"
else
	for types in one other; do
		objcopy --add-section ".BTF=$types" "$cache/stock-rsa1/vmlinux" "vmlinux.$types"
	done
	expect 1 "types in another order" "$hashsect" explain vmlinux.one vmlinux.other
	same "it is the one cause" "$(head -n 1 <<<"$out")" "different: 1 cause, 0 bytes that nothing explains"
	out_says "and is named" "the same types in another order: .BTF: "
	note "$out"
fi
