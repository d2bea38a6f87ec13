// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/page/section_map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "digest/records.h"
#include "report/page/page.h"

enum {
	COLUMNS = 800,	    /* of the whole, and */
	LENS_COLUMNS = 240, /* of one section: what is smaller is as wide as one of them */
	NAMED_PERCENT = 6,  /* a section that takes so much of the width has its name below it */
	LENSES_MAX = 36,
};

/* What a column shows; where there are several the last of these. */
enum map_state { MAP_NOTHING, MAP_EQUAL, MAP_EXCLUDED, MAP_ONE_SIDE, MAP_DIFFERENT, MAP_STATES };

static const struct {
	const char *style, *text;
} states[MAP_STATES] = {
	[MAP_NOTHING] = {"nothing", "nothing"},	      [MAP_EQUAL] = {"equal", "equal"},
	[MAP_EXCLUDED] = {"excluded", "excluded"},    [MAP_ONE_SIDE] = {"one", "on this side only"},
	[MAP_DIFFERENT] = {"different", "different"},
};

/* A section of one side; of one that is taken out @part is NULL. @other: the part of the other side, if they differ. */
struct map_section {
	const char *name;
	uint64_t start, size;
	const struct manifest_part *part, *other;
	enum map_state state;
	uint64_t excluded; /* bytes of it */
};

struct map_side {
	const struct manifest *manifest;
	struct map_section *sections;
	size_t count;
	size_t *of_part; /* the section of a part, by the number of the part */
	uint64_t size;
	char letter;
};

/* --------------------------------------------------------------------------------------------------------- making */

static struct map_section *section_named(const struct map_side *side, const char *name)
{
	for (size_t i = 0; i < side->count; i++)
		if (!strcmp(side->sections[i].name, name))
			return &side->sections[i];
	return NULL;
}

static void append(struct map_side *side, const char *name, uint64_t size, const struct manifest_part *part)
{
	side->sections[side->count++] = (struct map_section){name, side->size, size, part, NULL, MAP_EQUAL, 0};
	side->size += size;
}

static void append_exclusions(struct map_side *side)
{
	const struct manifest *m = side->manifest;

	for (size_t i = 0; i < m->exclusion_count; i++) {
		for (size_t k = 0; k < m->exclusions[i].range_count; k++) {
			const struct manifest_range *range = &m->exclusions[i].ranges[k];

			if (!section_named(side, range->section))
				append(side, range->section, range->length, NULL);
			section_named(side, range->section)->excluded += range->length;
		}
	}
}

static int make_side(const struct manifest *m, char letter, struct map_side *side)
{
	size_t most = m->part_count;

	for (size_t i = 0; i < m->exclusion_count; i++)
		most += m->exclusions[i].range_count;
	*side = (struct map_side){.manifest = m, .letter = letter};
	side->sections = calloc(most + 1, sizeof(*side->sections));
	side->of_part = calloc(m->part_count + 1, sizeof(*side->of_part));
	if (!side->sections || !side->of_part)
		return -ENOMEM;
	for (size_t i = 0; i < m->part_count; i++) {
		side->of_part[i] = side->count;
		if (m->parts[i].kind == PART_SECTION && m->parts[i].size)
			append(side, m->parts[i].name, m->parts[i].size, &m->parts[i]);
	}
	append_exclusions(side);
	return 0;
}

static struct map_section *section_of_part(const struct map_side *side, const struct manifest_part *part)
{
	const size_t number = side->of_part[part - side->manifest->parts];

	return number < side->count && side->sections[number].part == part ? &side->sections[number] : NULL;
}

static void mark(struct map_side *side, const struct manifest_part *part, const struct manifest_part *other)
{
	struct map_section *s = part ? section_of_part(side, part) : NULL;

	if (!s)
		return;
	s->state = other ? MAP_DIFFERENT : MAP_ONE_SIDE;
	s->other = other;
}

static void mark_differences(struct map_side sides[2])
{
	const struct comparison c = manifests_compare(sides[0].manifest, sides[1].manifest);
	struct part_walk walk = {0};
	struct part_pair pair;

	while (c.verdict == VERDICT_DIFFERENT && next_difference(&c, &walk, &pair)) {
		mark(&sides[0], pair.a, pair.b);
		mark(&sides[1], pair.b, pair.a);
	}
}

/* ------------------------------------------------------------------------------------------------------- painting */

/* A row of columns that stand for @size bytes; @section: which section a column shows most of all, for the whole. */
struct row {
	uint8_t state[COLUMNS];
	uint32_t section[COLUMNS];
	size_t columns;
	uint64_t size;
};

/* Manifests that were read may say anything of offsets. */
static size_t column_of(const struct row *row, uint64_t offset, bool up)
{
	const long double exact = (long double)offset * (long double)row->columns / (long double)row->size;

	if (offset >= row->size)
		return row->columns;
	return (size_t)exact + (up && exact > (long double)(size_t)exact);
}

