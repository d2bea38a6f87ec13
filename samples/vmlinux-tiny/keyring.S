/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The build's own certificate, in the layout that a Linux kernel gives its built-in keyring (see hashsect/FORMAT.md,
 * section 7.2), but in a section of its own:
 *
 *	| module certificate | configured certificates | slot (zeros) | used | list size | module size |
 *
 * The two files come from the output directory (-Wa,-I). SECTION can be set to .init.rodata to see what a stock
 * kernel does.
 */
#ifndef SECTION
#define SECTION .init.rodata.keyring
#endif
#define SLOT_SIZE 4096

#if __SIZEOF_POINTER__ == 8
#define WORD .quad
#else
#define WORD .long
#endif

	.section SECTION, "a", %progbits
	.balign	8
	.globl	system_certificate_list
system_certificate_list:
__cert_list_start:
__module_cert_start:
	.incbin	"signing_key.x509"
__module_cert_end:
	.incbin	"configured.x509"
__cert_list_end:

	.globl	system_extra_cert
	.size	system_extra_cert, SLOT_SIZE
system_extra_cert:
	.zero	SLOT_SIZE

	.balign	4
	.globl	system_extra_cert_used
system_extra_cert_used:
	.long	0

	.balign	8
	.globl	system_certificate_list_size
system_certificate_list_size:
	WORD	__cert_list_end - __cert_list_start

	.balign	8
	.globl	module_cert_size
module_cert_size:
	WORD	__module_cert_end - __module_cert_start

	.section .note.GNU-stack, "", %progbits
