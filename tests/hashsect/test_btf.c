// SPDX-License-Identifier: GPL-2.0-or-later
/* BTF: what is read and what is refused; the same types in another order; what proves that a section is of this build.
 */
#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "btf/classes.h"
#include "btf/prove.h"
#include "hashsect.h"

/* ------------------------------------------------------------------------------------------------------ a builder */

/* A section under construction; of a split one the numbers and offsets begin behind those of its base. */
struct builder {
	uint8_t data;
	uint8_t types[8192], strings[4096];
	uint32_t types_size, strings_size;
	uint32_t first, strings_start, count;
};

static void begin(struct builder *b, uint8_t data, const struct builder *base)
{
	*b = (struct builder){.data = data, .first = 1};
	if (base) {
		b->first = base->first + base->count;
		b->strings_start = base->strings_start + base->strings_size;
	} else {
		b->strings_size = 1;
	}
}

static uint32_t name_at(struct builder *b, const char *name)
{
	const uint32_t size = (uint32_t)strlen(name) + 1;

	if (size == 1)
		return 0;
	for (uint32_t at = b->strings_start ? 0 : 1; at < b->strings_size;
	     at += (uint32_t)strlen((char *)b->strings + at) + 1)
		if (!strcmp((char *)b->strings + at, name))
			return b->strings_start + at;
	memcpy(b->strings + b->strings_size, name, size);
	b->strings_size += size;
	return b->strings_start + b->strings_size - size;
}

static void word(struct builder *b, uint32_t value)
{
	store_u32(b->types + b->types_size, b->data, value);
	b->types_size += 4;
}

/* A type without what follows it; returns its number. */
static uint32_t type(struct builder *b, enum btf_kind kind, const char *name, uint32_t count, uint32_t size_or_type)
{
	word(b, name_at(b, name));
	word(b, (uint32_t)kind << 24 | count);
	word(b, size_or_type);
	return b->first + b->count++;
}

static uint32_t int_type(struct builder *b, const char *name, uint32_t bits)
{
	const uint32_t id = type(b, BTF_INT, name, 0, bits / 8);

	word(b, bits);
	return id;
}

static void member(struct builder *b, const char *name, uint32_t of, uint32_t offset)
{
	word(b, name_at(b, name));
	word(b, of);
	word(b, offset);
}

static uint32_t prototype(struct builder *b, uint32_t returns, const char *parameter, uint32_t of)
{
	const uint32_t id = type(b, BTF_FUNC_PROTO, "", 1, returns);

	word(b, name_at(b, parameter));
	word(b, of);
	return id;
}

static uint8_t *section(const struct builder *b, size_t *size)
{
	uint8_t *bytes;

	*size = 24 + (size_t)b->types_size + b->strings_size;
	bytes = calloc(1, *size);
	assert_non_null(bytes);
	store_u16(bytes, b->data, 0xeb9f);
	bytes[2] = 1;
	store_u32(bytes + 4, b->data, 24);
	store_u32(bytes + 12, b->data, b->types_size);
	store_u32(bytes + 16, b->data, b->types_size);
	store_u32(bytes + 20, b->data, b->strings_size);
	memcpy(bytes + 24, b->types, b->types_size);
	memcpy(bytes + 24 + b->types_size, b->strings, b->strings_size);
	return bytes;
}

/* A section that was read, and its bytes. */
struct read_section {
	uint8_t *bytes;
	struct btf *btf;
};

static struct read_section built(const struct builder *b, const struct btf *base)
{
	struct elfsect_error error;
	struct read_section r;
	size_t size;

	r.bytes = section(b, &size);
	if (btf_parse(r.bytes, size, base, "built", &r.btf, &error))
		fail_msg("%s", error.message);
	return r;
}

static void forget(struct read_section *r)
{
	btf_free(r->btf);
	free(r->bytes);
}

static struct btf_comparison compared(const struct btf *a, const struct btf *b)
{
	struct btf_comparison c;

	assert_int_equal(btf_compare(a, b, &c, NULL), 0);
	return c;
}

/* ---------------------------------------------------------------------------------------------- a small kernel */

/*
 * Each kind once, a list that points at itself, two structures that point at each other, and functions. Other orders
 * have the same types with other numbers.
 */
