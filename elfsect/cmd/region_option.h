/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a region is named on the command line. */
#ifndef ELFSECT_CMD_REGION_OPTION_H
#define ELFSECT_CMD_REGION_OPTION_H

#include "base/tool/options.h"
#include "elfsect_edit.h"

/* One of the fields is set. */
struct region_option {
	const char *section;
	const char *symbols;
	const char *symbol;
	const char *addresses;
};

/* Rows for the structure of a command that has a struct region_option in it. */
#define SYMBOLS_ROW(structure, field)                                                                                  \
	STRING_ROW(0, "symbols", "FIRST..LAST[+N]", structure, field,                                                  \
		   "from a symbol up to another one, or to N bytes behind it")
#define SYMBOL_ROW(structure, field)                                                                                   \
	STRING_ROW(0, "symbol", "NAME", structure, field, "the bytes of a symbol that has a size")

/* --section, --symbols and --symbol. */
extern const struct option_row region_option_rows[];

#define REGION_ROWS(structure, field) GROUP_ROW(region_option_rows, struct region_option, structure, field)

/* 0 or -errno with the error filled. */
int region_resolve(const struct region_option *option, const struct elfsect_view *view, struct elfsect_region *region,
		   struct elfsect_error *error);

#endif
