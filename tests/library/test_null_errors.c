// SPDX-License-Identifier: GPL-2.0-or-later
/* Whoever does not want to know why something failed passes NULL for the error. */
#include "sample.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "elfsect_keyring.h"
#include "hashsect.h"

#define NOWHERE "/nonexistent/folder/file"

static struct {
	struct sample sample;
	struct elf_builder *builder; /* of the kernel */
	struct elfsect_view *view;   /* relocatable, without any key */
	struct elfsect_view *kernel; /* with certificates */
	struct elfsect_keyring *keyring;
	struct hashsect_policy *policy;
} s;

static const struct elfsect_region bad_region = {.section = 1, .offset = 1u << 30, .size = 1};
static const struct elfsect_write_options no_options;
static struct elfsect_plan *plan;
static struct elfsect_view *view;

#define CALL(name, ...)                                                                                                \
	static int call_##name(void)                                                                                   \
	{                                                                                                              \
		return name(__VA_ARGS__);                                                                              \
	}
#define CALL_WITH(name, declaration, ...)                                                                              \
	static int call_##name(void)                                                                                   \
	{                                                                                                              \
		declaration;                                                                                           \
		return name(__VA_ARGS__);                                                                              \
	}

CALL(elfsect_view_open, NOWHERE, &view, NULL)
CALL(elfsect_view_of_fd, -1, "none", &view, NULL)
CALL(elfsect_view_of_memory, "no ELF", 6, "none", &view, NULL)
CALL_WITH(elfsect_section_find, const struct elfsect_section *section, s.view, ".none", &section, NULL)
CALL_WITH(elfsect_region_of_section, struct elfsect_region region, s.view, ".none", &region, NULL)
CALL_WITH(elfsect_region_of_symbols, struct elfsect_region region, s.view, "none..none_either", &region, NULL)
CALL_WITH(elfsect_region_of_symbol, struct elfsect_region region, s.view, "none", &region, NULL)
CALL_WITH(elfsect_region_of_addresses, struct elfsect_region region, s.view, 1, 2, &region, NULL)
CALL_WITH(elfsect_plan_inject, const struct elfsect_injection wish = {0}, s.view, &wish, &plan, NULL)
CALL(elfsect_plan_isolate, s.view, &bad_region, ".new", 3, &plan, NULL)
CALL(elfsect_plan_rename, s.view, ".none", ".new", &plan, NULL)
CALL(elfsect_plan_remove, s.view, ".none", &plan, NULL)
CALL(elfsect_plan_clear, s.view, &bad_region, &plan, NULL)
CALL_WITH(elfsect_system_map_open, struct elfsect_system_map *map, NOWHERE, &map, NULL)
CALL_WITH(elfsect_slot_find, struct elfsect_slot slot, s.view, NULL, ELFSECT_SLOT_NAMED, "linux-keyring", &slot, NULL)
CALL_WITH(elfsect_recover, enum elfsect_recovery recovery, NOWHERE, &recovery, NULL)
CALL_WITH(elfsect_view_open_edit, enum elfsect_recovery recovery, NOWHERE, ELFSECT_EDIT_REPLACE, &recovery, &view, NULL)
CALL_WITH(elfsect_view_read, const uint8_t *bytes, s.view, UINT64_MAX, 1, (uint8_t[1]){0}, &bytes, NULL)
CALL(elfsect_file_write, NOWHERE, "x", 1, NULL, NULL)
CALL_WITH(elfsect_batch_new, struct elfsect_batch *batch, &no_options, &batch, NULL)
CALL_WITH(elfsect_certificate_describe, struct elfsect_certificate c, (const uint8_t *)"x", 1, &c, NULL)
CALL_WITH(elfsect_certificate_read, uint64_t size, (const uint8_t *)"x", 1, &size, NULL, NULL)
CALL_WITH(elfsect_keyring_open, struct elfsect_keyring *keyring, s.view, NULL, "linux-keyring", &keyring, NULL)
CALL_WITH(elfsect_keyring_of_bytes, struct elfsect_keyring *keyring, "x", 1, NOWHERE, &keyring, NULL)
CALL_WITH(elfsect_keyring_default_slot, const char *slot, s.view, NULL, &slot, NULL)
CALL(elfsect_plan_keyring_add, s.keyring, (const uint8_t *)"x", 1, &plan, NULL)
CALL_WITH(elfsect_plan_keyring_remove, const bool remove[64] = {0}, s.keyring, remove, &plan, NULL)
CALL_WITH(hashsect_policy_builtin, struct hashsect_policy *policy, "none", &policy, NULL)
CALL_WITH(hashsect_policy_load, struct hashsect_policy *policy, NOWHERE, &policy, NULL)
CALL_WITH(hashsect_policy_exclude, struct hashsect_policy *policy, s.policy, ".text:no class", s.view, &policy, NULL)
CALL_WITH(hashsect_map_load, struct hashsect_map *map, NOWHERE, &map, NULL)
CALL_WITH(hashsect_map_make, char *text, s.view, s.policy, 1, &text, NULL)
CALL_WITH(hashsect_modules_open, struct hashsect_modules *modules, NOWHERE, NULL, &modules, NULL)

