/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that edit a file have in common. */
#ifndef ELFSECT_CMD_EDIT_H
#define ELFSECT_CMD_EDIT_H

#include "base/tool/cli.h"
#include "elfsect_edit.h"
#include "elfsect_cleanup.h"

/* Where an edited file goes: to out, or over the old one, or into it. */
struct output_option {
	const char *out;
	bool in_place;
	bool verify;
};

/* For the option tables of commands, and what getopt_long() returns for them. */
enum { OPTION_IN_PLACE = 0x100, OPTION_VERIFY };

#define OUTPUT_OPTIONS                                                                                                 \
	{"output", required_argument, NULL, 'o'}, {"in-place", no_argument, NULL, OPTION_IN_PLACE},                    \
	{                                                                                                              \
		"verify", no_argument, NULL, OPTION_VERIFY                                                             \
	}

/* Take one of these options; false if c is none of them. */
bool output_option_parse(struct output_option *output, int c, const char *argument);

/* Whether the options go together and -o names something an edited file can be written to; says so if not. */
bool output_option_check(const struct output_option *output);

/* Whether two paths lead to one file, which is there. */
bool edit_same_file(const char *a, const char *b);

/* Open a view of the file to edit; what an interrupted edit left is repaired first, with a note. */
int edit_open(const char *path, const struct output_option *output, struct elfsect_view **view,
	      struct elfsect_error *error);

/* Write the plan. Returns an exit status. */
int edit_write(const struct elfsect_plan *plan, const char *path, const struct output_option *output);

/*
 * build_id.c: write a plan that puts data into a file, and say so if the file keeps its build-id though what is loaded
 * has changed: files that differ only in this data then have one build-id.
 */
int edit_write_data(const struct elfsect_view *view, const struct elfsect_plan *plan, const char *path,
		    const struct output_option *output);

/* What recovery found, on stderr; nothing if there was nothing. */
void edit_note_recovery(const char *path, enum elfsect_recovery recovery);

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
