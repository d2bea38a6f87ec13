/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How certs/system_certificates.S lays a keyring out. Nobody else knows it:
 *
 *     list | zeros to a multiple of N | system_certificate_list_size | zeros to a multiple of N | module_cert_size
 *
 * N is what ".align 8" means: 8, or 2^8 where the assembler counts in powers of two. GNU as for MIPS moves the labels
 * in front of an alignment behind its zeros, so that the list ends with them there, and its length counts them.
 */
#ifndef ELFSECT_KEYRING_LAYOUT_H
#define ELFSECT_KEYRING_LAYOUT_H

#include "elfsect.h"

#define KEYRING_SECTION ".init.rodata.keyring"

/* The two values that N has; they are sh_addralign of a keyring in a section of its own too. */
enum { KEYRING_ALIGN_BYTES = 8, KEYRING_ALIGN_POWER = 256 };

/** keyring_align_of_machine() - N where the assembler of this machine makes a keyring */
unsigned int keyring_align_of_machine(uint16_t machine);

/** keyring_align_of_section() - N as the digest takes it from sh_addralign (hashsect/FORMAT.md, 7.2) */
unsigned int keyring_align_of_section(uint64_t align);

/**
 * keyring_align_of_symbols() - N by the places of the words in a file
 * @section: that the list lies in
 * @start: of the list, as st_value
 *
 * Where the words fit both, the section's alignment decides, and then the machine.
 */
unsigned int keyring_align_of_symbols(const struct elfsect_view *view, uint32_t section, uint64_t start);

/** keyring_starts_at() - whether a symbol of this section says that the list begins there */
bool keyring_starts_at(const struct elfsect_view *view, uint32_t section, uint64_t start);

/** keyring_has_word() - whether a symbol of this name stands at one of the two words */
bool keyring_has_word(const char *name);

/** keyring_ends_with_zeros() - whether the assembler of this machine counts zeros behind the list as part of it */
bool keyring_ends_with_zeros(uint16_t machine);

#endif
