/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one place in a file without symbols where the keyring must be. */
#ifndef ELFSECT_KERNEL_KEYRING_BY_CONTENT_H
#define ELFSECT_KERNEL_KEYRING_BY_CONTENT_H

#include "kernel/keyring_search.h"

/**
 * keyring_find_in_view() - in what a linked ELF file loads
 *
 * Return: 0; -ENOENT if there is none, -EEXIST if there are several: the message names the candidates; -E2BIG; -ENOMEM.
 */
ELFSECT_MUST_CHECK int keyring_find_in_view(const struct elfsect_view *view, struct keyring_place *place,
					    struct elfsect_error *error);

/** keyring_find_in_bytes() - the same in a kernel that is no ELF file; all machines' layouts are tried */
ELFSECT_MUST_CHECK int keyring_find_in_bytes(const void *bytes, uint64_t size, const char *name,
					     struct keyring_place *place, struct elfsect_error *error);

#endif
