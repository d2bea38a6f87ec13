// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"
#include "region_option.h"
#include "base/tool/edit.h"
#include "elfsect_cleanup.h"

struct isolate_values {
	const char *symbols;
	const char *into;
	uint64_t align;
	struct output_option output;
};

static const struct option_row isolate_rows[] = {
	SYMBOLS_ROW(struct isolate_values, symbols),
	STRING_ROW(0, "into", "NAME", struct isolate_values, into, "the new section"),
	ALIGN_ROW(0, "align", "N", struct isolate_values, align,
		  "its alignment; default 8, or less where the data's position in its section is not a multiple of 8; "
		  "for "
		  "a kernel's keyring 8 or 256, as its words stand"),
	OUTPUT_ROWS(struct isolate_values, output),
	RULE_ROW(RULE_NEEDED, "symbols", "into"),
	{0},
};

static int isolate(void *values, int count, char **paths)
{
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	elfsect_autoview struct elfsect_view *view = NULL;
	const struct isolate_values *v = values;
	const struct region_option range = {.symbols = v->symbols};
	struct elfsect_region region;
	struct elfsect_error error;

	(void)count;
	if (!*v->into)
		return cli_usage("--into needs a name");
	if (!output_option_check(&v->output))
		return STATUS_TROUBLE;
	if (edit_open(paths[0], &v->output, &view, &error) || region_resolve(&range, view, &region, &error) ||
	    elfsect_plan_isolate(view, &region, v->into, v->align, &plan, &error))
		return cli_error(&error);
	return edit_write(plan, paths[0], &v->output);
}

const struct command command_isolate = {
	.name = "isolate",
	.synopsis = "--symbols FIRST..LAST[+N] --into NAME [--align N] [-o OUT] FILE",
	.summary = "give data in a relocatable file a section of its own",
	.notes = "If the data is all of a section, the section is renamed. If it is part of one, its bytes, symbols "
		 "and relocations move to the new section, zeros stay behind so that nothing else moves, and "
		 "references follow. What cannot be decided is refused, such as a reference from code by number that "
		 "lands within 512 bytes of its edges. A label or pointer at the range's end belongs to what comes "
		 "next, one at its start to the range.\n"
		 "Distances that the assembler has already computed are not seen. Data that needs more than the "
		 "default alignment needs --align.\n"
		 "\n"
		 "The zeros keep the length of the data: with a key of another length, the rest of the file still "
		 "differs. Only isolation before the link, in the object that is all data "
		 "(certs/system_certificates.o), gives one digest for keys of different lengths.",
	.options = isolate_rows,
	.values_size = sizeof(struct isolate_values),
	.least = 1,
	.most = 1,
	.operands = "exactly one file is needed",
	.use = OPERAND_EDITED,
	.run = isolate,
};
