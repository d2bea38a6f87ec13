// SPDX-License-Identifier: GPL-2.0-or-later
/* Slots of linked files: found by name, filled, and every way in which that is refused. */
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "edited.h"
#include "elf_builder_internal.h"
#include "keyring.h"
#include "sample.h"
#include "base/cleanup.h"

enum { BASE = 0x100000, INIT = BASE + 0x1000, HASHES = BASE + 0x3000, SLOT = 450 };

/* A linked file that is still open for additions. */
struct linked {
	struct elf_builder *b;
	uint32_t text, init, hashes, bss;
	uint64_t keyring; /* offset in .init.data */
};

static uint32_t place(struct elf_builder *b, const char *name, uint32_t type, uint64_t flags, const void *bytes,
		      uint64_t size, uint64_t addr)
{
	const uint32_t index = elf_builder_section(b, name, type, flags, bytes, size, 8);

	elf_builder_at(b, index)->addr = addr;
	return index;
}

enum { KEYRING = 1, HASH_SECTION = 2, SYMBOLS = 4 };

static struct linked make(const struct elf_variant *v, unsigned int parts)
{
	const struct keyring keyring = {.module = &test_certificate_p256, .slot = SLOT};
	struct linked l = {.b = elf_builder_new(v->class, v->data, ET_EXEC, v->machine), .keyring = 16};
	uint8_t bytes[0x1000] = "initial data....";

