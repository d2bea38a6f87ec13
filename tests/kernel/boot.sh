# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Boots a test kernel under QEMU, without a disk or network. Sourced, after scripts/lib/common.sh.
#
#   make_initramfs OUT COMMANDS [FILE...]
#   boot_kernel BZIMAGE INITRAMFS [KERNEL-ARGUMENT...] >console
#
# COMMANDS are shell commands that the machine runs in /files, where the FILEs are; busybox's tools are there, and
# `load_module FILE...`, which loads each module with one call of finit_module and prints one line for it:
#
#   load_module: NAME: loaded
#   load_module: NAME: EKEYREJECTED: Key was rejected by service
#
# The console ends with "init: end, status N" if all commands were run.

readonly boot_seconds=${HASHSECT_BOOT_SECONDS:-300}   # emulation on a busy machine is slow; it takes about 5

make_initramfs() {
	local out=$1 commands=$2 root
	shift 2
	root=$(mktemp -d)
	mkdir -p "$root"/{bin,proc,sys,dev,files}
	cp "$(command -v busybox)" "$root/bin/busybox"
	cp "$repo/tests/kernel/initramfs/init" "$root/init"
	cc -static -O -Wall -Werror -o "$root/bin/load_module" "$repo/tests/kernel/initramfs/load_module.c"
	echo "$commands" >"$root/commands"
	if [[ $# -gt 0 ]]; then cp "$@" "$root/files/"; fi
	(cd "$root" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0) | gzip -1 >"$out"
	rm -rf "$root"
}

# The machine has no way to power off. init reboots it, a panic does the same, and -no-reboot makes that an end.
boot_kernel() {
	local image=$1 initramfs=$2
	shift 2
	timeout --kill-after=10 "$boot_seconds" qemu-system-x86_64 -accel tcg -cpu max -m 512 -no-reboot \
		-nodefaults -display none -monitor none -serial stdio \
		-kernel "$image" -initrd "$initramfs" -append "console=ttyS0 panic=-1 $*" </dev/null 2>&1 | tr -d '\r'
}

# boot_sources_in_order: source-boot/ as tests/kernel/build left it, whatever a check has done there. A changed file is no
# hard link any more.
boot_sources_in_order() {
	local file
	while IFS= read -r file; do
		if [[ ! -f $cache/source/$file ]]; then
			rm -f "$cache/source-boot/$file"
		elif ! cmp -s "$cache/source/$file" "$cache/source-boot/$file"; then
			cp "$cache/source/$file" "$cache/source-boot/$file"
		fi
	done < <(find "$cache/source-boot" -type f -links 1 -printf '%P\n')
}

# boot_tree_in_order: the same for tree-boot/, with the slot empty.
boot_tree_in_order() {
	boot_sources_in_order
	boot_make vmlinux || return
	if ! cmp -s "$cache/boot/vmlinux" "$cache/tree-boot/vmlinux"; then
		cp "$cache/boot/vmlinux" "$cache/tree-boot/vmlinux"
	fi
}