static void kernel(struct builder *b, uint8_t data, int order)
{
	uint32_t i, list, ring[2], pointer, proto;

	begin(b, data, NULL);
	if (order)
		type(b, BTF_FLOAT, "float", 0, 4);
	i = int_type(b, "int", 32);
	if (order)
		int_type(b, "char", 8);
	list = b->count + b->first;
	type(b, BTF_STRUCT, "list", 2, 16);
	member(b, "next", list + 1, 0);
	member(b, "value", i, 64);
	pointer = type(b, BTF_PTR, "", 0, list);
	assert_int_equal(pointer, list + 1);
	ring[0] = b->count + b->first;
	ring[1] = ring[0] + 2;
	type(b, BTF_STRUCT, order ? "pong" : "ping", 1, 8);
	member(b, "other", ring[0] + 1, 0);
	type(b, BTF_PTR, "", 0, ring[1]);
	type(b, BTF_STRUCT, order ? "ping" : "pong", 1, 8);
	member(b, "other", ring[1] + 1, 0);
	type(b, BTF_PTR, "", 0, ring[0]);
	type(b, BTF_ARRAY, "", 0, 0);
	word(b, list);
	word(b, i);
	word(b, 7);
	type(b, BTF_UNION, "both", 2, 8);
	member(b, "list", pointer, 0);
	member(b, "value", i, 0);
	type(b, BTF_ENUM, "colour", 1, 4);
	word(b, name_at(b, "RED"));
	word(b, 3);
	type(b, BTF_ENUM64, "large", 1, 8);
	word(b, name_at(b, "HUGE"));
	word(b, 1);
	word(b, 2);
	type(b, BTF_FWD, "unknown", 0, 0);
	type(b, BTF_TYPEDEF, "word_t", 0, i);
	type(b, BTF_CONST, "", 0, type(b, BTF_VOLATILE, "", 0, i));
	type(b, BTF_RESTRICT, "", 0, pointer);
	type(b, BTF_TYPE_TAG, "user", 0, i);
	proto = prototype(b, i, "list", pointer);
	type(b, BTF_DECL_TAG, "kfunc", 0, type(b, BTF_FUNC, "walk", 1, proto));
	word(b, UINT32_MAX);
	type(b, BTF_DATASEC, ".data..percpu", 1, 4);
	word(b, b->first + b->count);
	word(b, 0);
	word(b, 4);
	type(b, BTF_VAR, "counter", 0, i);
	word(b, 1);
	if (!order) {
		int_type(b, "char", 8);
		type(b, BTF_FLOAT, "float", 0, 4);
	}
}

static const uint8_t orders[] = {ELFDATA2LSB, ELFDATA2MSB};

static void test_the_same_in_another_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct builder one, other;
		struct read_section a, b;
		struct btf_comparison c;

		kernel(&one, orders[i], 0);
		kernel(&other, orders[i], 1);
		a = built(&one, NULL);
		b = built(&other, NULL);
		c = compared(a.btf, a.btf);
		assert_true(c.identical && btf_same_types(&c));
		c = compared(a.btf, b.btf);
		assert_false(c.identical);
		assert_true(btf_same_types(&c));
		assert_int_equal(c.types[0], c.types[1]);
		assert_int_equal(c.functions[0], 1);
		forget(&a);
		forget(&b);
	}
}

static void test_byte_orders_say_the_same(void **state)
{
	struct builder one, other;
	struct read_section a, b;
	struct btf_comparison c;

	(void)state;
	kernel(&one, ELFDATA2LSB, 0);
	kernel(&other, ELFDATA2MSB, 1);
	a = built(&one, NULL);
	b = built(&other, NULL);
	c = compared(a.btf, b.btf);
	assert_false(c.identical);
	assert_true(btf_same_types(&c));
	forget(&a);
	forget(&b);
}

