// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/compare.h"

#include <stdio.h>
#include <inttypes.h>
#include <string.h>

#include "report/manifest.h"

/* Of an object whose fields are known to be there. */
static const char *text(const struct json_object *o, const char *name)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(o, name, &value);
	return json_object_get_string(value);
}

static struct json_object *list(const struct json_object *o, const char *name)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(o, name, &value);
	return value;
}

static uint64_t number(const struct json_object *o, const char *name)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(o, name, &value);
	return json_object_get_uint64(value);
}

static bool boolean(const struct json_object *o, const char *name)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(o, name, &value);
	return json_object_get_boolean(value);
}

static struct json_object *at(const struct json_object *array, size_t i)
{
	return i < json_object_array_length(array) ? json_object_array_get_idx(array, i) : NULL;
}

static uint64_t excluded_length(const struct json_object *exclusion)
{
	const struct json_object *ranges = list(exclusion, "ranges");
	uint64_t sum = 0;

	for (size_t i = 0; i < json_object_array_length(ranges); i++)
		sum += number(at(ranges, i), "length");
	return sum;
}

/* Text from files and manifests is hostile: control characters are shown, not sent to the terminal. */
static const char *shown(const char *value, char *buffer, size_t room)
{
	size_t used = 0;

	for (; *value && used + 5 <= room; value++) {
		const unsigned char c = (unsigned char)*value;

		if (c < 0x20 || c == 0x7f)
			used += (size_t)snprintf(buffer + used, room - used, "\\x%02x", c);
		else
			buffer[used++] = *value;
	}
	buffer[used] = '\0';
	return buffer;
}

enum { SHOWN_MAX = 8192 };

/* ----------------------------------------------------------------------------------------------------- comparing */

/* All that is known of an exclusion: the bytes, where they are, and what they are found to be (symbols among it). */
static bool exclusion_equal(const struct json_object *p, const struct json_object *q)
{
	return !strcmp(text(p, "sha256"), text(q, "sha256")) && !strcmp(text(p, "resolution"), text(q, "resolution")) &&
	       excluded_length(p) == excluded_length(q) && json_object_equal(list(p, "contents"), list(q, "contents"));
}

/*
 * The next layer from *i on that takes bytes away, a trailer; NULL: there is none. A compression only writes the same
 * bytes another way. Manifests of files that have no layers may lack the list.
 */
static const struct json_object *next_trailer(const struct json_object *layers, size_t *i)
{
	while (layers && *i < json_object_array_length(layers)) {
		const struct json_object *layer = json_object_array_get_idx(layers, (*i)++);

		if (json_object_object_get_ex(layer, "sha256", NULL))
			return layer;
	}
	return NULL;
}

static bool trailers_equal(const struct json_object *a, const struct json_object *b)
{
	const struct json_object *x = list(a, "layers"), *y = list(b, "layers");
	size_t i = 0, j = 0;

	for (;;) {
		const struct json_object *p = next_trailer(x, &i), *q = next_trailer(y, &j);

		if (!p || !q)
			return !p && !q;
		if (strcmp(text(p, "sha256"), text(q, "sha256")) != 0)
			return false;
	}
}

/* The note with the file's map that was left out, or NULL. */
static const struct json_object *map_note(const struct json_object *manifest)
{
	return list(manifest, "map_note");
}

static bool map_notes_equal(const struct json_object *a, const struct json_object *b)
{
	const struct json_object *p = map_note(a), *q = map_note(b);

	return !p || !q ? p == q : !strcmp(text(p, "sha256"), text(q, "sha256"));
}

bool exclusions_equal(const struct json_object *a, const struct json_object *b)
{
	const struct json_object *x = list(a, "exclusions"), *y = list(b, "exclusions");
	bool equal = json_object_array_length(x) == json_object_array_length(y) && trailers_equal(a, b) &&
		     map_notes_equal(a, b);

	for (size_t i = 0; equal && i < json_object_array_length(x); i++)
		equal = exclusion_equal(at(x, i), at(y, i));
	return equal;
}

/* Digests differ: is it a key of another length, or one file with and one without a section for it? */
static const char *find_advice(const struct json_object *a, const struct json_object *b)
{
	const struct json_object *x = list(a, "exclusions"), *y = list(b, "exclusions");

	for (size_t i = 0; i < json_object_array_length(x) && at(y, i); i++) {
		const struct json_object *p = at(x, i), *q = at(y, i);
		const char masked_a = *text(p, "resolution"), masked_b = *text(q, "resolution");

		if (masked_a == 'M' && masked_b == 'M' && excluded_length(p) != excluded_length(q))
			return "the excluded bytes have different lengths, and everything behind them moved: for keys "
			       "of different "
			       "lengths the keyring needs its own section (see scripts/kbuild)";
		if (masked_a != masked_b)
			return "one file has a section of its own for the excluded bytes, the other one does not: "
			       "isolate the "
			       "keyring in both (see scripts/kbuild)";
	}
	return NULL;
}