static int call_elfsect_check(void)
{
	struct sample broken = sample_relocatable(&sample_variants[0]);
	struct elfsect_view *file;
	int ret;

	broken.b->image[broken.b->size - 1] = 1; /* behind all sections */
	assert_int_equal(elfsect_view_of_memory(broken.b->image, broken.b->size, "broken", &file, NULL), 0);
	ret = elfsect_check(file, ELFSECT_CHECK_RELOCATIONS, NULL);
	elfsect_view_close(file);
	elf_builder_free(broken.b);
	return ret;
}

/* A view of a file that has another size since, by `change`. */
static struct elfsect_view *changed_file(int change)
{
	char path[] = "/tmp/test_null_errors.XXXXXX";
	const int fd = mkstemp(path);
	struct elfsect_view *file;

	assert_true(fd >= 0 && write(fd, s.sample.b->image, s.sample.b->size) == (ssize_t)s.sample.b->size);
	unlink(path);
	assert_int_equal(elfsect_view_of_fd(fd, "file", &file, NULL), 0);
	assert_int_equal(ftruncate(fd, (off_t)s.sample.b->size + change), 0);
	close(fd);
	return file;
}

static int call_elfsect_view_unchanged(void)
{
	struct elfsect_view *file = changed_file(1);
	const int ret = elfsect_view_unchanged(file, NULL);

	elfsect_view_close(file);
	return ret;
}

static int refuse_patch(const struct elfsect_patch *patch, void *context, struct elfsect_error *error)
{
	(void)patch;
	(void)context;
	assert_null(error);
	return -EINVAL;
}

static int call_elfsect_patches(void)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(s.view, &count);

	for (uint32_t i = 0; i < count; i++)
		if (sections[i].type == SHT_RELA || sections[i].type == SHT_REL)
			return elfsect_patches(s.view, &sections[i], 0, UINT64_MAX, refuse_patch, NULL, NULL);
	return 0;
}

static int call_elfsect_plan_fill(void)
{
	static const uint8_t data[1 << 16] = {1};
	struct elfsect_slot slot;

	assert_int_equal(elfsect_slot_find(s.view, NULL, ELFSECT_SLOT_SECTION, ".data", &slot, NULL), 0);
	return elfsect_plan_fill(s.view, &slot, data, sizeof(data), &plan, NULL);
}

static int call_elfsect_plan_write(void)
{
	const struct elfsect_write_options in_place = {ELFSECT_WRITE_OPTIONS_INIT, .in_place = true};
	const struct elfsect_injection wish = {ELFSECT_INJECTION_INIT, .section = ".new"};
	struct elfsect_plan *made;
	int ret;

	assert_int_equal(elfsect_plan_inject(s.view, &wish, &made, NULL), 0);
	assert_true(elfsect_plan_write(made, NOWHERE, &in_place, NULL, NULL) < 0);
	ret = elfsect_plan_write(made, NOWHERE, NULL, NULL, NULL);
	elfsect_plan_free(made);
	return ret;
}

static int call_elfsect_batch_add(void)
{
	struct elfsect_batch *batch;
	int ret;

	assert_int_equal(elfsect_batch_new(NULL, &batch, NULL), 0);
	ret = elfsect_batch_add(batch, NOWHERE, "x", 1, NULL);
	elfsect_batch_free(batch);
	return ret;
}

