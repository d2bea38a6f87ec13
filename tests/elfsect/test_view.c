// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening files: what is read, and hashsect/FORMAT.md section 3, rules 1, 2, 6 and 7. */
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "sample.h"
#include "elfsect_cleanup.h"

static void make_bigger(struct sample *s, size_t size)
{
	s->b->image = must(realloc(s->b->image, s->b->size + size));
	memset(s->b->image + s->b->size, 0, size);
	s->b->size += size;
}

/* ------------------------------------------------------------------------------------------------------- reading */

static void sound_samples(void **state)
{
	const struct elf_variant *v = *state;

	SOUND(sample_relocatable, (void)s);
	SOUND(sample_linked, (void)s);
	SOUND(sample_many, (void)s);
}

static void reads_what_was_written(void **state)
{
	const struct elf_variant *v = *state;
	struct sample s = sample_relocatable(v);
	elfsect_autoview struct elfsect_view *view = NULL;
	const struct elfsect_section *data, *rel;
	struct elfsect_relocation relocation;
	struct elfsect_symbol symbol;
	struct elfsect_error error;

	assert_int_equal(elfsect_view_of_memory(s.b->image, s.b->size, "sample", &view, &error), 0);
	assert_int_equal(elfsect_view_header(view)->machine, v->machine);
	assert_int_equal(elfsect_view_header(view)->shnum, s.b->section_count);
	assert_int_equal(elfsect_section_find(view, ".data", &data, &error), 0);
	assert_int_equal(data->index, s.data);
	assert_memory_equal(elfsect_section_bytes(view, data), "abcdefgh", 8);
	assert_int_equal(elfsect_symbol_count(view), 4);
	symbol = elfsect_symbol_get(view, elf_builder_symbol_index(s.b, s.global));
	assert_string_equal(symbol.name, "global_one");
	assert_int_equal(symbol.section, s.data);
	assert_int_equal(symbol.size, 8);
	assert_int_equal(elfsect_section_find(view, elf_builder_at(s.b, s.relocations)->name, &rel, &error), 0);
	assert_int_equal(elfsect_relocation_count(view, rel), 2);
	relocation = elfsect_relocation_get(view, rel, 0);
	assert_int_equal(relocation.offset, 4);
	assert_int_equal(relocation.type, 2);
	assert_int_equal(relocation.symbol, elf_builder_symbol_index(s.b, s.global));
	assert_int_equal(relocation.addend, rel->type == SHT_RELA ? -4 : 0);
	assert_int_equal(elfsect_section_find(view, ".nothing", &rel, &error), -ENOENT);
	elf_builder_free(s.b);
}

static void reads_extended_numbers(void **state)
{
	struct sample s = sample_many(*state);
	elfsect_autoview struct elfsect_view *view = NULL;
	const struct elfsect_section *section;
	struct elfsect_error error;

	assert_int_equal(elfsect_view_of_memory(s.b->image, s.b->size, "sample", &view, &error), 0);
	assert_int_equal(elfsect_view_header(view)->shnum, s.b->section_count);
	assert_int_equal(elfsect_view_header(view)->shstrndx, s.shstrtab);
	assert_int_equal(elfsect_symbol_get(view, elf_builder_symbol_index(s.b, s.global)).section, s.text);
	assert_int_equal(elfsect_section_find(view, ".empty", &section, &error), -EEXIST);
	assert_non_null(strstr(error.message, "several"));
	elf_builder_free(s.b);
}

