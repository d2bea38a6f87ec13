/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The room for the module hashes: zeros when the kernel is linked, filled afterwards. Not in C, so
 * that no compiler can know the zeros. The kernel's linker scripts put .rodata.* into .rodata: that
 * stays in memory and becomes read-only.
 *
 * The symbols are those of the patches that propose module hashes for the kernel itself. The tool
 * that fills the room finds it by them, and "hashsect digest" leaves out these bytes and no others.
 */
#include <linux/linkage.h>

	.section .rodata.module_hashes, "a", @progbits
	.balign 32

#ifdef CONFIG_SECURITY_MODHASH_TREE
/* u32 levels in the machine's byte order, then the root hash */
	.globl	module_hashes_root
	.type	module_hashes_root, @object
	.size	module_hashes_root, 4 + 32
module_hashes_root:
	.zero	4 + 32
#else
	.globl	__start_module_hashes
	.globl	__stop_module_hashes
__start_module_hashes:
	.zero	32 * CONFIG_SECURITY_MODHASH_ENTRIES
__stop_module_hashes:
#endif
