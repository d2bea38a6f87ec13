/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that edit a file have in common. */
#ifndef ELFSECT_CMD_EDIT_H
#define ELFSECT_CMD_EDIT_H

#include "cli.h"
#include "elfsect_edit.h"

static inline void cleanup_elfsect_plan(struct elfsect_plan **plan)
{
	elfsect_plan_free(*plan);
}

#define autoplan __attribute__((cleanup(cleanup_elfsect_plan)))

/* Write the plan to out, or over path if out is NULL. Returns an exit status. */
int edit_write(const struct elfsect_plan *plan, const char *path, const char *out);

/* Whether -o names something an edited file can be written to; says so if not. */
bool edit_check_output(const char *out);

/* How a region is named on the command line; one of the fields is set. */
struct region_option {
	const char *section;
	const char *symbols;
	const char *symbol;
	const char *addresses;
};

/* 0 or -errno with the error filled. */
int region_resolve(const struct region_option *option, const struct elfsect_view *view, struct elfsect_region *region,
		   struct elfsect_error *error);

/* How many of the fields are set. */
int region_option_count(const struct region_option *option);

#endif
