/* SPDX-License-Identifier: GPL-2.0-or-later */
	.data
	.balign 32
	.globl	room
	.globl	module_hashes_root
	.globl	__start_module_hashes
	.globl	__stop_module_hashes
	.type	room, @object
	.size	room, 256
room:
module_hashes_root:
__start_module_hashes:
	.zero	256
__stop_module_hashes:
	.section .note.GNU-stack, "", @progbits