/* @over: whatever is there already. */
static void paint(struct row *row, uint64_t from, uint64_t to, enum map_state state, size_t section, bool over)
{
	if (from >= to || !row->size)
		return;
	for (size_t i = column_of(row, from, false); i < column_of(row, to, true); i++) {
		if (!over && row->state[i] >= state)
			continue;
		row->state[i] = (uint8_t)state;
		row->section[i] = (uint32_t)section;
	}
}

static bool leaf_differs(const struct map_section *s, uint64_t leaf, size_t hash_size)
{
	return leaf >= s->other->leaf_count ||
	       memcmp(s->part->leaves + leaf * hash_size, s->other->leaves + leaf * hash_size, hash_size) != 0;
}

/* Where the leaves tell it, those that differ; else all of it. */
static void paint_difference(struct row *row, const struct map_side *side, const struct map_section *s, uint64_t start,
			     size_t number)
{
	const struct manifest_part *part = s->part;
	bool found = false;

	for (uint64_t i = 0; s->other && part->leaves && s->other->leaves && i < part->leaf_count; i++) {
		const uint64_t step = s->size / part->leaf_count;

		if (!leaf_differs(s, i, side->manifest->hash_size))
			continue;
		paint(row, start + i * step, i + 1 == part->leaf_count ? start + s->size : start + (i + 1) * step,
		      MAP_DIFFERENT, number, false);
		found = true;
	}
	if (!found)
		paint(row, start, start + s->size, s->state, number, false);
}

static void paint_exclusions(struct row *row, const struct map_side *side, const struct map_section *s, uint64_t start,
			     size_t number, bool over)
{
	const struct manifest *m = side->manifest;

	for (size_t i = 0; s->excluded && i < m->exclusion_count; i++) {
		for (size_t k = 0; k < m->exclusions[i].range_count; k++) {
			const struct manifest_range *range = &m->exclusions[i].ranges[k];
			const uint64_t from = start + (s->part ? range->offset : 0);

			if (!strcmp(range->section, s->name) && from < start + s->size)
				paint(row, from, from + range->length, MAP_EXCLUDED, number, over);
		}
	}
}

static void paint_section(struct row *row, const struct map_side *side, size_t number, uint64_t start, bool lens)
{
	const struct map_section *s = &side->sections[number];

	paint(row, start, start + s->size, MAP_EQUAL, number, false);
	if (s->state != MAP_EQUAL)
		paint_difference(row, side, s, start, number);
	paint_exclusions(row, side, s, start, number, lens);
}

/* -------------------------------------------------------------------------------------------------------- drawing */

static void print_rectangle(FILE *out, const struct row *row, size_t from, size_t to, const struct map_side *side)
{
	const enum map_state state = row->state[from];
	const bool is_equal_too = state == MAP_EQUAL && row->section[from] % 2;

	fprintf(out, "<rect class=\"%s\" x=\"%zu\" width=\"%zu\" height=\"10\"><title>",
		is_equal_too ? "equal-too" : states[state].style, from, to - from);
	page_text(out, side->sections[row->section[from]].name);
	fprintf(out, ": %s</title></rect>", states[state].text);
	if (state == MAP_EXCLUDED)
		fprintf(out, "<rect fill=\"url(#hatch)\" x=\"%zu\" width=\"%zu\" height=\"10\"/>", from, to - from);
	fputc('\n', out);
}

static void print_row(FILE *out, const struct row *row, const struct map_side *side, const char *style)
{
	fprintf(out, "<svg class=\"bar%s\" viewBox=\"0 0 %zu 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\n",
		style, row->columns);
	for (size_t from = 0, to; from < row->columns; from = to) {
		for (to = from + 1;
		     to < row->columns && row->state[to] == row->state[from] && row->section[to] == row->section[from];)
			to++;
		if (row->state[from] != MAP_NOTHING)
			print_rectangle(out, row, from, to, side);
	}
	fputs("</svg>\n", out);
}

static void print_names(FILE *out, const struct map_side *side)
{
	fputs("<div class=\"names\" aria-hidden=\"true\">", out);
	for (size_t i = 0; i < side->count; i++) {
		const struct map_section *s = &side->sections[i];

		if (!s->size || s->size < side->size / 100 * NAMED_PERCENT)
			continue;
		fprintf(out, "<span style=\"left:%.2f%%;width:%.2f%%\">", 100.0 * (double)s->start / (double)side->size,
			100.0 * (double)s->size / (double)side->size);
		page_text(out, s->name);
		fputs("</span>", out);
	}
	fputs("</div>\n", out);
}