	l.text = place(l.b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, "0123456789abcdefghijklmnopqrstuv", 32,
		       BASE);
	if (parts & KEYRING)
		keyring_write(l.b, &keyring, bytes + l.keyring);
	l.init = place(l.b, ".init.data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, bytes, sizeof(bytes), INIT);
	l.hashes = place(l.b, parts & HASH_SECTION ? ".module_hashes" : ".other", SHT_PROGBITS, SHF_ALLOC, NULL, 96,
			 HASHES);
	l.bss = place(l.b, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, HASHES + 0x100);
	if (parts & KEYRING && parts & SYMBOLS)
		keyring_define(l.b, &keyring, l.init, INIT + l.keyring);
	if (parts & SYMBOLS) {
		elf_builder_symbol(l.b, "code", CASE_FUNCTION, 0, l.text, BASE, 32);
		elf_builder_symbol(l.b, "object", CASE_GLOBAL, 0, l.init, INIT + 8, 8);
		elf_builder_symbol(l.b, "later", CASE_GLOBAL, 0, l.init, INIT + 0xf00, 0);
		elf_builder_symbol(l.b, "zeros", CASE_GLOBAL, 0, l.bss, HASHES + 0x100, 16);
	}
	return l;
}

static struct elf_builder *finish(struct linked *l)
{
	elf_builder_segment(l->b, PT_LOAD, PF_R | PF_X, l->text, l->text, BASE);
	elf_builder_segment(l->b, PT_LOAD, PF_R | PF_W, l->init, l->bss, INIT);
	return l->b;
}

static int fill(struct edited *e, const struct elfsect_system_map *map, enum elfsect_slot_kind kind, const char *name,
		const char *data, size_t size, struct elfsect_error *error)
{
	struct elfsect_slot slot;
	const int ret = elfsect_slot_find(e->view, map, kind, name, &slot, error);

	return ret ? ret : elfsect_plan_fill(e->view, &slot, (const uint8_t *)data, size, &e->plan, error);
}

static void fill_ok(struct edited *e, enum elfsect_slot_kind kind, const char *name, const char *data, size_t size)
{
	struct elfsect_error error = {""};

	if (fill(e, NULL, kind, name, data, size, &error))
		fail_msg("%s: %s", name, error.message);
	assert_int_equal(elfsect_plan_size(e->plan), e->builder->size);
	edited_apply(e, "*");
}

/* Finish, try, expect a refusal. */
static void refused(struct linked l, enum elfsect_slot_kind kind, const char *name, size_t size, int code,
		    const char *word)
{
	static const char data[0x2000];
	struct elfsect_error error = {""};
	struct edited e;

	edited_start(&e, finish(&l));
	expect_refusal(fill(&e, NULL, kind, name, data, size, &error), code, &error, word);
	assert_null(strchr(error.message, '\n'));
	edited_end(&e);
}

/* The content of a region of the result: data, then zeros. */
static void expect_region(const struct edited *e, enum elfsect_slot_kind kind, const char *name, const char *data,
			  size_t size)
{
	struct elfsect_error error = {""};
	struct elfsect_slot slot;
	const uint8_t *bytes;

	if (elfsect_slot_find(e->result, NULL, kind, name, &slot, &error))
		fail_msg("%s", error.message);
	bytes = elfsect_region_bytes(e->result, &slot.region);
	if (size)
		assert_memory_equal(bytes, data, size);
	for (uint64_t i = size; i < slot.region.size; i++)
		assert_int_equal(bytes[i], 0);
	if (slot.has_words) {
		const uint64_t list = test_certificate_p256.size;

		assert_int_equal(elfsect_load(e->result, elfsect_region_bytes(e->result, &slot.used), 4), size);
		assert_int_equal(elfsect_load(e->result, elfsect_region_bytes(e->result, &slot.list_size),
					      elfsect_word_size(e->result)),
				 list + size);
	}
}

static void expect_only(const struct edited *e, const char *section)
{
	const struct elfsect_section *s = section_of(e->view, section);
	size_t count;
	const struct elfsect_change *changes = elfsect_plan_changes(e->plan, &count);

	for (size_t i = 0; i < count; i++)
		assert_true(changes[i].offset >= s->offset &&
			    changes[i].offset + changes[i].size <= s->offset + s->size);
}

static void extra_certificate(void **state)
{
	static const char full[SLOT] = "as much as there is room for";
	struct linked l = make(*state, KEYRING | SYMBOLS);
	struct edited e;
	autofree uint8_t *first = NULL;

	edited_start(&e, finish(&l));
	first = malloc(l.b->size);
	memcpy(first, l.b->image, l.b->size);
	fill_ok(&e, ELFSECT_SLOT_NAMED, "linux-extra-cert", "a certificate", 13);
	expect_region(&e, ELFSECT_SLOT_NAMED, "linux-extra-cert", "a certificate", 13);
	expect_only(&e, ".init.data");
	edited_next(&e);
	fill_ok(&e, ELFSECT_SLOT_NAMED, "linux-extra-cert", full, SLOT);
	expect_region(&e, ELFSECT_SLOT_NAMED, "linux-extra-cert", full, SLOT);
	edited_next(&e);
	fill_ok(&e, ELFSECT_SLOT_NAMED, "linux-extra-cert", "short", 5);
	expect_region(&e, ELFSECT_SLOT_NAMED, "linux-extra-cert", "short", 5);
	edited_next(&e);
	/* The same again changes nothing; emptied, it is the first file. */
	fill_ok(&e, ELFSECT_SLOT_NAMED, "linux-extra-cert", "short", 5);
	assert_true(elfsect_plan_is_empty(e.plan));
	edited_next(&e);
	fill_ok(&e, ELFSECT_SLOT_NAMED, "linux-extra-cert", NULL, 0);
	assert_memory_equal(e.result_bytes, first, l.b->size);
	edited_end(&e);
}

static void regions(void **state)
{
	struct linked l = make(*state, HASH_SECTION | SYMBOLS);
	struct edited e;

	edited_start(&e, finish(&l));
	fill_ok(&e, ELFSECT_SLOT_SYMBOL, "object", "abc", 3);
	expect_region(&e, ELFSECT_SLOT_SYMBOL, "object", "abc", 3);
	expect_only(&e, ".init.data");
	edited_next(&e);
	fill_ok(&e, ELFSECT_SLOT_SYMBOLS, "later..later+32", "in a range", 10);
	expect_region(&e, ELFSECT_SLOT_SYMBOLS, "later..later+32", "in a range", 10);
	edited_next(&e);
	fill_ok(&e, ELFSECT_SLOT_SECTION, ".module_hashes", "in a section", 12);
	expect_region(&e, ELFSECT_SLOT_SECTION, ".module_hashes", "in a section", 12);
	expect_only(&e, ".module_hashes");
	edited_next(&e);
	fill_ok(&e, ELFSECT_SLOT_NAMED, "module-hashes", "hashes", 6);
	edited_end(&e);
}

static void keyring_of_the_same_length(void **state)
{
	const size_t length = test_certificate_p256.size;
	struct linked l = make(*state, KEYRING | SYMBOLS);
	char other[2048];
	struct edited e;

	memset(other, 'x', sizeof(other));
	edited_start(&e, finish(&l));
	fill_ok(&e, ELFSECT_SLOT_NAMED, "linux-keyring", other, length);
	expect_region(&e, ELFSECT_SLOT_NAMED, "linux-keyring", other, length);
	edited_end(&e);
	refused(make(*state, KEYRING | SYMBOLS), ELFSECT_SLOT_NAMED, "linux-keyring", length - 1, ENOSPC,
		"have to be filled");
	refused(make(*state, KEYRING | SYMBOLS), ELFSECT_SLOT_NAMED, "linux-keyring", length + 1, ENOSPC, "are needed");
}

static void merkle_root(void **state)
{
	for (uint64_t size = 0; size <= 40; size += 40) {
		struct linked l = make(*state, SYMBOLS | (size ? HASH_SECTION : 0u));
		struct elfsect_error error = {""};
		struct edited e;
		char root[41] = "";

		elf_builder_symbol(l.b, "module_hashes_root", CASE_GLOBAL, 0, l.hashes, HASHES, size);
		edited_start(&e, finish(&l));
		fill_ok(&e, ELFSECT_SLOT_NAMED, "module-hashes", root, size ? size : 36);
		expect_refusal(fill(&e, NULL, ELFSECT_SLOT_NAMED, "module-hashes", root, size ? 41 : 37, &error),
			       ENOSPC, &error,
			       size ? "40 bytes are available, 41 are needed"
				    : "36 bytes are available, 37 are needed");
		edited_end(&e);
	}
}

static void hash_range(void **state)
{
	struct linked l = make(*state, SYMBOLS);
	struct edited e;

	elf_builder_symbol(l.b, "__start_module_hashes", CASE_GLOBAL, 0, l.hashes, HASHES + 32, 0);
	elf_builder_symbol(l.b, "__stop_module_hashes", CASE_GLOBAL, 0, l.hashes, HASHES + 96, 0);
	edited_start(&e, finish(&l));
	fill_ok(&e, ELFSECT_SLOT_NAMED, "module-hashes", "hashes", 6);
	expect_region(&e, ELFSECT_SLOT_SYMBOLS, "__start_module_hashes..__stop_module_hashes", "hashes", 6);
	edited_end(&e);
}

/* ---------------------------------------------------------------------------------------------------------- refusals
 */

static void too_large(void **state)
{
	refused(make(*state, KEYRING | SYMBOLS), ELFSECT_SLOT_NAMED, "linux-extra-cert", SLOT + 1, ENOSPC,
		"450 bytes are available, 451 are needed");
	refused(make(*state, HASH_SECTION), ELFSECT_SLOT_NAMED, "module-hashes", 97, ENOSPC, "96 bytes");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SYMBOL, "object", 9, ENOSPC, "8 bytes");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SYMBOLS, "object..later", 0xef9, ENOSPC, "3832 bytes");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SECTION, ".init.data", 0x1001, ENOSPC, "4096 bytes");
}