/* Whatever bit is another: refused, or other types. */
static void test_every_bit_counts(void **state)
{
	(void)state;
	for (size_t order = 0; order < 2; order++) {
		struct builder one;
		struct read_section a;
		uint8_t *bytes;
		size_t size, refused = 0, different = 0;

		kernel(&one, orders[order], 0);
		a = built(&one, NULL);
		bytes = section(&one, &size);
		for (size_t bit = 0; bit < 8 * size; bit++) {
			struct btf_comparison c;
			struct btf *btf;

			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (btf_parse(bytes, size, NULL, "flipped", &btf, NULL)) {
				refused++;
			} else {
				c = compared(a.btf, btf);
				if (c.identical || btf_same_types(&c))
					fail_msg("bit %zu does not count", bit);
				different++;
				btf_free(btf);
			}
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_true(refused > 1000 && different > 1000);
		free(bytes);
		forget(&a);
	}
}

static void test_cut_off_anywhere(void **state)
{
	struct builder one;
	uint8_t *bytes;
	size_t size;

	(void)state;
	kernel(&one, ELFDATA2LSB, 0);
	bytes = section(&one, &size);
	for (size_t i = 0; i < size; i++) {
		/* Memory that ends there, so that a sanitizer sees who reads on. */
		uint8_t *cut = malloc(i ? i : 1);
		struct btf *btf;

		assert_non_null(cut);
		memcpy(cut, bytes, i);
		assert_int_equal(btf_parse(cut, i, NULL, "cut", &btf, NULL), -EBADMSG);
		free(cut);
	}
	free(bytes);
}

static void refused_with(const struct builder *b, const struct btf *base, const char *words)
{
	struct elfsect_error error;
	struct btf *btf;
	size_t size;
	uint8_t *bytes = section(b, &size);

	assert_int_equal(btf_parse(bytes, size, base, "bad", &btf, &error), -EBADMSG);
	if (!strstr(error.message, words))
		fail_msg("no '%s' in '%s'", words, error.message);
	free(bytes);
}

static void test_what_is_refused(void **state)
{
	struct builder b;

	(void)state;
	begin(&b, ELFDATA2LSB, NULL);
	type(&b, BTF_PTR, "", 0, 2);
	refused_with(&b, NULL, "type 1: refers to type 2");
	begin(&b, ELFDATA2LSB, NULL);
	type(&b, (enum btf_kind)20, "", 0, 0);
	refused_with(&b, NULL, "type 1: of unknown kind 20");
	begin(&b, ELFDATA2LSB, NULL);
	type(&b, BTF_VOID, "", 0, 0);
	refused_with(&b, NULL, "type 1: of unknown kind 0");
	begin(&b, ELFDATA2LSB, NULL);
	type(&b, BTF_PTR, "", 1, 0);
	refused_with(&b, NULL, "type 1: of a kind without members has 1");
	begin(&b, ELFDATA2LSB, NULL);
	type(&b, BTF_STRUCT, "s", 2, 4);
	member(&b, "one", 0, 0);
	refused_with(&b, NULL, "type 1: cut off, with members 2");
	begin(&b, ELFDATA2LSB, NULL);
	type(&b, BTF_STRUCT, "s", 1, 4);
	member(&b, "one", 9, 0);
	refused_with(&b, NULL, "type 1: a member of type 9");
	begin(&b, ELFDATA2LSB, NULL);
	type(&b, BTF_FUNC, "f", 0, 0);
	refused_with(&b, NULL, "type 1: a function whose type is no prototype: 0");
	begin(&b, ELFDATA2LSB, NULL);
	type(&b, BTF_FWD, "f", 0, 0);
	b.strings[b.strings_size - 1] = 'x';
	refused_with(&b, NULL, "do not end with a zero byte");
	b.strings[b.strings_size - 1] = 0;
	b.strings[0] = 'x';
	refused_with(&b, NULL, "do not begin with a zero byte");
	b.strings_size = 0;
	refused_with(&b, NULL, "without strings");
}

/* A chain so long that telling its ends apart would take for ever. */
static void test_a_chain_without_end(void **state)
{
	enum { LENGTH = 20000, SIZE = 24 + 12 * LENGTH + 1 };
	uint8_t *bytes = calloc(1, SIZE);
	struct btf_comparison c;
	struct elfsect_error error;
	struct btf *btf;

	(void)state;
	assert_non_null(bytes);
	store_u32(bytes, ELFDATA2LSB, 0x1eb9f);
	store_u32(bytes + 4, ELFDATA2LSB, 24);
	store_u32(bytes + 12, ELFDATA2LSB, 12 * LENGTH);
	store_u32(bytes + 16, ELFDATA2LSB, 12 * LENGTH);
	store_u32(bytes + 20, ELFDATA2LSB, 1);
	for (uint32_t i = 0; i < LENGTH; i++) {
		store_u32(bytes + 24 + 12 * i + 4, ELFDATA2LSB, (uint32_t)BTF_PTR << 24);
		store_u32(bytes + 24 + 12 * i + 8, ELFDATA2LSB, i);
	}
	assert_int_equal(btf_parse(bytes, SIZE, NULL, "chain", &btf, &error), 0);
	assert_int_equal(btf_compare(btf, btf, &c, &error), -EFBIG);
	assert_non_null(strstr(error.message, "chain: BTF types nested"));
	btf_free(btf);
	free(bytes);
}

static void test_classes_see_through_cycles(void **state)
{
	struct builder b;
	struct read_section r;
	struct btf_classes *classes;
	uint32_t first, i;

	(void)state;
	begin(&b, ELFDATA2LSB, NULL);
	/* Two lists of one shape, and one that differs where its pointer leads. */
	for (i = 0; i < 3; i++) {
		first = b.first + b.count;
		type(&b, BTF_STRUCT, "list", 1, 8);
		member(&b, "next", first + 1, 0);
		type(&b, BTF_PTR, "", 0, i == 2 ? 0 : first);
	}
	r = built(&b, NULL);
	assert_int_equal(btf_classes_make((const struct btf *[]){r.btf}, 1, &classes, NULL), 0);
	assert_int_equal(btf_class(classes, r.btf, 1), btf_class(classes, r.btf, 3));
	assert_int_equal(btf_class(classes, r.btf, 2), btf_class(classes, r.btf, 4));
	assert_int_not_equal(btf_class(classes, r.btf, 1), btf_class(classes, r.btf, 5));
	assert_int_not_equal(btf_class(classes, r.btf, 2), btf_class(classes, r.btf, 6));
	btf_classes_free(classes);
	forget(&r);
}

/* How often a type is there counts too. */
static void test_one_type_too_many(void **state)
{
	struct builder one, other;
	struct read_section a, b;
	struct btf_comparison c;

	(void)state;
	kernel(&one, ELFDATA2LSB, 0);
	kernel(&other, ELFDATA2LSB, 1);
	int_type(&other, "int", 32);
	a = built(&one, NULL);
	b = built(&other, NULL);
	c = compared(a.btf, b.btf);
	assert_int_equal(c.other.count, 1);
	assert_int_equal(c.other.first[0].side, 1);
	assert_int_equal(c.other.first[0].kind, BTF_INT);
	assert_string_equal(c.other.first[0].name, "int");
	assert_int_equal(c.other.first[0].more, 1);
	forget(&a);
	forget(&b);
}

/* ---------------------------------------------------------------------------------------------------- modules */

static void module(struct builder *b, uint8_t data, const struct builder *base, uint32_t base_int, bool order)
{
	begin(b, data, base);
	if (order)
		int_type(b, "short", 16);
	type(b, BTF_STRUCT, "driver", 1, 4);
	member(b, "irq", base_int, 0);
	if (!order)
		int_type(b, "short", 16);
}

static void test_split_sections(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct builder base[2], split[2];
		struct read_section vmlinux[2], a, b;
		struct btf_comparison c;

		/* The number of int is 1 in one order, 2 in the other. */
		kernel(&base[0], orders[i], 0);
		kernel(&base[1], orders[i], 1);
		vmlinux[0] = built(&base[0], NULL);
		vmlinux[1] = built(&base[1], NULL);
		module(&split[0], orders[i], &base[0], 1, false);
		module(&split[1], orders[i], &base[0], 1, true);
		a = built(&split[0], vmlinux[0].btf);
		b = built(&split[1], vmlinux[0].btf);
		c = compared(a.btf, b.btf);
		assert_true(!c.identical && btf_same_types(&c));
		assert_int_equal(c.types[0], 2);
		forget(&b);
		module(&split[1], orders[i], &base[1], 2, true);
		b = built(&split[1], vmlinux[1].btf);
		c = compared(a.btf, b.btf);
		assert_true(!c.identical && btf_same_types(&c));
		forget(&b);
		/* A member of another type of the base. */
		module(&split[1], orders[i], &base[0], 2, true);
		b = built(&split[1], vmlinux[0].btf);
		c = compared(a.btf, b.btf);
		assert_false(btf_same_types(&c));
		assert_string_equal(c.other.first[0].name, "driver");
		forget(&b);
		forget(&a);
		refused_with(&split[0], NULL, "");
		forget(&vmlinux[0]);
		forget(&vmlinux[1]);
	}
}