static void reads_mips(void **state)
{
	static const struct elf_variant mips[] = {{"64le", ELFCLASS64, ELFDATA2LSB, EM_MIPS},
						  {"64be", ELFCLASS64, ELFDATA2MSB, EM_MIPS}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct sample s = {.b = elf_builder_new(ELFCLASS64, mips[i].data, ET_REL, EM_MIPS)};
		elfsect_autoview struct elfsect_view *view = NULL;
		const struct elfsect_section *rela;
		struct elfsect_relocation r;
		struct elfsect_error error;
		size_t size;

		s.text = case_text(s.b);
		s.global = elf_builder_symbol(s.b, "there", CASE_GLOBAL, 0, SHN_UNDEF, 0, 0);
		elf_builder_relocation(s.b, s.text, 8, 0x01020304, s.global, -7);
		elf_builder_finish(s.b, &size);
		assert_int_equal(elfsect_view_of_memory(s.b->image, size, "mips", &view, &error), 0);
		assert_int_equal(elfsect_section_find(view, ".rela.text", &rela, &error), 0);
		r = elfsect_relocation_get(view, rela, 0);
		assert_int_equal(r.type, 0x01020304);
		assert_int_equal(r.symbol, elf_builder_symbol_index(s.b, s.global));
		assert_int_equal(r.addend, -7);
		elf_builder_free(s.b);
	}
}

/* However long the name is, and whatever becomes of it when it is escaped: where and why stay. */
static void keeps_the_place(void)
{
	static const char *const parts[] = {"directory/", "\x1b", "\xc3\xa4"};
	struct elfsect_error short_name, error;
	struct elfsect_view *view;
	char name[5000];

	assert_int_equal(elfsect_view_of_memory("\177ELF", 4, "s", &view, &short_name), -ENOEXEC);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const size_t size = strlen(parts[i]), reason = strlen(short_name.message) - 1;
		size_t at = 5, length;

		strcpy(name, "start");
		for (; at + size < sizeof(name); at += size)
			memcpy(name + at, parts[i], size + 1);
		assert_int_equal(elfsect_view_of_memory("\177ELF", 4, name, &view, &error), -ENOEXEC);
		length = strlen(error.message);
		assert_true(length > reason && !strcmp(error.message + length - reason, short_name.message + 1));
		assert_int_equal(strncmp(error.message, "start", 5), 0);
		assert_int_equal(strstr(error.message, "...") != NULL, i == 1);
		assert_null(strstr(error.message, "\\xc3"));
	}
}

static void opens_files(void **state)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_error error;

	(void)state;
	assert_int_equal(elfsect_view_open("/nonexistent/vmlinux.o", &view, &error), -ENOENT);
	assert_non_null(strstr(error.message, "/nonexistent/vmlinux.o"));
	assert_int_equal(elfsect_view_open("/", &view, &error), -EISDIR);
	keeps_the_place();
	assert_int_equal(elfsect_view_open("/dev/null", &view, &error), -EINVAL);
	assert_int_equal(elfsect_view_open("/proc/self/exe", &view, &error), 0);
	assert_int_equal(elfsect_view_unchanged(view, &error), 0);
}

/* Every prefix of a file is refused, and none is read beyond its end (the copy has exactly its size). */
/* What is read and not mapped: from memory, from a file, and from one that somebody cuts short meanwhile. */
static void reads_ranges(void **state)
{
	struct sample s = sample_relocatable(*state);
	struct elfsect_view *memory = NULL, *file = NULL;
	char name[] = "/tmp/view-read-XXXXXX";
	struct elfsect_error error;
	const uint8_t *bytes;
	uint8_t buffer[100];
	const int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(write(fd, s.b->image, s.b->size), s.b->size);
	assert_int_equal(elfsect_view_of_memory(s.b->image, s.b->size, "memory", &memory, &error), 0);
	assert_int_equal(elfsect_view_of_fd(fd, "file", &file, &error), 0);

	assert_int_equal(elfsect_view_read(memory, 7, 100, buffer, &bytes, &error), 0);
	assert_ptr_equal(bytes, s.b->image + 7);
	assert_int_equal(elfsect_view_read(file, s.b->size - 100, 100, buffer, &bytes, &error), 0);
	assert_ptr_equal(bytes, buffer);
	assert_memory_equal(buffer, s.b->image + s.b->size - 100, 100);
	assert_int_equal(elfsect_view_read(file, s.b->size - 99, 100, buffer, &bytes, &error), -EINVAL);
	assert_int_equal(elfsect_view_read(memory, UINT64_MAX, 100, buffer, &bytes, &error), -EINVAL);

	elfsect_view_release(file, 0, s.b->size);
	elfsect_view_release(memory, 0, s.b->size);
	assert_memory_equal(elfsect_view_bytes(file, &(uint64_t){0}), s.b->image, s.b->size);

	assert_int_equal(ftruncate(fd, (off_t)s.b->size - 1), 0);
	assert_int_equal(elfsect_view_read(file, s.b->size - 100, 100, buffer, &bytes, &error), -EAGAIN);
	assert_non_null(strstr(error.message, "changed while it was being read"));
	elfsect_view_close(memory);
	elfsect_view_close(file);
	close(fd);
	elf_builder_free(s.b);
}