static void missing(void **state)
{
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_NAMED, "linux-extra-cert", 1, ENOENT, "system_extra_cert");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_NAMED, "linux-keyring", 1, ENOENT, "neither");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_NAMED, "module-hashes", 1, ENOENT, "neither");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_NAMED, "module_hashes", 1, EINVAL, "there are linux-extra-cert");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SYMBOL, "nothing", 1, ENOENT, "nothing");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SYMBOLS, "object..nothing", 1, ENOENT, "nothing");
	refused(make(*state, KEYRING), ELFSECT_SLOT_NAMED, "linux-extra-cert", 1, ENOENT, "System.map");
	refused(make(*state, KEYRING), ELFSECT_SLOT_NAMED, "linux-keyring", 1, ENOENT, "System.map");
	refused(make(*state, KEYRING), ELFSECT_SLOT_SYMBOL, "object", 1, ENOENT, "no symbol table");
}

static void in_two_places(void **state)
{
	struct linked l = make(*state, KEYRING | SYMBOLS);

	elf_builder_symbol(l.b, "system_extra_cert", CASE_LOCAL, 0, l.init, INIT, 8);
	refused(l, ELFSECT_SLOT_NAMED, "linux-extra-cert", 1, EEXIST, "more than once");
	l = make(*state, SYMBOLS);
	elf_builder_symbol(l.b, "object", CASE_LOCAL, 0, l.hashes, HASHES, 8);
	refused(l, ELFSECT_SLOT_SYMBOL, "object", 1, EEXIST, "more than once");
	l = make(*state, SYMBOLS | HASH_SECTION);
	elf_builder_symbol(l.b, "module_hashes_root", CASE_GLOBAL, 0, l.init, INIT, 36);
	refused(l, ELFSECT_SLOT_NAMED, "module-hashes", 1, EEXIST, "two places");
	l = make(*state, SYMBOLS);
	elf_builder_symbol(l.b, "module_hashes_root", CASE_GLOBAL, 0, l.init, INIT, 36);
	elf_builder_symbol(l.b, "__start_module_hashes", CASE_GLOBAL, 0, l.hashes, HASHES, 0);
	elf_builder_symbol(l.b, "__stop_module_hashes", CASE_GLOBAL, 0, l.hashes, HASHES + 36, 0);
	refused(l, ELFSECT_SLOT_NAMED, "module-hashes", 1, EEXIST, "two places");
	l = make(*state, KEYRING | SYMBOLS);
	elf_builder_at(l.b, l.hashes)->name =
		(free(elf_builder_at(l.b, l.hashes)->name), strdup(".init.rodata.keyring"));
	refused(l, ELFSECT_SLOT_NAMED, "linux-keyring", test_certificate_p256.size, EEXIST, "two places");
}

