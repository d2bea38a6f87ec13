// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/compare_print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/left_out.h"
#include "report/manifest_write.h"

/* ------------------------------------------------------------------------------------------------------------ text */

/* Names and findings are printed as they stand in manifests. */
static void print_line(FILE *out, const char *text)
{
	text_print_as(TEXT_FOR_MACHINES, out, text);
	fputc('\n', out);
}

static void print_excluded_side(const char *side, const struct manifest_exclusion *e, FILE *out)
{
	if (!e->range_count) {
		fprintf(out, "  %s: nothing\n", side);
		return;
	}
	for (size_t i = 0; i < e->range_count; i++) {
		fprintf(out, "  %s: section ", side);
		text_print_as(TEXT_FOR_MACHINES, out, e->ranges[i].section);
		fprintf(out, ", offset 0x%" PRIx64 ", %" PRIu64 " bytes at 0x%" PRIx64 " in the file\n",
			e->ranges[i].offset, e->ranges[i].length, e->ranges[i].file_offset);
	}
	if (e->piece_count > 1) {
		fprintf(out, "  %s: ", side);
		exclusion_pieces_print(e, out);
		fputc('\n', out);
	}
	for (size_t i = 0; i < e->content_count; i++) {
		fprintf(out, "  %s: ", side);
		print_line(out, e->contents[i]);
	}
	fprintf(out, "  %s: %s", side, e->status == EXCLUSION_PROVED ? "proved: " : "");
	print_line(out, e->evidence ? e->evidence : exclusion_status_name(e->status));
}

static bool places_equal(const struct manifest_exclusion *p, const struct manifest_exclusion *q)
{
	bool equal = p->range_count == q->range_count && p->status == q->status && !p->evidence == !q->evidence &&
		     (!p->evidence || !strcmp(p->evidence, q->evidence));

	for (size_t i = 0; equal && i < p->range_count; i++)
		equal = !strcmp(p->ranges[i].section, q->ranges[i].section) &&
			p->ranges[i].offset == q->ranges[i].offset && p->ranges[i].length == q->ranges[i].length &&
			p->ranges[i].file_offset == q->ranges[i].file_offset;
	return equal;
}

static void print_exclusions(const struct comparison *c, FILE *out)
{
	for (size_t i = 0; i < c->a->exclusion_count && i < c->b->exclusion_count; i++) {
		const struct manifest_exclusion *p = &c->a->exclusions[i], *q = &c->b->exclusions[i];
		const bool equal = exclusion_equal(p, q);

		if (!p->range_count && !q->range_count)
			continue;
		fputs("excluded by rule ", out);
		text_print_as(TEXT_FOR_MACHINES, out, p->rule);
		fputs(equal ? ": the same in both\n" : ": different\n", out);
		if (equal && places_equal(p, q)) {
			print_excluded_side("both", p, out);
			continue;
		}
		print_excluded_side("A", p, out);
		print_excluded_side("B", q, out);
	}
}

static void print_layer(const char *side, const struct manifest_layer *layer, FILE *out)
{
	fprintf(out, "peeled from %s%s: ", side, layer->counted ? ", and counted" : "");
	print_line(out, layer->text);
}

static bool layers_equal(const struct manifest *a, const struct manifest *b)
{
	bool equal = a->layer_count == b->layer_count;

	for (size_t i = 0; equal && i < a->layer_count; i++)
		equal = a->layers[i].counted == b->layers[i].counted && !strcmp(a->layers[i].text, b->layers[i].text);
	return equal;
}

static void print_layers(const struct comparison *c, FILE *out)
{
	const bool equal = layers_equal(c->a, c->b);

	for (size_t i = 0; i < c->a->layer_count; i++)
		print_layer(equal ? "both" : "A", &c->a->layers[i], out);
	for (size_t i = 0; i < c->b->layer_count && !equal; i++)
		print_layer("B", &c->b->layers[i], out);
}

static void print_trailer_kind(const struct manifest_layer *layer, FILE *out)
{
	text_print_as(TEXT_FOR_MACHINES, out, layer->kind);
}

/* The lines above say what each is; here, what differs. */
static void print_trailers(const struct comparison *c, FILE *out)
{
	for (size_t i = 0;; i++) {
		const struct manifest_layer *p = manifest_trailer(c->a, i), *q = manifest_trailer(c->b, i);
		const char *difference;

		if (!p && !q)
			return;
		fprintf(out, "trailer %zu: the ", i + 1);
		print_trailer_kind(p ? p : q, out);
		difference = p && q ? trailers_difference(p, q) : p ? "only in A" : "only in B";
		if (difference)
			fprintf(out, " differs: %s\n", difference);
		else
			fputs(" is the same in both\n", out);
	}
}