static int call_elfsect_batch_finish(void)
{
	char folder[] = "/tmp/test_null_errors.XXXXXX", path[64];
	struct elfsect_batch *batch;
	int ret;

	/* A folder in the place of the new file: it cannot be renamed over that. */
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
	assert_int_equal(elfsect_batch_new(NULL, &batch, NULL), 0);
	assert_int_equal(elfsect_batch_add(batch, path, "x", 1, NULL), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	ret = elfsect_batch_finish(batch, NULL);
	elfsect_batch_free(batch);
	rmdir(path);
	rmdir(folder);
	return ret;
}

static int write_nothing(void *context, const char *text, size_t length)
{
	(void)context, (void)text, (void)length;
	return 0;
}

static int call_hashsect_digest(void)
{
	const struct hashsect_options options = {HASHSECT_OPTIONS_INIT, .policy = s.policy, .hash = "none"};
	struct hashsect_digest *digest;

	return hashsect_digest(s.view, &options, &digest, NULL);
}

static int call_hashsect_btf_compare(void)
{
	const struct hashsect_btf empty = {.bytes = "", .name = "empty"};
	enum hashsect_btf_verdict verdict;

	return hashsect_btf_compare(&empty, &empty, &verdict, NULL);
}

static int call_hashsect_dump(void)
{
	const struct hashsect_options options = {HASHSECT_OPTIONS_INIT, .policy = s.policy, .hash = "none"};

	return hashsect_dump(s.view, &options, write_nothing, NULL, NULL);
}

static int call_hashsect_workers_open(void)
{
	struct hashsect_workers *workers;
	const int ret = hashsect_workers_open(1, &workers, NULL);

	if (!ret)
		hashsect_workers_close(workers);
	return ret;
}

static int call_hashsect_modules_prove(void)
{
	const struct hashsect_options options = {HASHSECT_OPTIONS_INIT, .policy = s.policy};
	char folder[] = "/tmp/test_null_errors.XXXXXX", path[64];
	struct hashsect_modules *modules;
	struct hashsect_digest *digest;
	int ret;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/modules.order", folder);
	assert_int_equal(elfsect_file_write(path, "a.o\n", 4, NULL, NULL), 0);
	ret = hashsect_modules_open(path, NULL, &modules, NULL);
	unlink(path);
	rmdir(folder);
	if (ret)
		return ret;
	assert_int_equal(hashsect_digest(s.view, &options, &digest, NULL), 0);
	ret = hashsect_modules_prove(modules, s.view, digest, NULL);
	hashsect_digest_free(digest);
	hashsect_modules_close(modules);
	return ret;
}

#define FAILS(name)                                                                                                    \
	{                                                                                                              \
#name, call_##name, false                                                                              \
	}

static const struct {
	const char *name;
	int (*call)(void);
	bool succeeds; /* fails without memory only, or for files that are hard to make */
} functions[] = {
	FAILS(elfsect_view_open),
	FAILS(elfsect_view_of_fd),
	FAILS(elfsect_view_of_memory),
	FAILS(elfsect_view_unchanged),
	FAILS(elfsect_view_read),
	FAILS(elfsect_section_find),
	FAILS(elfsect_check),
	FAILS(elfsect_patches),
	FAILS(elfsect_region_of_section),
	FAILS(elfsect_region_of_symbols),
	FAILS(elfsect_region_of_symbol),
	FAILS(elfsect_region_of_addresses),
	FAILS(elfsect_plan_inject),
	FAILS(elfsect_plan_isolate),
	FAILS(elfsect_plan_rename),
	FAILS(elfsect_plan_remove),
	FAILS(elfsect_plan_clear),
	FAILS(elfsect_system_map_open),
	FAILS(elfsect_slot_find),
	FAILS(elfsect_plan_fill),
	FAILS(elfsect_plan_write),
	FAILS(elfsect_recover),
	FAILS(elfsect_view_open_edit),
	FAILS(elfsect_file_write),
	FAILS(elfsect_batch_new),
	FAILS(elfsect_batch_add),
	FAILS(elfsect_batch_finish),
	FAILS(elfsect_certificate_describe),
	FAILS(elfsect_certificate_read),
	FAILS(elfsect_keyring_open),
	FAILS(elfsect_keyring_of_bytes),
	{"elfsect_keyring_default_slot", call_elfsect_keyring_default_slot, true},
	FAILS(elfsect_plan_keyring_add),
	FAILS(elfsect_plan_keyring_remove),
	FAILS(hashsect_policy_builtin),
	FAILS(hashsect_policy_load),
	FAILS(hashsect_policy_exclude),
	FAILS(hashsect_map_load),
	FAILS(hashsect_map_make),
	{"hashsect_workers_open", call_hashsect_workers_open, true},
	FAILS(hashsect_btf_compare),
	FAILS(hashsect_digest),
	FAILS(hashsect_modules_open),
	FAILS(hashsect_modules_prove),
	FAILS(hashsect_dump),
};

enum { FUNCTIONS = sizeof(functions) / sizeof(functions[0]) };

static void test_functions(void **state)
{
	(void)state;
	for (size_t i = 0; i < FUNCTIONS; i++) {
		const int ret = functions[i].call();

		if (functions[i].succeeds ? ret : ret >= 0)
			fail_msg("%s: %d", functions[i].name, ret);
	}
}

static bool is_called(const char *name)
{
	for (size_t i = 0; i < FUNCTIONS; i++)
		if (!strcmp(functions[i].name, name))
			return true;
	return false;
}

/* Every declaration from ELFSECT_API to its semicolon that has an error among its parameters is in the table. */
static void check_header(char *text)
{
	char *declaration, *rest = text;

	while ((declaration = strstr(rest, "\nELFSECT_API"))) {
		char *end = strchr(declaration, ';'), *name;

		assert_non_null(end);
		*end = '\0';
		rest = end + 1;
		if (!strstr(declaration, "struct elfsect_error *"))
			continue;
		name = strchr(declaration, '(');
		*name = '\0';
		while (name[-1] == '_' || (name[-1] >= 'a' && name[-1] <= 'z'))
			name--;
		if (!is_called(name))
			fail_msg("%s: is not tried", name);
	}
}

static void test_complete(void **state)
{
	static const char *const headers[] = {PUBLIC_HEADERS};

	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		FILE *in = fopen(headers[i], "r");
		char *text = NULL;
		size_t room = 0;

		assert_non_null(in);
		assert_true(getdelim(&text, &room, '\0', in) > 0);
		check_header(text);
		free(text);
		fclose(in);
	}
}