static void wrong_ranges(void **state)
{
	struct linked l = make(*state, SYMBOLS);

	elf_builder_symbol(l.b, "outside", CASE_GLOBAL, 0, l.init, INIT + 0xfff, 2);
	refused(l, ELFSECT_SLOT_SYMBOL, "outside", 1, EINVAL, "not inside section");
	l = make(*state, SYMBOLS);
	elf_builder_symbol(l.b, "below", CASE_GLOBAL, 0, l.init, INIT - 8, 8);
	refused(l, ELFSECT_SLOT_SYMBOL, "below", 1, EINVAL, "not inside section");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SYMBOLS, "later..later+257", 1, EINVAL, "not inside section");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SYMBOLS, "later..object", 1, EINVAL, "before the start");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SYMBOLS, "code..object", 1, EINVAL, "different sections");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SYMBOLS, "object", 1, EINVAL, "FIRST..LAST");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SYMBOL, "later", 1, EINVAL, "no size");
}

static void wrong_targets(void **state)
{
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SECTION, ".text", 1, EINVAL, "executable");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SYMBOL, "code", 1, EINVAL, "executable");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SECTION, ".bss", 1, EINVAL, "no bytes in the file");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SYMBOL, "zeros", 1, EINVAL, "no bytes in the file");
	refused(make(*state, SYMBOLS), ELFSECT_SLOT_SECTION, ".shstrtab", 1, EINVAL, "meaning of its own");
}

static void overlaps(void **state)
{
	struct linked l = make(*state, SYMBOLS);
	const unsigned int word = case_word_size(l.b);

	/* The word for the list lies in the slot. */
	elf_builder_symbol(l.b, "system_certificate_list", CASE_GLOBAL, 0, l.init, INIT, 0);
	elf_builder_symbol(l.b, "system_extra_cert", CASE_GLOBAL, 0, l.init, INIT + 0x20, 0x20);
	elf_builder_symbol(l.b, "system_extra_cert_used", CASE_GLOBAL, 0, l.init, INIT + 0x40, 0);
	elf_builder_symbol(l.b, "system_certificate_list_size", CASE_GLOBAL, 0, l.init, INIT + 0x38, 0);
	elf_builder_put(l.b, l.init, 0x38, word, 0x20);
	refused(l, ELFSECT_SLOT_NAMED, "linux-extra-cert", 1, EBUSY, "overlap");
	/* The two words overlap. */
	l = make(*state, SYMBOLS);
	elf_builder_symbol(l.b, "system_certificate_list", CASE_GLOBAL, 0, l.init, INIT, 0);
	elf_builder_symbol(l.b, "system_extra_cert", CASE_GLOBAL, 0, l.init, INIT + 0x20, 0x20);
	elf_builder_symbol(l.b, "system_extra_cert_used", CASE_GLOBAL, 0, l.init, INIT + 0x42, 0);
	elf_builder_symbol(l.b, "system_certificate_list_size", CASE_GLOBAL, 0, l.init, INIT + 0x40, 0);
	refused(l, ELFSECT_SLOT_NAMED, "linux-extra-cert", 1, EBUSY, "overlap");
	/* The built-in list reaches into the slot. */
	l = make(*state, SYMBOLS);
	elf_builder_symbol(l.b, "__cert_list_start", CASE_LOCAL, 0, l.init, INIT, 0);
	elf_builder_symbol(l.b, "__cert_list_end", CASE_LOCAL, 0, l.init, INIT + 0x28, 0);
	elf_builder_symbol(l.b, "system_extra_cert", CASE_GLOBAL, 0, l.init, INIT + 0x20, 0x20);
	refused(l, ELFSECT_SLOT_NAMED, "linux-keyring", 0x28, EBUSY, "overlaps the slot linux-extra-cert");
}