/* What scope loaded does not cover of a boot image. */
static void print_surroundings(const struct comparison *c, FILE *out)
{
	for (size_t i = 0;; i++) {
		const struct manifest_piece *p = manifest_piece(c->a, i), *q = manifest_piece(c->b, i);
		const struct manifest_piece *either = p ? p : q;

		if (!either)
			return;
		fputs("not covered, around the kernel: ", out);
		text_print_as(TEXT_FOR_MACHINES, out, either->name);
		fprintf(out, ": %s\n",
			pieces_equal(p, q) ? "the same in both"
			: p && q	   ? "different"
			: p		   ? "only in A"
					   : "only in B");
	}
}

static void print_map_note(char side, const struct manifest_note *note, FILE *out)
{
	char sha256[2 * sizeof(note->sha256) + 1];

	if (!note) {
		fprintf(out, "  %c: nothing\n", side);
		return;
	}
	text_hex(note->sha256, sizeof(note->sha256), sha256, sizeof(sha256));
	fprintf(out, "  %c: %" PRIu64 " bytes, sha256 %s\n", side, note->length, sha256);
}

static void print_map_notes(const struct comparison *c, FILE *out)
{
	if (!c->a->map_note && !c->b->map_note)
		return;
	fprintf(out, "left out, .gnu.warning.hashsect with the file's map: %s\n",
		map_notes_equal(c->a, c->b) ? "the same in both" : "different");
	print_map_note('A', c->a->map_note, out);
	print_map_note('B', c->b->map_note, out);
}

/* So many parts, unless all are asked for. */
enum { PARTS_MAX = 40 };

static void print_part(const struct part_pair *pair, FILE *out)
{
	const struct manifest_part *part = pair->a ? pair->a : pair->b;

	fprintf(out, "%s%s", manifest_part_kind(part->kind), *part->name ? " " : "");
	text_print_as(TEXT_FOR_MACHINES, out, part->name);
	fputs(!pair->a ? " (only in B)" : !pair->b ? " (only in A)" : "", out);
}

static void print_differences(const struct comparison *c, size_t most, FILE *out)
{
	struct part_walk walk = {0};
	struct part_pair pair;

	for (size_t i = 0; i < most && next_difference(c, &walk, &pair); i++) {
		fputs("differs: ", out);
		print_part(&pair, out);
		fputc('\n', out);
		if (i + 1 == most)
			fputs("differs: more parts, not listed (-v and --json list all)\n", out);
	}
}

static void print_side(char side, const struct manifest *m, FILE *out)
{
	fprintf(out, "%c: ", side);
	text_print(out, m->digest);
	fputs("  ", out);
	print_line(out, m->path);
}

static void print_excluded_name(const char *what, const char *name, bool *first, FILE *out)
{
	fprintf(out, "%s%s", *first ? "" : "; ", what);
	*first = false;
	text_print_as(TEXT_FOR_MACHINES, out, name);
}

/* Which of the excluded things differ. */
static void print_excluded_names(const struct comparison *c, FILE *out)
{
	bool first = true;

	for (size_t i = 0; i < c->a->exclusion_count && i < c->b->exclusion_count; i++)
		if (!exclusion_equal(&c->a->exclusions[i], &c->b->exclusions[i]))
			print_excluded_name("rule ", c->a->exclusions[i].rule, &first, out);
	for (size_t i = 0;; i++) {
		const struct manifest_layer *p = manifest_trailer(c->a, i), *q = manifest_trailer(c->b, i);

		if (!p && !q)
			break;
		if (!p || !q || trailers_difference(p, q))
			print_excluded_name("the trailer ", p ? p->kind : q->kind, &first, out);
	}
	for (size_t i = 0;; i++) {
		const struct manifest_piece *p = manifest_piece(c->a, i), *q = manifest_piece(c->b, i);
		const struct manifest_piece *either = p ? p : q;

		if (!either)
			break;
		if (!pieces_equal(p, q))
			print_excluded_name("around the kernel ", either->name, &first, out);
	}
	if (!map_notes_equal(c->a, c->b))
		print_excluded_name("the map in ", HASHSECT_MAP_NOTE_SECTION, &first, out);
}

static void print_verdict(const struct comparison *c, FILE *out)
{
	switch (c->verdict) {
	case VERDICT_DIFFERENT:
		fputs("different", out);
		break;
	case VERDICT_EXCLUDED:
		fputs("equal but for the excluded bytes: ", out);
		print_excluded_names(c, out);
		break;
	case VERDICT_IDENTICAL:
		fputs("equal, excluded bytes included", out);
		break;
	}
	fputc('\n', out);
}