static void test_a_base_of_another_byte_order(void **state)
{
	struct builder base, split;
	struct read_section vmlinux;

	(void)state;
	kernel(&base, ELFDATA2LSB, 0);
	vmlinux = built(&base, NULL);
	module(&split, ELFDATA2MSB, &base, 1, false);
	refused_with(&split, vmlinux.btf, "another byte order than its base built");
	forget(&vmlinux);
}

/* ----------------------------------------------------------------------------------------------------- proofs */

/* Functions of one name; which of their prototypes are there is a matter of bits. */
static struct read_section functions(unsigned int which, const char *more)
{
	static const char *const parameters[] = {"buf", "buffer", "data"};
	struct builder b;
	uint32_t i;

	begin(&b, ELFDATA2LSB, NULL);
	i = int_type(&b, "int", 32);
	for (unsigned int p = 0; p < 3; p++)
		if (which & 1U << p)
			type(&b, BTF_FUNC, "nofill", 0, prototype(&b, i, parameters[p], i));
	if (more)
		type(&b, BTF_FUNC, more, 0, prototype(&b, i, "buf", i));
	return built(&b, NULL);
}

static struct btf_proof proof_of(const struct btf *official, const struct btf *a, const struct btf *b)
{
	const struct btf *runs[] = {a, b};
	struct btf_proof proof;

