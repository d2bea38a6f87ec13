# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# slot_assembly ROOM: a kernel's list of certificates, empty, and room for another one, in assembler, as certs/ of Linux has it.
slot_assembly()
{
	cat <<-AS
	.section .init.rodata,"a",@progbits
	.align 8
	.globl system_certificate_list
	system_certificate_list:
	__cert_list_start:
	__module_cert_start:
	__module_cert_end:
	__cert_list_end:
	.globl system_extra_cert
	.size system_extra_cert, $1
	system_extra_cert: .fill $1, 1, 0
	.align 4
	.globl system_extra_cert_used
	system_extra_cert_used: .int 0
	.align 8
	.globl system_certificate_list_size
	system_certificate_list_size: .8byte __cert_list_end - __cert_list_start
	.align 8
	.globl module_cert_size
	module_cert_size: .8byte __module_cert_end - __module_cert_start
	AS
}
