/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel's built-in keyring, in a section of its own and with a fixed capacity. It takes the place of
 * certs/system_certificates.S; what reads the keyring, and hashsect (FORMAT.md, section 7.2), find the same symbols:
 *
 *	system_certificate_list       configured certificates (CONFIG_SYSTEM_TRUSTED_KEYS)
 *	system_extra_cert             the slot: CONFIG_SYSTEM_EXTRA_CERTIFICATE_SIZE bytes. The build's own certificate,
 *	                              if there is one, then zeros
 *	system_extra_cert_used        how many bytes of the slot are used
 *	system_certificate_list_size  of configured certificates and used part together
 *	module_cert_size              0
 *
 * The build's own certificate starts out in the slot, not in front of the configured ones: whatever its length, no
 * symbol and nothing behind the keyring moves. So the linked kernel has one digest for all keys, whether a certificate
 * comes from the build or after the link. The price: module_cert_size has to say that no certificate of the list is the
 * build's own, and only IMA wants to know which one is.
 */
#ifdef CONFIG_IMA_APPRAISE_MODSIG
#error "IMA takes the build's own certificate from the front of the list, where this keyring does not have it"
#endif
#ifndef CONFIG_SYSTEM_EXTRA_CERTIFICATE
#error "this keyring needs CONFIG_SYSTEM_EXTRA_CERTIFICATE"
#endif

#ifdef CONFIG_64BIT
#define WORD .quad
#else
#define WORD .long
#endif

	.section .init.rodata.keyring, "a", %progbits
	.balign	8
	.globl	system_certificate_list
system_certificate_list:
__cert_list_start:
__module_cert_start:
__module_cert_end:
	.incbin	"certs/x509_certificate_list"
__cert_list_end:

	.globl	system_extra_cert
	.size	system_extra_cert, CONFIG_SYSTEM_EXTRA_CERTIFICATE_SIZE
system_extra_cert:
.Lused:
	.incbin	"certs/signing_key.x509"
.Lused_end:
	/* Fails if the certificate does not fit. */
	.org	.Lused + CONFIG_SYSTEM_EXTRA_CERTIFICATE_SIZE

	.balign	4
	.globl	system_extra_cert_used
system_extra_cert_used:
	.long	.Lused_end - .Lused

	.balign	8
	.globl	system_certificate_list_size
system_certificate_list_size:
	WORD	__cert_list_end - __cert_list_start + .Lused_end - .Lused

	.balign	8
	.globl	module_cert_size
module_cert_size:
	WORD	0