	assert_int_equal(btf_prove(official, runs, b ? 2 : 1, &proof, NULL), 0);
	return proof;
}

static void test_prototypes_of_several_runs(void **state)
{
	struct read_section official = functions(6, NULL), one = functions(1, NULL), two = functions(2, NULL),
			    four = functions(4, NULL);
	struct btf_proof p;

	(void)state;
	p = proof_of(official.btf, one.btf, NULL);
	assert_false(btf_proven(&p));
	assert_int_equal(p.against_first.names.count, 0);
	/* Two functions, and their prototypes. */
	assert_int_equal(p.unexplained.count, 4);
	p = proof_of(official.btf, one.btf, two.btf);
	assert_false(btf_proven(&p));
	assert_int_equal(p.unexplained.count, 2);
	assert_int_equal(p.from_runs, 2);
	assert_string_equal(p.unexplained.first[1].name, "nofill");
	p = proof_of(official.btf, two.btf, four.btf);
	assert_true(btf_proven(&p));
	assert_false(p.identical);
	p = proof_of(official.btf, four.btf, official.btf);
	assert_true(p.identical && btf_proven(&p));
	forget(&official);
	forget(&one);
	forget(&two);
	forget(&four);
}

static void test_a_function_that_is_not_there(void **state)
{
	struct read_section official = functions(1, "backdoor"), run = functions(1, NULL);
	struct btf_proof p;

	(void)state;
	p = proof_of(official.btf, run.btf, NULL);
	assert_false(btf_proven(&p));
	assert_int_equal(p.against_first.names.count, 1);
	assert_string_equal(p.against_first.names.first[0].name, "backdoor");
	/* And one that is missing in it. */
	p = proof_of(run.btf, official.btf, NULL);
	assert_false(btf_proven(&p));
	assert_int_equal(p.against_first.names.first[0].side, 1);
	forget(&official);
	forget(&run);
}

/* A function that the base has is not written again; one with another prototype is. */
static void test_a_function_of_the_base(void **state)
{
	struct builder base, split;
	struct read_section vmlinux, with, without;
	struct btf_proof p;
	uint32_t i;

	(void)state;
	begin(&base, ELFDATA2LSB, NULL);
	i = int_type(&base, "int", 32);
	type(&base, BTF_FUNC, "nofill", 0, prototype(&base, i, "buf", i));
	vmlinux = built(&base, NULL);
	begin(&split, ELFDATA2LSB, &base);
	int_type(&split, "short", 16);
	without = built(&split, vmlinux.btf);
	type(&split, BTF_FUNC, "nofill", 0, prototype(&split, i, "buffer", i));
	with = built(&split, vmlinux.btf);
	p = proof_of(without.btf, with.btf, NULL);
	assert_true(btf_proven(&p) && !p.identical);
	/* But not the other way round: nobody knows where its prototype is from. */
	p = proof_of(with.btf, without.btf, NULL);
	assert_false(btf_proven(&p));
	assert_int_equal(p.against_first.names.count, 0);
	assert_int_equal(p.unexplained.count, 2);
	forget(&with);
	forget(&without);
	forget(&vmlinux);
}

