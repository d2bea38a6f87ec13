// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/left_out.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/finding.h"
#include "report/layers.h"
#include "report/manifest.h"

/* Which map was used, and what was left out because it is one. */
static void print_map(const struct elfsect_view *view, const struct hashsect_digest *d, FILE *out)
{
	const bool comparable = d->scope == HASHSECT_SCOPE_LOADED && !strcmp(d->hash_name, "sha256");
	const char *name = elfsect_view_name(view);

	if (d->map_use != HASHSECT_MAP_NONE) {
		text_print(out, name);
		fprintf(out, ": %s, made of a file with ",
			d->map_use == HASHSECT_MAP_OF_NOTE
				? "symbols by the map in its section " HASHSECT_MAP_NOTE_SECTION
			: elfsect_view_symtab(view) != NULL ? "symbols agree with the map given"
							    : "symbols by the map given");
		text_print(out, d->map_digest);
		fputc('\n', out);
	}
	if (d->map_use != HASHSECT_MAP_NONE && comparable && strcmp(d->map_digest, d->tagged) != 0) {
		text_print(out, name);
		fputs(": note: the map was made of another file: its digest is another one\n", out);
	}
	if (d->left_out.section) {
		text_print(out, name);
		fprintf(out,
			": left out: section " HASHSECT_MAP_NOTE_SECTION ", %" PRIu64 " bytes at 0x%" PRIx64
			" in the file: it holds the map of this file\n",
			d->left_out.length, d->left_out.file_offset);
	}
}

static void begin_line(const char *name, const char *rule, FILE *out)
{
	text_print(out, name);
	fputs(": excluded by ", out);
	text_print(out, rule);
	fputs(": ", out);
}

static void print_line(const char *name, const char *rule, const char *text, FILE *out)
{
	begin_line(name, rule, out);
	text_print(out, text);
	fputc('\n', out);
}

static void print_exclusion(const char *name, const struct hashsect_exclusion *e, FILE *out)
{
	for (size_t i = 0; i < e->range_count; i++) {
		begin_line(name, e->rule, out);
		fputs("section ", out);
		text_print(out, e->ranges[i].section_name);
		fprintf(out, ", offset 0x%" PRIx64 ", %" PRIu64 " bytes at 0x%" PRIx64 " in the file\n",
			e->ranges[i].offset, e->ranges[i].length, e->ranges[i].file_offset);
	}
	for (size_t i = 0; i < e->finding_count; i++) {
		autofree char *text = finding_text(&e->findings[i]);

		print_line(name, e->rule, text ? text : strerror(ENOMEM), out);
	}
	/* What the content does not prove is said in so many words. */
	if (!e->proved)
		print_line(name, e->rule, "not proved", out);
	else if (e->evidence)
		print_line(name, e->rule, e->evidence, out);
}

void left_out_print(const struct image *image, const struct elfsect_view *view, const struct hashsect_digest *d,
		    FILE *out)
{
	const char *name = elfsect_view_name(view);

	layers_print_peeled(out, image, trailers_count(d), d->scope == HASHSECT_SCOPE_FILE);
	print_map(view, d, out);
	for (size_t i = 0; i < d->exclusion_count; i++)
		print_exclusion(name, &d->exclusions[i], out);
}