static void wrong_words(void **state)
{
	struct linked l = make(*state, KEYRING | SYMBOLS);
	const uint64_t used = (l.keyring + test_certificate_p256.size + SLOT + 3) / 4 * 4;

	elf_builder_put(l.b, l.init, used, 4, SLOT + 1);
	refused(l, ELFSECT_SLOT_NAMED, "linux-extra-cert", 1, EINVAL, "system_extra_cert_used");
	l = make(*state, KEYRING | SYMBOLS);
	elf_builder_put(l.b, l.init, used, 4, 7);
	refused(l, ELFSECT_SLOT_NAMED, "linux-extra-cert", 1, EINVAL, "system_certificate_list_size");
}

static void segments_disagree(void **state)
{
	struct linked l = make(*state, SYMBOLS);
	struct elfsect_view *view = NULL;
	struct elfsect_error error = {""};
	struct elfsect_slot slot;
	size_t size;
	uint8_t *image = elf_builder_finish(finish(&l), &size);

	elf_set_segment(l.b, 1, p_vaddr, INIT + 8);
	assert_int_equal(elfsect_view_of_memory(image, size, "sample", &view, &error), 0);
	expect_refusal(elfsect_slot_find(view, NULL, ELFSECT_SLOT_SYMBOL, "object", &slot, &error), ENOEXEC, &error,
		       "program header");
	elfsect_view_close(view);
	elf_builder_free(l.b);
}

static void relocated(void **state)
{
	struct linked l = make(*state, SYMBOLS);
	const unsigned int word = case_word_size(l.b);
	uint32_t symbol, relr;

	/* Kept by the linker; its field begins in front of the slot. */
	symbol = elf_builder_symbol(l.b, "there", CASE_GLOBAL, 0, l.text, BASE, 0);
	elf_builder_relocation(l.b, l.init, INIT + 6, absolute_type(*state), symbol, 0);
	refused(l, ELFSECT_SLOT_SYMBOL, "object", 1, EBUSY, "relocations");
	/* For the loader. */
	for (unsigned int bitmap = 0; bitmap < 2; bitmap++) {
		l = make(*state, SYMBOLS);
		relr = place(l.b, ".relr.dyn", SHT_RELR, SHF_ALLOC, NULL, 2 * word, HASHES + 0x200);
		elf_builder_at(l.b, relr)->entsize = word;
		elf_builder_put(l.b, relr, 0, word, bitmap ? INIT + 8 - word : INIT + 8);
		elf_builder_put(l.b, relr, word, word, bitmap ? 3 : 1);
		elf_builder_segment(l.b, PT_LOAD, PF_R, relr, relr, HASHES + 0x200);
		refused(l, ELFSECT_SLOT_SYMBOL, "object", 1, EBUSY, ".relr.dyn");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH_VARIANT(extra_certificate), EACH_VARIANT(regions),	      EACH_VARIANT(keyring_of_the_same_length),
		EACH_VARIANT(merkle_root),	 EACH_VARIANT(hash_range),    EACH_VARIANT(too_large),
		EACH_VARIANT(missing),		 EACH_VARIANT(in_two_places), EACH_VARIANT(wrong_ranges),
		EACH_VARIANT(wrong_targets),	 EACH_VARIANT(overlaps),      EACH_VARIANT(wrong_words),
		EACH_VARIANT(segments_disagree), EACH_VARIANT(relocated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