struct comparison compare_manifests(const struct json_object *a, const struct json_object *b)
{
	struct comparison c = {.a = a, .b = b};

	c.exclusions_differ = !exclusions_equal(a, b);
	if (strcmp(text(a, "digest"), text(b, "digest")) != 0) {
		c.verdict = VERDICT_DIFFERENT;
		c.advice = find_advice(a, b);
	} else {
		c.verdict = c.exclusions_differ ? VERDICT_EXCLUDED : VERDICT_IDENTICAL;
	}
	return c;
}

/* ------------------------------------------------------------------------------------------------ differing parts */

/*
 * Call `visit` for each part that differs, with the part of A or NULL and that of B or NULL. Parts are matched by kind
 * and name, in order; where one is missing, the shorter way to the next pair that fits is taken.
 */
typedef void (*visit_part)(const struct json_object *a, const struct json_object *b, void *context);

static bool same_part(const struct json_object *a, const struct json_object *b)
{
	return !strcmp(text(a, "kind"), text(b, "kind")) && !strcmp(text(a, "name"), text(b, "name"));
}

static size_t distance(const struct json_object *parts, size_t from, const struct json_object *part)
{
	enum { LOOK_AHEAD = 64 };

	for (size_t i = 0; i < LOOK_AHEAD && at(parts, from + i); i++)
		if (same_part(at(parts, from + i), part))
			return i;
	return SIZE_MAX;
}

static void each_difference(const struct comparison *c, visit_part visit, void *context)
{
	const struct json_object *x = list(c->a, "parts"), *y = list(c->b, "parts");
	size_t i = 0, j = 0;

	while (at(x, i) || at(y, j)) {
		const struct json_object *p = at(x, i), *q = at(y, j);

		if (p && q && same_part(p, q)) {
			if (strcmp(text(p, "hash"), text(q, "hash")) != 0)
				visit(p, q, context);
			i++;
			j++;
		} else if (!q || (p && distance(x, i, q) <= distance(y, j, p))) {
			visit(p, NULL, context);
			i++;
		} else {
			visit(NULL, q, context);
			j++;
		}
	}
}

/* -------------------------------------------------------------------------------------------------------- text */

static void print_excluded_side(const char *side, const struct json_object *e, FILE *out)
{
	const struct json_object *ranges = list(e, "ranges"), *contents = list(e, "contents");
	struct json_object *evidence;
	char buffer[SHOWN_MAX];

	if (!json_object_array_length(ranges))
		fprintf(out, "  %s: nothing\n", side);
	for (size_t i = 0; i < json_object_array_length(ranges); i++)
		fprintf(out, "  %s: section %s, offset 0x%" PRIx64 ", %" PRIu64 " bytes\n", side,
			shown(text(at(ranges, i), "section"), buffer, sizeof(buffer)), number(at(ranges, i), "offset"),
			number(at(ranges, i), "length"));
	for (size_t i = 0; i < json_object_array_length(contents); i++)
		fprintf(out, "  %s: %s\n", side,
			shown(json_object_get_string(at(contents, i)), buffer, sizeof(buffer)));
	if (json_object_object_get_ex(e, "evidence", &evidence) && json_object_is_type(evidence, json_type_string))
		fprintf(out, "  %s: %s\n", side, shown(json_object_get_string(evidence), buffer, sizeof(buffer)));
	else if (!boolean(e, "proved"))
		fprintf(out, "  %s: not proved\n", side);
}

static void print_exclusions(const struct comparison *c, FILE *out)
{
	const struct json_object *x = list(c->a, "exclusions"), *y = list(c->b, "exclusions");

	for (size_t i = 0; i < json_object_array_length(x) && at(y, i); i++) {
		const struct json_object *p = at(x, i), *q = at(y, i);
		const bool same = exclusion_equal(p, q);
		char rule[SHOWN_MAX];

		if (!json_object_array_length(list(p, "ranges")) && !json_object_array_length(list(q, "ranges")))
			continue;
		fprintf(out, "excluded by rule %s: %s\n", shown(text(p, "rule"), rule, sizeof(rule)),
			same ? "the same in both" : "different");
		print_excluded_side("A", p, out);
		print_excluded_side("B", q, out);
	}
}

static void print_layers(const char *side, const struct json_object *manifest, FILE *out)
{
	const struct json_object *layers = list(manifest, "layers");
	char buffer[SHOWN_MAX];

	for (size_t i = 0; layers && i < json_object_array_length(layers); i++)
		fprintf(out, "peeled from %s: %s\n", side, shown(text(at(layers, i), "text"), buffer, sizeof(buffer)));
}