static void print_whole(FILE *out, const struct map_side *side, bool is_pair)
{
	struct row row = {.columns = COLUMNS, .size = side->size};
	size_t count = 0;

	for (size_t i = 0; i < side->count; i++) {
		paint_section(&row, side, i, side->sections[i].start, false);
		count += side->sections[i].part != NULL;
	}
	fputs("<figure>\n<figcaption>", out);
	if (is_pair)
		fprintf(out, "%c: ", side->letter);
	page_number(out, count);
	fputs(" sections, ", out);
	page_size(out, side->size);
	fputs("</figcaption>\n", out);
	print_row(out, &row, side, "");
	print_names(out, side);
	fputs("</figure>\n", out);
}

static void print_legend(FILE *out, bool is_pair)
{
	fputs("<ul class=\"legend\">\n", out);
	for (enum map_state s = MAP_EQUAL; s < MAP_STATES; s++) {
		if (!is_pair && s > MAP_EXCLUDED)
			break;
		fprintf(out,
			"<li><svg viewBox=\"0 0 12 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect "
			"class=\"%s\" width=\"12\" height=\"10\"/>%s</svg>%s</li>\n",
			states[s].style,
			s == MAP_EXCLUDED ? "<rect fill=\"url(#hatch)\" width=\"12\" height=\"10\"/>" : "",
			!is_pair && s == MAP_EQUAL ? "counted" : states[s].text);
	}
	fputs("</ul>\n", out);
}

/* --------------------------------------------------------------------------------------------------------- lenses */

static bool is_worth_a_look(const struct map_section *s)
{
	return s->excluded || s->state != MAP_EQUAL;
}

static void print_lens_row(FILE *out, const struct map_side *side, size_t number, bool is_pair)
{
	struct row row = {.columns = LENS_COLUMNS, .size = side->sections[number].size};

	paint_section(&row, side, number, 0, true);
	if (is_pair)
		fprintf(out, "<div class=\"side\">%c</div>", side->letter);
	print_row(out, &row, side, " small");
}

static void print_lens_text(FILE *out, const struct map_section *s, bool is_pair)
{
	fputs("<p>", out);
	page_size(out, s->size);
	if (s->excluded) {
		fputs(s->part ? ", of them excluded: " : ", taken out: ", out);
		page_number(out, s->excluded);
	}
	if (is_pair && s->state != MAP_EQUAL)
		fprintf(out, "; %s", states[s->state].text);
	fputs("</p>\n", out);
}

/* The section of the other side that belongs to it; NULL: there is none, or none that can be told. */
static const struct map_section *counterpart(const struct map_side *other, const struct map_section *s)
{
	if (s->other)
		return section_of_part(other, s->other);
	return s->state == MAP_EQUAL ? section_named(other, s->name) : NULL;
}

static void print_lens(FILE *out, const struct map_side *side, size_t number, const struct map_side *other)
{
	const struct map_section *s = &side->sections[number];
	const struct map_section *beside = other ? counterpart(other, s) : NULL;

	fputs("<li><h3>", out);
	page_code(out, s->name);
	fputs("</h3>\n", out);
	print_lens_text(out, s, other != NULL);
	print_lens_row(out, side, number, other != NULL);
	if (beside)
		print_lens_row(out, other, (size_t)(beside - other->sections), true);
	fputs("</li>\n", out);
}

/* Those of B that A shows already are not shown again. */
static bool is_shown(const struct map_side *side, const struct map_section *s, const struct map_side *first)
{
	return first && side != first && counterpart(first, s);
}

static void print_lenses(FILE *out, const struct map_side *sides, size_t count)
{
	size_t shown = 0, all = 0;

	fputs("<ul class=\"lens\">\n", out);
	for (size_t k = 0; k < count; k++) {
		for (size_t i = 0; i < sides[k].count; i++) {
			const struct map_section *s = &sides[k].sections[i];

			if (!is_worth_a_look(s) || is_shown(&sides[k], s, k ? &sides[0] : NULL))
				continue;
			if (all++ < LENSES_MAX) {
				print_lens(out, &sides[k], i, count > 1 ? &sides[1 - k] : NULL);
				shown++;
			}
		}
	}
	fputs("</ul>\n", out);
	if (all > shown)
		fprintf(out, "<p>And %zu more sections, which are in the table of differences.</p>\n", all - shown);
}

int section_map_print(const struct manifest *a, const struct manifest *b, FILE *out)
{
	struct map_side sides[2] = {{0}};
	const size_t count = b ? 2 : 1;
	int ret = make_side(a, 'A', &sides[0]);

	if (!ret && b)
		ret = make_side(b, 'B', &sides[1]);
	if (!ret && b)
		mark_differences(sides);
	if (!ret) {
		page_part(out, "Map");
		for (size_t i = 0; i < count; i++)
			print_whole(out, &sides[i], b != NULL);
		print_legend(out, b != NULL);
		print_lenses(out, sides, count);
		page_part_end(out);
	}
	for (int i = 0; i < 2; i++) {
		free(sides[i].sections);
		free(sides[i].of_part);
	}
	return ret;
}
