// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/left_out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "modules/module.h"
#include "report/layers.h"

/* ---------------------------------------------------------------------------------------------------- one file */

/*
 * Where the lines of one file go. In full, each begins with the file's name; of what several files may have in common,
 * in `alike`, there is one line without names, places and lengths.
 */
struct lines {
	FILE *full;
	const char *name;
	FILE *alike; /* NULL: not wanted */
};

__attribute__((format(printf, 2, 3))) static void begin(const struct lines *l, const char *format, ...)
{
	va_list arguments;

	text_print(l->full, l->name);
	fputs(": ", l->full);
	va_start(arguments, format);
	vfprintf(l->full, format, arguments);
	va_end(arguments);
}

static void end(const struct lines *l, const char *text)
{
	text_print(l->full, text);
	fputc('\n', l->full);
}

static void print_signer(const struct manifest_layer *layer, FILE *out)
{
	fputs(", one signer: ", out);
	if (layer->issuer) {
		fputs("issuer ", out);
		text_print(out, layer->issuer);
		fputs(", serial ", out);
		text_print(out, layer->serial);
	} else {
		fputs("key id ", out);
		text_print(out, layer->key_id);
	}
	fprintf(out, "; %s", layer->status == LAYER_VERIFIED ? "verified" : "well-formed, not verified");
}

/* Around the kernel of a boot image there is a program. */
static const char *peeled_how(const struct manifest_layer *layer)
{
	if (layer->piece_count)
		return layer->counted ? "peeled, what is around it counted" : "peeled, what is around it not covered";
	return layer->counted ? "peeled, and counted" : "peeled";
}

static void layer_lines(const struct lines *l, const struct manifest_layer *layer)
{
	begin(l, "%s: %" PRIu64 " bytes: ", peeled_how(layer), layer->size);
	end(l, layer->text);
	if (!l->alike)
		return;
	fprintf(l->alike, "%s: ", peeled_how(layer));
	if (!layer->is_trailer && !layer->piece_count) {
		fprintf(l->alike, "%s compression; compressing them again may give other files", layer->kind);
	} else if (!strcmp(layer->kind, "signature") && layer->hash && (layer->issuer || layer->key_id)) {
		fprintf(l->alike, "PKCS#7 signature, %s with %s", layer->algorithm, layer->hash);
		print_signer(layer, l->alike);
	} else {
		text_print(l->alike, layer->text);
	}
}

/* Which map was used, and what was left out because it is one. */
static void map_lines(const struct lines *l, const struct manifest *m)
{
	const bool of_note = m->map_use == HASHSECT_MAP_OF_NOTE;
	const bool is_foreign = tags_equal(m->map_digest, m->digest) && strcmp(m->map_digest, m->digest) != 0;

	begin(l, "%s, made of a file with ",
	      of_note	      ? "symbols by the map in its section " HASHSECT_MAP_NOTE_SECTION
	      : m->map_agrees ? "symbols agree with the map given"
			      : "symbols by the map given");
	end(l, m->map_digest);
	if (is_foreign) {
		begin(l, "note: ");
		end(l, "the map was made of another file: its digest is another one");
	}
	if (!l->alike)
		return;
	fprintf(l->alike, "symbols by %s",
		of_note ? "the maps in their sections " HASHSECT_MAP_NOTE_SECTION : "the map given");
	if (is_foreign)
		fputs("; note: made of another file than each of these, its digest is another one", l->alike);
}

static void map_note_lines(const struct lines *l, const struct manifest_note *note)
{
	begin(l, "left out: section " HASHSECT_MAP_NOTE_SECTION ", %" PRIu64 " bytes at 0x%" PRIx64 " in the file: ",
	      note->length, note->file_offset);
	end(l, "it holds the map of this file");
	if (l->alike)
		fputs("left out: section " HASHSECT_MAP_NOTE_SECTION ": it holds the map of the file", l->alike);
}

void exclusion_pieces_print(const struct manifest_exclusion *e, FILE *out)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < e->range_count; i++)
		sum += e->ranges[i].length;
	fprintf(out, "%" PRIu64 " bytes", sum);
	for (size_t i = 0; i < e->piece_count; i++) {
		const bool last = i + 1 == e->piece_count || strcmp(e->pieces[i].what, e->pieces[i + 1].what) != 0;

		fprintf(out, " %c %" PRIu64, i ? '+' : '=', e->pieces[i].size);
		if (last) {
			fputc(' ', out);
			text_print(out, e->pieces[i].what);
		}
	}
}

static const char *exclusion_proof(const struct manifest_exclusion *e)
{
	return e->evidence ? e->evidence : exclusion_status_name(e->status);
}

static void exclusion_alike(const struct manifest_exclusion *e, FILE *out)
{
	fputs("excluded by ", out);
	text_print(out, e->rule);
	for (size_t i = 0; i < e->range_count; i++) {
		fprintf(out, "%s%" PRIu64 " bytes of ", i ? ", " : ": ", e->ranges[i].length);
		text_print(out, e->ranges[i].section);
	}
	for (size_t i = 0; i < e->content_count; i++) {
		fputs(", ", out);
		text_print(out, e->contents[i]);
	}
	fprintf(out, ": %s", e->status == EXCLUSION_PROVED ? "proved: " : "");
	text_print(out, exclusion_proof(e));
}