/* A file that shrinks between opening it and asking for the digest: an error, though nothing of it can be read. */
static void test_shrunk_file(void **state)
{
	(void)state;
	for (int scope = HASHSECT_SCOPE_FILE; scope <= HASHSECT_SCOPE_LOADED; scope++) {
		const struct hashsect_options options = {HASHSECT_OPTIONS_INIT, .policy = s.policy, .threads = 1,
							 .scope = (enum hashsect_scope)scope};
		struct elfsect_view *file = changed_file(-(int)s.sample.b->size);
		struct hashsect_digest *digest;

		assert_int_equal(hashsect_digest(file, &options, &digest, NULL), -EAGAIN);
		elfsect_view_close(file);
	}
}

/* Whatever is wrong with a file: one bit of each byte at a time. */
static void test_broken_files(void **state)
{
	const struct hashsect_options options = {HASHSECT_OPTIONS_INIT, .policy = s.policy, .threads = 1};
	struct sample broken = sample_relocatable(&sample_variants[0]);

	(void)state;
	for (size_t i = 0; i < broken.b->size; i++) {
		struct hashsect_digest *digest;
		struct elfsect_view *file;

		broken.b->image[i] ^= (uint8_t)(1 << i % 8);
		if (!elfsect_view_of_memory(broken.b->image, broken.b->size, "broken", &file, NULL)) {
			if (!hashsect_digest(file, &options, &digest, NULL))
				hashsect_digest_free(digest);
			elfsect_view_close(file);
		}
		broken.b->image[i] ^= (uint8_t)(1 << i % 8);
	}
	elf_builder_free(broken.b);
}

static int set_up(void **state)
{
	(void)state;
	s.sample = sample_relocatable(&sample_variants[0]);
	if (elfsect_view_of_memory(s.sample.b->image, s.sample.b->size, "sample", &s.view, NULL) ||
	    hashsect_policy_builtin("linux", &s.policy, NULL))
		return -1;
	for (const struct elf_case *c = elf_cases_keyring; c->name && !s.keyring; c++) {
		uint8_t *image;
		size_t size;

		if (s.builder)
			elf_builder_free(s.builder);
		s.builder = elf_case_build(c, &sample_variants[0], &image, &size);
		elfsect_view_close(s.kernel);
		if (elfsect_view_of_memory(image, size, c->name, &s.kernel, NULL) ||
		    elfsect_keyring_open(s.kernel, NULL, NULL, &s.keyring, NULL))
			s.keyring = NULL;
	}
	return s.keyring ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	elfsect_keyring_close(s.keyring);
	elfsect_view_close(s.kernel);
	hashsect_policy_free(s.policy);
	elfsect_view_close(s.view);
	elf_builder_free(s.builder);
	elf_builder_free(s.sample.b);
	return 0;
}

/* Whatever releases something takes nothing too. */
static void test_nothing_to_release(void **state)
{
	(void)state;
	elfsect_view_close(NULL);
	elfsect_plan_free(NULL);
	elfsect_system_map_close(NULL);
	elfsect_batch_free(NULL);
	elfsect_keyring_close(NULL);
	hashsect_policy_free(NULL);
	hashsect_map_free(NULL);
	hashsect_workers_close(NULL);
	hashsect_digest_free(NULL);
	hashsect_modules_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_functions),	   cmocka_unit_test(test_complete),
		cmocka_unit_test(test_shrunk_file),	   cmocka_unit_test(test_broken_files),
		cmocka_unit_test(test_nothing_to_release),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
