// SPDX-License-Identifier: LGPL-2.1-or-later
#include "btf/btf.h"

#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"

/*
 * The section:
 *
 *      0  u16 magic 0xeb9f | u8 version 1 | u8 flags 0 | u32 hdr_len 24
 *      8  u32 type_off | u32 type_len | u32 str_off | u32 str_len      (offsets from hdr_len on)
 *     24  types, strings
 *
 * A type: u32 name, u32 info (bits 0-15 members, 24-28 kind, 31 flag), u32 size or type; then, by its kind:
 *
 *     int: u32   array: 3 words   struct, union, enum64: 3 words a member   enum, prototype: 2   datasec: 3   var, tag:
 * u32
 */
enum { MAGIC = 0xeb9f, VERSION = 1, HEADER = 24, TYPE = 12 };
static const uint32_t info_known = 0x9f00ffff;

struct btf {
	const char *name;
	const struct btf *base;
	const uint8_t *types, *strings;
	uint32_t types_size, strings_size;
	uint32_t strings_start; /* the offset that its own strings begin with */
	uint32_t first, end;
	uint32_t *offsets; /* in types, of each of its own */
	uint8_t data;
};

/* How many words follow a type: those there always are, and those of each member. */
struct shape {
	const char *name;
	uint8_t words, member_words;
	bool refers;
	enum btf_word word[3]; /* of what follows */
};

#define NUMBER BTF_WORD_NUMBER
#define NAME   BTF_WORD_NAME
#define REF    BTF_WORD_TYPE

static const struct shape shapes[BTF_KINDS] = {
	[BTF_VOID] = {.name = "void"},
	[BTF_INT] = {.name = "int", .words = 1},
	[BTF_PTR] = {.name = "ptr", .refers = true},
	[BTF_ARRAY] = {.name = "array", .words = 3, .word = {REF, REF, NUMBER}},
	[BTF_STRUCT] = {.name = "struct", .member_words = 3, .word = {NAME, REF, NUMBER}},
	[BTF_UNION] = {.name = "union", .member_words = 3, .word = {NAME, REF, NUMBER}},
	[BTF_ENUM] = {.name = "enum", .member_words = 2, .word = {NAME, NUMBER}},
	[BTF_FWD] = {.name = "fwd"},
	[BTF_TYPEDEF] = {.name = "typedef", .refers = true},
	[BTF_VOLATILE] = {.name = "volatile", .refers = true},
	[BTF_CONST] = {.name = "const", .refers = true},
	[BTF_RESTRICT] = {.name = "restrict", .refers = true},
	[BTF_FUNC] = {.name = "func", .refers = true},
	[BTF_FUNC_PROTO] = {.name = "func_proto", .member_words = 2, .refers = true, .word = {NAME, REF}},
	[BTF_VAR] = {.name = "var", .words = 1, .refers = true},
	[BTF_DATASEC] = {.name = "datasec", .member_words = 3, .word = {REF, NUMBER, NUMBER}},
	[BTF_FLOAT] = {.name = "float"},
	[BTF_DECL_TAG] = {.name = "decl_tag", .words = 1, .refers = true},
	[BTF_TYPE_TAG] = {.name = "type_tag", .refers = true},
	[BTF_ENUM64] = {.name = "enum64", .member_words = 3, .word = {NAME, NUMBER, NUMBER}},
};

const char *btf_kind_name(enum btf_kind kind)
{
	return shapes[kind].name;
}

bool btf_refers(enum btf_kind kind)
{
	return shapes[kind].refers;
}

enum btf_word btf_word_is(enum btf_kind kind, uint32_t i)
{
	const struct shape *s = &shapes[kind];

	return s->word[s->member_words ? i % s->member_words : i];
}

const char *btf_name(const struct btf *btf)
{
	return btf->name;
}

const struct btf *btf_base(const struct btf *btf)
{
	return btf->base;
}

bool btf_identical(const struct btf *a, const struct btf *b)
{
	const uint64_t size = (uint64_t)a->types_size + a->strings_size;

	if (a == b)
		return true;
	if (!a->base != !b->base || (a->base && !btf_identical(a->base, b->base)))
		return false;
	/* The headers hold nothing but these. */
	return a->data == b->data && a->types_size == b->types_size && a->strings_size == b->strings_size &&
	       !memcmp(a->types, b->types, size);
}

uint32_t btf_first(const struct btf *btf)
{
	return btf->first;
}

uint32_t btf_end(const struct btf *btf)
{
	return btf->end;
}

uint32_t btf_word(const struct btf *btf, const struct btf_type *type, uint32_t i)
{
	return load_u32(type->rest + (size_t)4 * i, btf->data);
}

const char *btf_string(const struct btf *btf, uint32_t offset)
{
	if (offset < btf->strings_start)
		return btf_string(btf->base, offset);
	return (const char *)btf->strings + (offset - btf->strings_start);
}

