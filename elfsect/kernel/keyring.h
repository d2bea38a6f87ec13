/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A keyring, as keyring.c reads it and keyring_edit.c changes it. */
#ifndef ELFSECT_KEYRING_INTERNAL_H
#define ELFSECT_KEYRING_INTERNAL_H

#include <string.h>

#include "elfsect_keyring.h"
#include "kernel/keyring_layout.h"

#define BUILT_IN_SLOT "linux-keyring"
#define EXTRA_SLOT    "linux-extra-cert"

struct elfsect_keyring {
	const struct elfsect_view *view;      /* borrowed */
	const struct elfsect_system_map *map; /* borrowed, or NULL */
	const char *slot;		      /* static: the only one that was read; NULL: all */
	struct elfsect_symbol list;	      /* system_certificate_list */
	struct elfsect_region built_in;	      /* the list from there to its end, or to system_extra_cert */
	uint64_t zeros;			      /* at its end, behind the last certificate */
	bool has_extra;			      /* whether there is a system_extra_cert */
	struct elfsect_slot extra;	      /* valid if there is */
	uint64_t used;			      /* bytes of it */
	bool by_content;		      /* found without symbols: nothing of the above but view and slot */
	struct elfsect_keyring_certificate *certificates; /* owned */
	size_t count;
};

/* Whether edits of this slot go to system_extra_cert: so they do for linux-keyring if nothing is built in. */
static inline bool keyring_is_extra(const struct elfsect_keyring *keyring)
{
	return keyring->has_extra && (!strcmp(keyring->slot, EXTRA_SLOT) || !keyring->built_in.size);
}

#endif