static void test_a_type_that_is_not_there(void **state)
{
	struct builder one, other;
	struct read_section a, b;
	struct btf_proof p;

	(void)state;
	kernel(&one, ELFDATA2LSB, 0);
	kernel(&other, ELFDATA2LSB, 1);
	type(&other, BTF_FWD, "surprise", 0, 0);
	a = built(&one, NULL);
	b = built(&other, NULL);
	p = proof_of(b.btf, a.btf, NULL);
	assert_false(btf_proven(&p));
	assert_int_equal(p.unexplained.count, 1);
	assert_string_equal(p.unexplained.first[0].name, "surprise");
	/* What is only declared need not be there. */
	assert_true(btf_proven((p = proof_of(a.btf, b.btf, NULL), &p)) && !p.identical);
	forget(&a);
	forget(&b);
}

/* A structure of a module, as its files have it: with the one that it points at, or with a declaration of that. */
static struct read_section two_forms(const struct builder *base, const struct btf *vmlinux, bool whole, bool declared)
{
	struct builder b;
	uint32_t inner;

	begin(&b, ELFDATA2LSB, base);
	if (whole) {
		inner = type(&b, BTF_STRUCT, "inner", 0, 0);
		type(&b, BTF_STRUCT, "outer", 1, 8);
		member(&b, "in", b.first + b.count, 0);
		type(&b, BTF_PTR, "", 0, inner);
	}
	if (declared) {
		inner = type(&b, BTF_FWD, "inner", 0, 0);
		type(&b, BTF_STRUCT, "outer", 1, 8);
		member(&b, "in", b.first + b.count, 0);
		type(&b, BTF_PTR, "", 0, inner);
	}
	return built(&b, vmlinux);
}

static void test_forms_of_several_runs(void **state)
{
	struct builder base;
	struct read_section vmlinux, both, whole, declared;
	struct btf_proof p;

	(void)state;
	begin(&base, ELFDATA2LSB, NULL);
	int_type(&base, "int", 32);
	vmlinux = built(&base, NULL);
	both = two_forms(&base, vmlinux.btf, true, true);
	whole = two_forms(&base, vmlinux.btf, true, false);
	declared = two_forms(&base, vmlinux.btf, false, true);
	p = proof_of(both.btf, whole.btf, NULL);
	assert_false(btf_proven(&p));
	assert_int_equal(p.missing.count, 0);
	assert_int_equal(p.unexplained.count, 3);
	p = proof_of(both.btf, whole.btf, declared.btf);
	assert_true(btf_proven(&p));
	assert_int_equal(p.from_runs, 3);
	/* One form is enough, but a structure has to be there. */
	p = proof_of(whole.btf, both.btf, NULL);
	assert_true(btf_proven(&p));
	p = proof_of(declared.btf, both.btf, NULL);
	assert_false(btf_proven(&p));
	assert_int_equal(p.missing.count, 1);
	assert_string_equal(p.missing.first[0].name, "inner");
	assert_int_equal(p.missing.first[0].side, 1);
	forget(&declared);
	forget(&whole);
	forget(&both);
	forget(&vmlinux);
}

static struct read_section with_enumeration(const char *name, uint32_t value)
{
	struct builder b;

	begin(&b, ELFDATA2LSB, NULL);
	int_type(&b, "int", 32);
	if (value) {
		type(&b, BTF_ENUM, name, 1, 4);
		word(&b, name_at(&b, "LIMIT"));
		word(&b, value);
	}
	return built(&b, NULL);
}