/* The three words of a type; the name is not looked up. */
static struct btf_type type_at(const struct btf *btf, const uint8_t *p)
{
	const uint32_t info = load_u32(p + 4, btf->data);
	struct btf_type t = {
		.kind = (enum btf_kind)(info >> 24 & 0x1f),
		.info = info,
		.count = info & 0xffff,
		.size_or_type = load_u32(p + 8, btf->data),
		.rest = p + TYPE,
	};

	if (t.kind < BTF_KINDS)
		t.rest_words = shapes[t.kind].words + t.count * shapes[t.kind].member_words;
	return t;
}

struct btf_type btf_type(const struct btf *btf, uint32_t id)
{
	const uint8_t *p;
	struct btf_type t;

	if (!id)
		return (struct btf_type){.kind = BTF_VOID, .name = "void"};
	if (id < btf->first)
		return btf_type(btf->base, id);
	p = btf->types + btf->offsets[id - btf->first];
	t = type_at(btf, p);
	t.name = btf_string(btf, load_u32(p, btf->data));
	return t;
}

/* ---------------------------------------------------------------------------------------------------- reading */

static int read_header(struct btf *btf, const uint8_t *bytes, uint64_t size, struct elfsect_error *error)
{
	uint32_t types, strings;

	if (size < HEADER)
		return failure(error, EBADMSG, "%s: BTF of %llu bytes, less than its header", btf->name,
			       (unsigned long long)size);
	if (load_u16(bytes, ELFDATA2LSB) == MAGIC)
		btf->data = ELFDATA2LSB;
	else if (load_u16(bytes, ELFDATA2MSB) == MAGIC)
		btf->data = ELFDATA2MSB;
	else
		return failure(error, EBADMSG, "%s: not BTF: it begins with %02x %02x", btf->name, bytes[0], bytes[1]);
	if (btf->base && btf->base->data != btf->data)
		return failure(error, EBADMSG, "%s: BTF of another byte order than its base %s", btf->name,
			       btf->base->name);
	if (bytes[2] != VERSION || bytes[3] || load_u32(bytes + 4, btf->data) != HEADER)
		return failure(error, EBADMSG, "%s: BTF version %u, flags %u, a header of %u bytes: not known",
			       btf->name, bytes[2], bytes[3], load_u32(bytes + 4, btf->data));
	types = load_u32(bytes + 8, btf->data);
	btf->types_size = load_u32(bytes + 12, btf->data);
	strings = load_u32(bytes + 16, btf->data);
	btf->strings_size = load_u32(bytes + 20, btf->data);
	/* In this order, with nothing around: as every known writer has it, and nothing can hide. */
	if (types || strings != btf->types_size || (uint64_t)strings + btf->strings_size != size - HEADER)
		return failure(
			error, EBADMSG,
			"%s: BTF types at %u, %u bytes, strings at %u, %u bytes: they do not fill its %llu bytes",
			btf->name, types, btf->types_size, strings, btf->strings_size, (unsigned long long)size);
	btf->types = bytes + HEADER;
	btf->strings = btf->types + strings;
	return 0;
}

static int check_strings(const struct btf *btf, struct elfsect_error *error)
{
	/* Those of a split section may be none at all; others begin with the empty one. */
	if (!btf->strings_size)
		return btf->base ? 0
				 : failure(error, EBADMSG,
					   "%s: BTF without strings: that of a module may continue a base", btf->name);
	if (btf->strings[btf->strings_size - 1])
		return failure(error, EBADMSG, "%s: BTF strings that do not end with a zero byte", btf->name);
	if (!btf->base && btf->strings[0])
		return failure(error, EBADMSG,
			       "%s: BTF strings that do not begin with a zero byte; those of a module continue a base",
			       btf->name);
	return 0;
}

static int bad_type(const struct btf *btf, uint32_t id, struct elfsect_error *error, const char *what, uint32_t value)
{
	return failure(error, EBADMSG, "%s: BTF type %u: %s %u", btf->name, id, what, value);
}

/* Where each type begins. They are counted first: numbers may refer to later ones. */
static int find_types(struct btf *btf, struct elfsect_error *error)
{
	uint64_t place = 0;
	uint32_t id = btf->first;

	btf->offsets = malloc((btf->types_size / TYPE + 1) * sizeof(*btf->offsets));
	if (!btf->offsets)
		return failure_errno(error, ENOMEM, "%s", btf->name);
	for (; place < btf->types_size; id++) {
		struct btf_type t;

		if (!range_inside(place, TYPE, btf->types_size))
			return bad_type(btf, id, error, "cut off, at byte", (uint32_t)place);
		t = type_at(btf, btf->types + place);
		if (!t.kind || t.kind >= BTF_KINDS)
			return bad_type(btf, id, error, "of unknown kind", (uint32_t)t.kind);
		if (t.info & ~info_known)
			return bad_type(btf, id, error, "unknown bits in the info word", t.info);
		if (!range_inside(place + TYPE, (uint64_t)4 * t.rest_words, btf->types_size))
			return bad_type(btf, id, error, "cut off, with members", t.count);
		btf->offsets[id - btf->first] = (uint32_t)place;
		place += TYPE + (uint64_t)4 * t.rest_words;
	}
	btf->end = id;
	return 0;
}