static void print_map_note(const char *side, const struct json_object *note, FILE *out)
{
	char buffer[SHOWN_MAX];

	if (note)
		fprintf(out, "  %s: %" PRIu64 " bytes, sha256 %s\n", side, number(note, "length"),
			shown(text(note, "sha256"), buffer, sizeof(buffer)));
	else
		fprintf(out, "  %s: nothing\n", side);
}

static void print_map_notes(const struct comparison *c, FILE *out)
{
	if (!map_note(c->a) && !map_note(c->b))
		return;
	fprintf(out, "left out, .note.hashsect with the file's map: %s\n",
		map_notes_equal(c->a, c->b) ? "the same in both" : "different");
	print_map_note("A", map_note(c->a), out);
	print_map_note("B", map_note(c->b), out);
}

struct part_printer {
	FILE *out;
	size_t count;
};

static void print_difference(const struct json_object *a, const struct json_object *b, void *context)
{
	enum { LINES_MAX = 40 };
	struct part_printer *p = context;
	const struct json_object *part = a ? a : b;
	char name[SHOWN_MAX], kind[64];

	if (p->count++ >= LINES_MAX)
		return;
	fprintf(p->out, "differs: %s%s%s%s\n", shown(text(part, "kind"), kind, sizeof(kind)),
		*text(part, "name") ? " " : "", shown(text(part, "name"), name, sizeof(name)),
		!a   ? " (only in B)"
		: !b ? " (only in A)"
		     : "");
	if (p->count == LINES_MAX)
		fprintf(p->out, "differs: more parts, not listed (--json lists all)\n");
}

void print_comparison(const struct comparison *c, FILE *out)
{
	struct part_printer printer = {.out = out};
	char a[SHOWN_MAX], b[SHOWN_MAX];

	fprintf(out, "A: %s  %s\nB: %s  %s\n", text(c->a, "digest"), shown(text(c->a, "path"), a, sizeof(a)),
		text(c->b, "digest"), shown(text(c->b, "path"), b, sizeof(b)));
	print_layers("A", c->a, out);
	print_layers("B", c->b, out);
	print_exclusions(c, out);
	print_map_notes(c, out);
	if (c->verdict == VERDICT_DIFFERENT)
		each_difference(c, print_difference, &printer);
	if (c->advice)
		fprintf(out, "note: %s\n", c->advice);
	fputs(c->verdict == VERDICT_DIFFERENT  ? "different\n"
	      : c->verdict == VERDICT_EXCLUDED ? "equal but for the excluded bytes\n"
					       : "equal, excluded bytes included\n",
	      out);
}

/* --------------------------------------------------------------------------------------------------------- JSON */

static void add_difference(const struct json_object *a, const struct json_object *b, void *context)
{
	const struct json_object *part = a ? a : b;
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "kind", json_object_new_string(text(part, "kind")));
	json_object_object_add(o, "name", json_object_new_string(text(part, "name")));
	json_object_object_add(o, "in", json_object_new_string(!a ? "B" : !b ? "A" : "both"));
	json_object_array_add(context, o);
}

static struct json_object *side_object(const struct json_object *manifest)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "path", json_object_new_string(text(manifest, "path")));
	json_object_object_add(o, "digest", json_object_new_string(text(manifest, "digest")));
	json_object_object_add(o, "exclusions", json_object_get(list(manifest, "exclusions")));
	if (list(manifest, "layers"))
		json_object_object_add(o, "layers", json_object_get(list(manifest, "layers")));
	json_object_object_add(o, "map", json_object_get(list(manifest, "map")));
	json_object_object_add(o, "map_note", json_object_get(list(manifest, "map_note")));
	return o;
}

struct json_object *comparison_object(const struct comparison *c)
{
	static const char *const verdicts[] = {"identical", "different", "excluded"};
	struct json_object *o = json_object_new_object(), *differing = json_object_new_array();

	if (c->verdict == VERDICT_DIFFERENT)
		each_difference(c, add_difference, differing);
	json_object_object_add(o, "schema", json_object_new_int(HASHSECT_MANIFEST_SCHEMA));
	json_object_object_add(o, "verdict", json_object_new_string(verdicts[c->verdict]));
	json_object_object_add(o, "a", side_object(c->a));
	json_object_object_add(o, "b", side_object(c->b));
	json_object_object_add(o, "exclusions_differ", json_object_new_boolean(c->exclusions_differ));
	json_object_object_add(o, "differing_parts", differing);
	if (c->advice)
		json_object_object_add(o, "note", json_object_new_string(c->advice));
	return o;
}
