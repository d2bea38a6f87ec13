/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that edit a file have in common. */
#ifndef ELFSECT_TOOL_EDIT_H
#define ELFSECT_TOOL_EDIT_H

#include "base/tool/cli.h"
#include "elfsect_edit.h"
#include "elfsect_cleanup.h"

/* Where an edited file goes: to out, or over the old one, or into it. */
struct output_option {
	const char *out;
	bool in_place;
	bool verify;
};

/* Their options, with the rules for them; the values belong to a struct output_option. */
extern const struct option_row output_option_rows[];

#define OUTPUT_ROWS(structure, field) GROUP_ROW(output_option_rows, struct output_option, structure, field)

/* Whether -o names something that an edited file can be written to; says so if not. */
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

#endif