/* What has no name and nothing refers to is missed all the same; and a typedef is no structure of its name. */
static void test_types_that_are_missing(void **state)
{
	struct read_section none = with_enumeration("", 0), limit = with_enumeration("", 7),
			    named = with_enumeration("list", 7);
	struct builder b;
	struct read_section alias;
	struct btf_proof p;

	(void)state;
	p = proof_of(none.btf, limit.btf, NULL);
	assert_false(btf_proven(&p));
	assert_int_equal(p.missing.count, 1);
	assert_int_equal(p.missing.first[0].kind, BTF_ENUM);
	begin(&b, ELFDATA2LSB, NULL);
	type(&b, BTF_TYPEDEF, "list", 0, int_type(&b, "int", 32));
	alias = built(&b, NULL);
	p = proof_of(alias.btf, named.btf, NULL);
	assert_false(btf_proven(&p));
	assert_int_equal(p.missing.count, 1);
	assert_string_equal(p.missing.first[0].name, "list");
	forget(&alias);
	forget(&named);
	forget(&limit);
	forget(&none);
}

/* Bytes that no type uses could be anything. */
static void test_a_string_that_nothing_uses(void **state)
{
	struct builder one, other;
	struct read_section a, b;
	struct btf_proof p;
	struct elfsect_error error;

	(void)state;
	kernel(&one, ELFDATA2LSB, 0);
	kernel(&other, ELFDATA2LSB, 1);
	name_at(&other, "a message");
	a = built(&one, NULL);
	b = built(&other, NULL);
	assert_int_equal(btf_prove(b.btf, (const struct btf *[]){a.btf}, 1, &p, &error), -EBADMSG);
	assert_non_null(strstr(error.message, "'a message'"));
	forget(&a);
	forget(&b);
}

/* What the library offers to others. */
static void test_the_public_function(void **state)
{
	struct builder base[2], split;
	size_t size[2], split_size;
	uint8_t *bytes[2], *module_bytes;
	enum hashsect_btf_verdict verdict;
	struct hashsect_btf a = {.name = "a"}, b = {.name = "b"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		kernel(&base[i], ELFDATA2LSB, i);
		bytes[i] = section(&base[i], &size[i]);
	}
	module(&split, ELFDATA2LSB, &base[0], 1, false);
	module_bytes = section(&split, &split_size);
	a.bytes = bytes[0];
	a.size = size[0];
	b = a;
	assert_int_equal(hashsect_btf_compare(&a, &b, &verdict, NULL), 0);
	assert_int_equal(verdict, HASHSECT_BTF_IDENTICAL);
	b.bytes = bytes[1];
	b.size = size[1];
	assert_int_equal(hashsect_btf_compare(&a, &b, &verdict, NULL), 0);
	assert_int_equal(verdict, HASHSECT_BTF_REORDERED);
	/* The same bytes behind other bases: a member is an int here and something else there. */
	a = (struct hashsect_btf){module_bytes, split_size, bytes[0], size[0], "a"};
	b = a;
	assert_int_equal(hashsect_btf_compare(&a, &b, &verdict, NULL), 0);
	assert_int_equal(verdict, HASHSECT_BTF_IDENTICAL);
	b.base = bytes[1];
	assert_int_equal(hashsect_btf_compare(&a, &b, &verdict, NULL), 0);
	assert_int_equal(verdict, HASHSECT_BTF_DIFFERENT);
	a.base = NULL;
	assert_int_equal(hashsect_btf_compare(&a, &b, &verdict, NULL), -EBADMSG);
	free(module_bytes);
	free(bytes[0]);
	free(bytes[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_in_another_order),
		cmocka_unit_test(test_byte_orders_say_the_same),
		cmocka_unit_test(test_every_bit_counts),
		cmocka_unit_test(test_cut_off_anywhere),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_a_chain_without_end),
		cmocka_unit_test(test_classes_see_through_cycles),
		cmocka_unit_test(test_one_type_too_many),
		cmocka_unit_test(test_split_sections),
		cmocka_unit_test(test_a_base_of_another_byte_order),
		cmocka_unit_test(test_the_public_function),
		cmocka_unit_test(test_prototypes_of_several_runs),
		cmocka_unit_test(test_a_function_that_is_not_there),
		cmocka_unit_test(test_a_function_of_the_base),
		cmocka_unit_test(test_a_type_that_is_not_there),
		cmocka_unit_test(test_forms_of_several_runs),
		cmocka_unit_test(test_types_that_are_missing),
		cmocka_unit_test(test_a_string_that_nothing_uses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
