// SPDX-License-Identifier: LGPL-2.1-or-later
#include "btf/classes.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "btf/intern.h"

/* Types are as many steps apart at most; those of kernels are at most some dozens. */
enum { ROUNDS_MAX = 1000 };

/* A section, and where its own types begin among all. */
struct part {
	const struct btf *btf;
	uint32_t node;
};

/*
 * All types of all sections in a row, void first. Each has a class, what it refers to in order, and the number of its
 * name. A round makes rows of these classes and numbers them anew; it ends when a round puts nothing apart.
 */
struct btf_classes {
	struct part *parts;
	size_t parts_count;
	uint32_t *class, *name, *start; /* of each node; start has one more */
	uint32_t *refs;
	uint32_t nodes, count, names;
};

void btf_classes_free(struct btf_classes *c)
{
	if (!c)
		return;
	free(c->parts);
	free(c->class);
	free(c->name);
	free(c->start);
	free(c->refs);
	free(c);
}

/* ----------------------------------------------------------------------------------------------- what there is */

static const struct part *part_of(const struct btf_classes *c, const struct btf *btf)
{
	for (size_t i = 0; i < c->parts_count; i++)
		if (c->parts[i].btf == btf)
			return &c->parts[i];
	return NULL;
}

static uint32_t node_of(const struct btf_classes *c, const struct btf *btf, uint32_t id)
{
	if (!id)
		return 0;
	while (id < btf_first(btf))
		btf = btf_base(btf);
	return part_of(c, btf)->node + (id - btf_first(btf));
}

/* The section and its bases, innermost first; true if they all fit into 32-bit numbers. */
static bool add_part(struct btf_classes *c, const struct btf *btf)
{
	const uint32_t own = btf_end(btf) - btf_first(btf);

	if (part_of(c, btf))
		return true;
	if (btf_base(btf) && !add_part(c, btf_base(btf)))
		return false;
	if (own >= UINT32_MAX / 2 - c->nodes)
		return false;
	c->parts[c->parts_count++] = (struct part){btf, c->nodes};
	c->nodes += own;
	return true;
}

static bool find_parts(struct btf_classes *c, const struct btf *const *sections, size_t count)
{
	size_t most = 0;

	for (size_t i = 0; i < count; i++)
		for (const struct btf *b = sections[i]; b; b = btf_base(b))
			most++;
	c->parts = calloc(most + 1, sizeof(*c->parts));
	c->nodes = 1;
	if (!c->parts)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add_part(c, sections[i]))
			return false;
	c->class = calloc(c->nodes, sizeof(*c->class));
	c->name = calloc(c->nodes, sizeof(*c->name));
	c->start = calloc((size_t)c->nodes + 1, sizeof(*c->start));
	return c->class && c->name && c->start;
}

/* ------------------------------------------------------------------------------------ what a type is by itself */

struct building {
	struct btf_classes *classes;
	struct intern *names, *rows;
	uint32_t *row, *text; /* as long as needed so far */
	size_t row_room, text_room;
	size_t refs_used, refs_room;
};

static bool make_room(uint32_t **words, size_t *room, size_t needed)
{
	uint32_t *grown;

	if (needed <= *room)
		return true;
	grown = realloc(*words, 2 * needed * sizeof(**words));
	if (!grown)
		return false;
	*words = grown;
	*room = 2 * needed;
	return true;
}

static int64_t number_of_name(struct building *b, const char *name)
{
	const size_t size = strlen(name), words = size / 4 + 1;

	if (!make_room(&b->text, &b->text_room, words))
		return -ENOMEM;
	b->text[words - 1] = 0;
	memcpy(b->text, name, size);
	return intern_row(b->names, b->text, words);
}

/* Put what type @id refers to behind what the types before it do; a function is not followed. */
static bool add_ref(struct building *b, const struct btf *btf, uint32_t id)
{
	struct btf_classes *c = b->classes;

	if (!make_room(&c->refs, &b->refs_room, b->refs_used + 1))
		return false;
	c->refs[b->refs_used++] = node_of(c, btf, id);
	return true;
}

/* A reference, as a word of the row: what stands there is a function's name, or that there is something to follow. */
static int64_t word_of_ref(struct building *b, const struct btf *btf, uint32_t id)
{
	const struct btf_type t = btf_type(btf, id);

	if (t.kind == BTF_FUNC)
		return number_of_name(b, t.name);
	return add_ref(b, btf, id) ? (int64_t)UINT32_MAX : -ENOMEM;
}

static int64_t word_of_rest(struct building *b, const struct btf *btf, const struct btf_type *t, uint32_t i)
{
	const uint32_t word = btf_word(btf, t, i);

	switch (btf_word_is(t->kind, i)) {
	case BTF_WORD_NAME:
		return number_of_name(b, btf_string(btf, word));
	case BTF_WORD_TYPE:
		return word_of_ref(b, btf, word);
	default:
		return word;
	}
}