void comparison_print(const struct comparison *c, bool all, FILE *out)
{
	print_verdict(c, out);
	print_side('A', c->a, out);
	print_side('B', c->b, out);
	if (c->advice)
		fprintf(out, "note: %s\n", c->advice);
	if (c->verdict == VERDICT_DIFFERENT)
		print_differences(c, all ? SIZE_MAX : PARTS_MAX, out);
	print_layers(c, out);
	print_trailers(c, out);
	print_surroundings(c, out);
	print_exclusions(c, out);
	print_map_notes(c, out);
}

/* So many parts are named in a reason. */
enum { REASON_PARTS = 3 };

static void print_reason(const struct comparison *c, FILE *out)
{
	struct part_walk walk = {0};
	struct part_pair pair;

	if (c->verdict == VERDICT_EXCLUDED)
		print_excluded_names(c, out);
	if (c->verdict != VERDICT_DIFFERENT)
		return;
	for (size_t i = 0; next_difference(c, &walk, &pair); i++) {
		fputs(i ? ", " : "", out);
		if (i == REASON_PARTS) {
			fputs("...", out);
			return;
		}
		print_part(&pair, out);
	}
}

char *comparison_reason(const struct comparison *c)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	print_reason(c, out);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

/* ------------------------------------------------------------------------------------------------------------ JSON */

static struct json_object *differences_object(const struct comparison *c)
{
	struct json_object *list = json_object_new_array();
	struct part_walk walk = {0};
	struct part_pair pair;

	while (c->verdict == VERDICT_DIFFERENT && next_difference(c, &walk, &pair)) {
		const struct manifest_part *part = pair.a ? pair.a : pair.b;
		struct json_object *o = json_object_new_object();

		json_set(&o, "kind", json_string(manifest_part_kind(part->kind)));
		json_set(&o, "name", json_name(part->name));
		json_set(&o, "in", json_string(!pair.a ? "B" : !pair.b ? "A" : "both"));
		json_append(&list, o);
	}
	return list;
}

static struct json_object *trailers_object(const struct comparison *c)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0;; i++) {
		const struct manifest_layer *p = manifest_trailer(c->a, i), *q = manifest_trailer(c->b, i);
		const char *difference = p && q ? trailers_difference(p, q) : NULL;
		struct json_object *o;

		if (!p && !q)
			return list;
		o = json_object_new_object();
		json_set(&o, "in", json_string(!p ? "B" : !q ? "A" : "both"));
		json_set(&o, "equal", json_boolean(p && q && !difference));
		if (difference)
			json_set(&o, "difference", json_string(difference));
		json_append(&list, o);
	}
}

static struct json_object *surroundings_object(const struct comparison *c)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0;; i++) {
		const struct manifest_piece *p = manifest_piece(c->a, i), *q = manifest_piece(c->b, i);
		const struct manifest_piece *either = p ? p : q;
		struct json_object *o;

		if (!either)
			return list;
		o = json_object_new_object();
		json_set(&o, "name", json_name(either->name));
		json_set(&o, "in", json_string(q ? (p ? "both" : "B") : "A"));
		json_set(&o, "equal", json_boolean(pieces_equal(p, q)));
		json_append(&list, o);
	}
}

static struct json_object *side_object(const struct manifest *m)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "path", json_name(m->path));
	json_set(&o, "digest", json_string(m->digest));
	json_set(&o, "exclusions", manifest_exclusions_object(m));
	if (m->layers)
		json_set(&o, "layers", manifest_layers_object(m->layers, m->layer_count));
	manifest_set_map(&o, m);
	return o;
}

int comparison_print_json(const struct comparison *c, FILE *out)
{
	static const char *const verdicts[] = {"identical", "different", "excluded"};
	struct json_object *o = json_object_new_object();

	json_set(&o, "schema", json_number(HASHSECT_MANIFEST_SCHEMA));
	json_set(&o, "verdict", json_string(verdicts[c->verdict]));
	json_set(&o, "a", side_object(c->a));
	json_set(&o, "b", side_object(c->b));
	json_set(&o, "exclusions_differ", json_boolean(c->exclusions_differ));
	json_set(&o, "trailers", trailers_object(c));
	json_set(&o, "not_covered", surroundings_object(c));
	json_set(&o, "differing_parts", differences_object(c));
	if (c->advice)
		json_set(&o, "note", json_string(c->advice));
	return json_print(o, out);
}