static void begin_exclusion(const struct lines *l, const struct manifest_exclusion *e)
{
	begin(l, "excluded by ");
	text_print(l->full, e->rule);
	fputs(": ", l->full);
}

static void exclusion_lines(const struct lines *l, const struct manifest_exclusion *e)
{
	for (size_t i = 0; i < e->range_count; i++) {
		begin_exclusion(l, e);
		fputs("section ", l->full);
		text_print(l->full, e->ranges[i].section);
		fprintf(l->full, ", offset 0x%" PRIx64 ", %" PRIu64 " bytes at 0x%" PRIx64 " in the file\n",
			e->ranges[i].offset, e->ranges[i].length, e->ranges[i].file_offset);
	}
	if (e->piece_count > 1) {
		begin_exclusion(l, e);
		exclusion_pieces_print(e, l->full);
		end(l, "");
	}
	for (size_t i = 0; i < e->content_count; i++) {
		begin_exclusion(l, e);
		end(l, e->contents[i]);
	}
	begin_exclusion(l, e);
	fputs(e->status == EXCLUSION_PROVED ? "proved: " : "", l->full);
	end(l, exclusion_proof(e));
	if (l->alike)
		exclusion_alike(e, l->alike);
}

/* ------------------------------------------------------------------------------------------------- thing by thing */

static bool left_something(const struct manifest_exclusion *e)
{
	return e->range_count || e->content_count;
}

/* The i-th thing that a manifest leaves out; false: there is none. */
static bool thing_lines(const struct manifest *m, size_t i, const struct lines *l)
{
	if (i < m->layer_count)
		return layer_lines(l, &m->layers[i]), true;
	i -= m->layer_count;
	if (i < 2) {
		if (!i && m->map_use != HASHSECT_MAP_NONE)
			map_lines(l, m);
		else if (i && m->map_note)
			map_note_lines(l, m->map_note);
		return true;
	}
	i -= 2;
	if (i < m->exclusion_count && left_something(&m->exclusions[i]))
		exclusion_lines(l, &m->exclusions[i]);
	return i < m->exclusion_count;
}

void left_out_print(const struct manifest *m, FILE *out)
{
	const struct lines lines = {.full = out, .name = m->path};

	for (size_t i = 0; thing_lines(m, i, &lines); i++)
		;
}

/* ------------------------------------------------------------------------------------------------------ many files */

/* Groups that are kept; what is in others is counted. */
enum { GROUPS_MAX = 40 };

struct group {
	char *alike;
	char *full; /* of the first file */
	size_t files, modules;
};

struct account {
	size_t files, others;
	struct group groups[GROUPS_MAX];
	size_t group_count;
	size_t ungrouped; /* things beyond them */
};

struct account *account_new(void)
{
	return calloc(1, sizeof(struct account));
}

void account_free(struct account *a)
{
	for (size_t i = 0; a && i < a->group_count; i++) {
		free(a->groups[i].alike);
		free(a->groups[i].full);
	}
	free(a);
}

static void account_thing(struct account *a, const char *path, char **alike, char **full)
{
	struct group *g = a->groups, *last = a->groups + a->group_count;

	while (g < last && strcmp(g->alike, *alike) != 0)
		g++;
	if (g == last && a->group_count == GROUPS_MAX) {
		a->ungrouped++;
		return;
	}
	if (g == last) {
		*g = (struct group){.alike = steal(*alike), .full = steal(*full)};
		a->group_count++;
	}
	g->files++;
	g->modules += module_has_name(path);
}

int account_add(struct account *a, const struct manifest *m)
{
	bool more = true;

	a->files++;
	for (size_t i = 0; more; i++) {
		autofree char *alike = NULL, *full = NULL;
		size_t alike_size, full_size;
		FILE *one = open_memstream(&alike, &alike_size), *other = open_memstream(&full, &full_size);
		bool good = one && other;

		if (good)
			more = thing_lines(m, i, &(struct lines){.full = other, .name = m->path, .alike = one});
		if (one)
			good &= !fclose(one);
		if (other)
			good &= !fclose(other);
		if (!good)
			return -ENOMEM;
		if (*alike)
			account_thing(a, m->path, &alike, &full);
	}
	return 0;
}

void account_add_other(struct account *a)
{
	a->others++;
}

void account_print(const struct account *a, FILE *out)
{
	for (size_t i = 0; i < a->group_count; i++) {
		const struct group *g = &a->groups[i];

		if (g->files == 1)
			fputs(g->full, out);
		else
			fprintf(out, "%zu %s: %s\n", g->files, g->modules == g->files ? "modules" : "files", g->alike);
	}
	if (a->ungrouped)
		fprintf(out, "%zu more things were left out, of other kinds: -v lists all\n", a->ungrouped);
	if (a->others)
		fprintf(out, "%zu other file%s in the folders: no ELF file inside, no digest\n", a->others,
			a->others == 1 ? "" : "s");
}
