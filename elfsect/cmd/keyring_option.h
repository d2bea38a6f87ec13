/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which slot of which kernel the keyring commands mean. */
#ifndef ELFSECT_CMD_KEYRING_OPTION_H
#define ELFSECT_CMD_KEYRING_OPTION_H

#include "base/tool/options.h"

/* NULL: not given. */
struct keyring_option {
	const char *slot;
	const char *map;
};

extern const struct option_row keyring_option_rows[];

#define KEYRING_ROWS(structure, field) GROUP_ROW(keyring_option_rows, struct keyring_option, structure, field)

#endif