static void truncated(void **state)
{
	struct sample s = sample_relocatable(*state);

	for (size_t size = 0; size < s.b->size - 17; size++) {
		elfsect_autoview struct elfsect_view *view = NULL;
		uint8_t *copy = must(malloc(size ? size : 1));
		struct elfsect_error error = {""};

		memcpy(copy, s.b->image, size);
		assert_int_equal(elfsect_view_of_memory(copy, size, "sample", &view, &error), -ENOEXEC);
		assert_int_equal(strncmp(error.message, "sample: ", 8), 0);
		free(copy);
	}
	elf_builder_free(s.b);
}

/* -------------------------------------------------------------------------------------------------- rules 1 and 2 */

static void rule_1_ident(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, s.b->image[0] = 0, "not an ELF file");
	BROKEN(sample_relocatable, s.b->image[EI_CLASS] = 3, "EI_CLASS");
	BROKEN(sample_relocatable, s.b->image[EI_DATA] = 0, "EI_DATA");
	BROKEN(sample_relocatable, s.b->image[EI_VERSION] = 2, "EI_VERSION");
	for (int i = EI_ABIVERSION + 1; i < EI_NIDENT; i++)
		BROKEN(sample_relocatable, s.b->image[i] = 1, "e_ident");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_version, 2), "e_version");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_type, ET_CORE), "e_type");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_type, ET_NONE), "e_type");
}

static void rule_1_sizes(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, elf_set_header(s.b, e_ehsize, 50), "e_ehsize");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_shentsize, 32), "e_shentsize");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_phentsize, 1), "e_phentsize");
	BROKEN(sample_linked, elf_set_header(s.b, e_phentsize, 0), "e_phentsize");
	BROKEN(sample_linked, elf_set_header(s.b, e_type, ET_REL), "program headers");
	SOUND(sample_relocatable, elf_set_header(s.b, e_phentsize, v->class == ELFCLASS64 ? 56 : 32));
}

static void rule_2_counts(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, elf_set_header(s.b, e_shoff, 0), "e_shoff");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_shnum, 0), "section");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_shnum, 0xff00), "section");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_shnum, 200), "section");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_shstrndx, 0xff00), "proper form");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_shstrndx, 0xffff), "proper form");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_shstrndx, 99), "out of range");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_shoff, UINT64_MAX - 8), "outside the file");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_phoff, 64), "e_phoff");
	BROKEN(sample_linked, elf_set_header(s.b, e_phoff, 0), "e_phoff");
	BROKEN(sample_linked, elf_set_header(s.b, e_phnum, 0), "e_phoff");
	BROKEN(sample_linked, elf_set_header(s.b, e_phnum, PN_XNUM), "more than 1024 program headers");
	BROKEN(sample_linked, elf_set_header(s.b, e_phnum, 0xff), "outside the file");
	BROKEN(sample_linked, elf_set_header(s.b, e_phoff, UINT64_MAX - 8), "outside the file");
	BROKEN(sample_many, elf_set_section(s.b, 0, sh_size, 0xfeff), "number of sections");
	BROKEN(sample_many, elf_set_section(s.b, 0, sh_link, 0xfeff), "proper form");
	BROKEN(sample_many, elf_set_section(s.b, 0, sh_size, s.b->section_count + 9), "section");
}