/* Name, info, size or a reference, the rest: the number of that row is the first class. */
static int first_class(struct building *b, const struct btf *btf, uint32_t id, uint32_t node)
{
	struct btf_classes *c = b->classes;
	const struct btf_type t = btf_type(btf, id);
	int64_t word = number_of_name(b, t.name);

	if (word < 0 || !make_room(&b->row, &b->row_room, (size_t)t.rest_words + 3))
		return -ENOMEM;
	c->name[node] = (uint32_t)word;
	c->start[node] = (uint32_t)b->refs_used;
	b->row[0] = (uint32_t)word;
	b->row[1] = t.info;
	word = btf_refers(t.kind) ? word_of_ref(b, btf, t.size_or_type) : t.size_or_type;
	if (word < 0)
		return -ENOMEM;
	b->row[2] = (uint32_t)word;
	for (uint32_t i = 0; i < t.rest_words; i++) {
		word = word_of_rest(b, btf, &t, i);
		if (word < 0)
			return -ENOMEM;
		b->row[3 + i] = (uint32_t)word;
	}
	word = intern_row(b->rows, b->row, (size_t)t.rest_words + 3);
	c->class[node] = (uint32_t)word;
	return word < 0 ? -ENOMEM : 0;
}

static int first_classes(struct building *b)
{
	struct btf_classes *c = b->classes;
	const uint32_t nothing = 0;

	/* Void is like nothing else: no type's row is that short. */
	if (intern_row(b->rows, &nothing, 1) < 0)
		return -ENOMEM;
	for (size_t p = 0; p < c->parts_count; p++) {
		const struct btf *btf = c->parts[p].btf;

		for (uint32_t id = btf_first(btf); id < btf_end(btf); id++)
			if (first_class(b, btf, id, c->parts[p].node + (id - btf_first(btf))))
				return -ENOMEM;
	}
	c->start[c->nodes] = (uint32_t)b->refs_used;
	c->count = intern_count(b->rows);
	c->names = intern_count(b->names);
	return 0;
}

/* -------------------------------------------------------------------------------------- what it is by the others */

/* One round: the class so far, and those of what it refers to. */
static int refine(struct building *b, uint32_t *next)
{
	const struct btf_classes *c = b->classes;

	intern_clear(b->rows);
	for (uint32_t n = 0; n < c->nodes; n++) {
		const uint32_t count = c->start[n + 1] - c->start[n];
		const uint32_t *refs = count ? c->refs + c->start[n] : NULL;
		int64_t number;

		if (!make_room(&b->row, &b->row_room, (size_t)count + 1))
			return -ENOMEM;
		b->row[0] = c->class[n];
		for (uint32_t i = 0; i < count; i++)
			b->row[1 + i] = c->class[refs[i]];
		number = intern_row(b->rows, b->row, (size_t)count + 1);
		if (number < 0)
			return -ENOMEM;
		next[n] = (uint32_t)number;
	}
	return 0;
}

static int make_classes(struct building *b)
{
	struct btf_classes *c = b->classes;
	uint32_t *next = calloc(c->nodes, sizeof(*next));
	uint32_t before = 0;
	int ret = next ? first_classes(b) : -ENOMEM;

	for (unsigned int rounds = 0; !ret && c->count != before; rounds++) {
		uint32_t *old = c->class;

		ret = rounds < ROUNDS_MAX ? refine(b, next) : -EFBIG;
		c->class = next;
		next = old;
		before = c->count;
		c->count = intern_count(b->rows);
	}
	free(next);
	return ret;
}

int btf_classes_make(const struct btf *const *sections, size_t count, struct btf_classes **out,
		     struct elfsect_error *error)
{
	struct building b = {.classes = calloc(1, sizeof(*b.classes)), .names = intern_new(), .rows = intern_new()};
	int ret = -ENOMEM;

	if (b.classes && b.names && b.rows && find_parts(b.classes, sections, count))
		ret = make_classes(&b);
	intern_free(b.names);
	intern_free(b.rows);
	free(b.row);
	free(b.text);
	if (ret) {
		btf_classes_free(b.classes);
		if (ret == -EFBIG)
			return failure(error, EFBIG, "%s: BTF types nested more than %d deep", btf_name(sections[0]),
				       ROUNDS_MAX);
		return failure_errno(error, ENOMEM, "classes of BTF types");
	}
	*out = b.classes;
	return 0;
}

uint32_t btf_class(const struct btf_classes *c, const struct btf *section, uint32_t id)
{
	return c->class[node_of(c, section, id)];
}

uint32_t btf_classes_keys(const struct btf_classes *c)
{
	return c->count > c->names ? c->count : c->names;
}

uint32_t btf_classes_name(const struct btf_classes *c, const struct btf *section, uint32_t id)
{
	return c->name[node_of(c, section, id)];
}