/* Names begin where a string does: then there is one way to say a name, but for strings that are there twice. */
static bool is_string(const struct btf *btf, uint32_t offset)
{
	if (offset < btf->strings_start)
		return is_string(btf->base, offset);
	offset -= btf->strings_start;
	return offset < btf->strings_size && (!offset || !btf->strings[offset - 1]);
}

static int check_type(const struct btf *btf, uint32_t id, struct elfsect_error *error)
{
	const uint8_t *p = btf->types + btf->offsets[id - btf->first];
	const struct btf_type t = type_at(btf, p);

	if (!is_string(btf, load_u32(p, btf->data)))
		return bad_type(btf, id, error, "a name at", load_u32(p, btf->data));
	/* A function keeps its linkage there. */
	if (t.count && !shapes[t.kind].member_words && t.kind != BTF_FUNC)
		return bad_type(btf, id, error, "of a kind without members has", t.count);
	if (shapes[t.kind].refers && t.size_or_type >= btf->end)
		return bad_type(btf, id, error, "refers to type", t.size_or_type);
	if (t.kind == BTF_FUNC && btf_type(btf, t.size_or_type).kind != BTF_FUNC_PROTO)
		return bad_type(btf, id, error, "a function whose type is no prototype:", t.size_or_type);
	for (uint32_t i = 0; i < t.rest_words; i++) {
		const enum btf_word is = btf_word_is(t.kind, i);
		const uint32_t word = btf_word(btf, &t, i);

		if (is == BTF_WORD_NAME && !is_string(btf, word))
			return bad_type(btf, id, error, "a member's name at", word);
		if (is == BTF_WORD_TYPE && word >= btf->end)
			return bad_type(btf, id, error, "a member of type", word);
	}
	return 0;
}

int btf_parse(const uint8_t *bytes, uint64_t size, const struct btf *base, const char *name, struct btf **out,
	      struct elfsect_error *error)
{
	struct btf *btf;
	int ret;

	if (size > BTF_MAX_SIZE)
		return failure(error, EFBIG, "%s: BTF of %llu bytes; at most %llu are read", name,
			       (unsigned long long)size, (unsigned long long)BTF_MAX_SIZE);
	btf = calloc(1, sizeof(*btf));
	if (!btf)
		return failure_errno(error, ENOMEM, "%s", name);
	btf->name = name;
	btf->base = base;
	btf->first = base ? base->end : 1;
	btf->strings_start = base ? base->strings_start + base->strings_size : 0;
	ret = read_header(btf, bytes, size, error) ?: check_strings(btf, error) ?: find_types(btf, error);
	for (uint32_t id = btf->first; !ret && id < btf->end; id++)
		ret = check_type(btf, id, error);
	if (ret) {
		btf_free(btf);
		return ret;
	}
	*out = btf;
	return 0;
}

void btf_free(struct btf *btf)
{
	if (!btf)
		return;
	free(btf->offsets);
	free(btf);
}

/* ------------------------------------------------------------------------------------------- strings in use */

static void mark(const struct btf *btf, uint8_t *used, uint32_t offset)
{
	if (offset >= btf->strings_start)
		used[offset - btf->strings_start] = 1;
}

static bool has_string(const struct btf *btf, const char *text)
{
	const size_t size = strlen(text) + 1;
	const uint8_t *at = btf->strings, *end = btf->strings + btf->strings_size;

	for (; (at = memmem(at, (size_t)(end - at), text, size)); at++)
		if (at == btf->strings || !at[-1])
			return true;
	return false;
}

static bool any_has_string(const struct btf *const *list, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (has_string(list[i], text))
			return true;
	return false;
}

bool btf_unused_string(const struct btf *btf, const struct btf *const *others, size_t count, uint32_t *offset,
		       struct elfsect_error *error)
{
	autofree uint8_t *used = calloc(1, (size_t)btf->strings_size + 1);

	if (!used) {
		error_set_errno(error, ENOMEM, "%s", btf->name);
		return true;
	}
	for (uint32_t id = btf->first; id < btf->end; id++) {
		const uint8_t *p = btf->types + btf->offsets[id - btf->first];
		const struct btf_type t = type_at(btf, p);

		mark(btf, used, load_u32(p, btf->data));
		for (uint32_t i = 0; i < t.rest_words; i++)
			if (btf_word_is(t.kind, i) == BTF_WORD_NAME)
				mark(btf, used, btf_word(btf, &t, i));
	}
	/* The empty string is there in any case. */
	for (uint32_t at = 0; at < btf->strings_size; at += (uint32_t)strlen((const char *)btf->strings + at) + 1) {
		if (used[at] || !btf->strings[at] || any_has_string(others, count, (const char *)btf->strings + at))
			continue;
		*offset = at;
		error_set(error, "%s: BTF string '%s' at %u is no type's name", btf->name,
			  (const char *)btf->strings + at, at);
		return true;
	}
	return false;
}