static void rule_2_header_zero(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, elf_set_section(s.b, 0, sh_name, 1), "section header 0");
	BROKEN(sample_relocatable, elf_set_section(s.b, 0, sh_type, 1), "section header 0");
	BROKEN(sample_relocatable, elf_set_section(s.b, 0, sh_flags, 1), "section header 0");
	BROKEN(sample_relocatable, elf_set_section(s.b, 0, sh_addr, 1), "section header 0");
	BROKEN(sample_relocatable, elf_set_section(s.b, 0, sh_offset, 1), "section header 0");
	BROKEN(sample_relocatable, elf_set_section(s.b, 0, sh_size, 1), "section header 0");
	BROKEN(sample_relocatable, elf_set_section(s.b, 0, sh_link, 1), "section header 0");
	BROKEN(sample_relocatable, elf_set_section(s.b, 0, sh_info, 1), "section header 0");
	BROKEN(sample_relocatable, elf_set_section(s.b, 0, sh_addralign, 1), "section header 0");
	BROKEN(sample_relocatable, elf_set_section(s.b, 0, sh_entsize, 1), "section header 0");
}

/* A file without sections. */
static struct sample sample_bare(const struct elf_variant *v)
{
	struct sample s = {.b = elf_builder_new(v->class, v->data, ET_REL, v->machine)};
	size_t size;

	elf_builder_finish(s.b, &size);
	return s;
}

static void rule_2_no_sections(void **state)
{
	const struct elf_variant *v = *state;

	SOUND(sample_bare, (void)s);
	SOUND(sample_bare, elf_set_header(s.b, e_shentsize, v->class == ELFCLASS64 ? 64 : 40));
	SOUND(sample_bare, make_bigger(&s, 5));
	BROKEN(sample_bare, elf_set_header(s.b, e_shentsize, 1), "e_shentsize");
	BROKEN(sample_bare, elf_set_header(s.b, e_shnum, 1), "e_shnum");
	BROKEN(sample_bare, elf_set_header(s.b, e_shstrndx, 1), "e_shstrndx");
	BROKEN(sample_bare, elf_set_header(s.b, e_phnum, PN_XNUM), "more than 1024 program headers");
	BROKEN(sample_bare, elf_set_header(s.b, e_phnum, 1), "e_phoff");
}

/* -------------------------------------------------------------------------------------------------- rules 6 and 7 */

static void rule_4_outside(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, elf_set_section(s.b, s.data, sh_offset, s.b->size), "outside the file");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.data, sh_size, UINT64_MAX), "outside the file");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.data, sh_offset, UINT64_MAX), "outside the file");
	SOUND(sample_relocatable, elf_set_section(s.b, s.bss, sh_offset, UINT64_MAX));
}

static void rule_6_names(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, elf_set_header(s.b, e_shstrndx, s.data), "string table");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.data, sh_name, 0xffff), "name lies outside");
	BROKEN(sample_relocatable, sample_section_byte(&s, s.shstrtab, s.b->sections[s.shstrtab].size)[-1] = 'x',
	       "name lies outside");
	BROKEN(sample_relocatable, elf_set_header(s.b, e_shstrndx, 0), "name");
}

static void rule_7_references(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, elf_set_section(s.b, s.data, sh_link, 99), "sh_link");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.relocations, sh_info, 99), "sh_info");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.data, sh_flags, SHF_INFO_LINK);
	       elf_set_section(s.b, s.data, sh_info, 99), "sh_info");
	SOUND(sample_relocatable, elf_set_section(s.b, s.data, sh_info, 99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH_VARIANT(sound_samples),
		EACH_VARIANT(reads_what_was_written),
		EACH_VARIANT(reads_extended_numbers),
		cmocka_unit_test(reads_mips),
		cmocka_unit_test(opens_files),
		EACH_VARIANT(reads_ranges),
		EACH_VARIANT(truncated),
		EACH_VARIANT(rule_1_ident),
		EACH_VARIANT(rule_1_sizes),
		EACH_VARIANT(rule_2_counts),
		EACH_VARIANT(rule_2_header_zero),
		EACH_VARIANT(rule_2_no_sections),
		EACH_VARIANT(rule_4_outside),
		EACH_VARIANT(rule_6_names),
		EACH_VARIANT(rule_7_references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
