// SPDX-License-Identifier: GPL-2.0-or-later
/* Structs of callers that were compiled with an older or a newer header. */
#include "sample.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/options.h"
#include "elfsect_edit.h"
#include "hashsect.h"

struct first {
	size_t struct_size;
	uint64_t a;
};

struct second {
	size_t struct_size;
	uint64_t a;
	uint64_t b;
};

static void test_same(void **state)
{
	const struct first given = {sizeof(given), 5};
	struct elfsect_error error;
	struct first own;

	(void)state;
	assert_int_equal(options_take(&own, sizeof(own), &given, "first", &error), 0);
	assert_int_equal(own.struct_size, sizeof(own));
	assert_int_equal(own.a, 5);
	assert_int_equal(options_take_or_none(&own, sizeof(own), NULL, "first", &error), 0);
	assert_int_equal(own.struct_size, sizeof(own));
	assert_int_equal(own.a, 0);
}

static void test_older(void **state)
{
	/* What lies behind an older struct is not read. */
	const struct second given = {sizeof(struct first), 5, 6};
	struct elfsect_error error;
	struct second own;

	(void)state;
	memset(&own, 0xff, sizeof(own));
	assert_int_equal(options_take(&own, sizeof(own), &given, "second", &error), 0);
	assert_int_equal(own.struct_size, sizeof(own));
	assert_int_equal(own.a, 5);
	assert_int_equal(own.b, 0);
}

static void test_newer(void **state)
{
	struct second given = {sizeof(given), 5, 0};
	struct elfsect_error error = {""};
	struct first own;

	(void)state;
	assert_int_equal(options_take(&own, sizeof(own), &given, "first", &error), 0);
	assert_int_equal(own.a, 5);
	for (size_t i = sizeof(own); i < sizeof(given); i++) {
		given.b = 0;
		((uint8_t *)&given)[i] = 1;
		assert_int_equal(options_take(&own, sizeof(own), &given, "first", &error), -E2BIG);
		assert_non_null(strstr(error.message, "struct first"));
	}
	assert_int_equal(options_take(&own, sizeof(own), &given, "first", NULL), -E2BIG);
}

static void test_not_set(void **state)
{
	struct first given = {0};
	struct elfsect_error error = {""};
	struct first own;

	(void)state;
	for (; given.struct_size < sizeof(size_t); given.struct_size++)
		assert_int_equal(options_take(&own, sizeof(own), &given, "first", &error), -EINVAL);
	assert_string_equal(error.message, "struct first: struct_size is not set");
}

/* ---------------------------------------------------------------------------------- the functions that have options */

struct scene {
	struct sample sample;
	struct elfsect_view *view;
	struct hashsect_policy *policy;
};

static int write_nothing(void *context, const char *text, size_t length)
{
	(void)context, (void)text, (void)length;
	return 0;
}

static int digest(const struct scene *s, size_t size, uint64_t unknown, struct elfsect_error *error)
{
	const struct {
		struct hashsect_options known;
		uint64_t unknown;
	} options = {{.struct_size = size, .policy = s->policy}, unknown};
	struct hashsect_digest *result = NULL;
	int ret = hashsect_digest(s->view, &options.known, &result, error);

	hashsect_digest_free(result);
	assert_int_equal(hashsect_dump(s->view, &options.known, write_nothing, NULL, error), ret);
	return ret;
}

static int inject(const struct scene *s, size_t size, uint64_t unknown, struct elfsect_error *error)
{
	const struct {
		struct elfsect_injection known;
		uint64_t unknown;
	} options = {{.struct_size = size, .section = ".new"}, unknown};
	struct elfsect_plan *plan = NULL;
	int ret = elfsect_plan_inject(s->view, &options.known, &plan, error);

	elfsect_plan_free(plan);
	return ret;
}

static int write_file(const struct scene *s, size_t size, uint64_t unknown, struct elfsect_error *error)
{
	const struct {
		struct elfsect_write_options known;
		uint64_t unknown;
	} options = {{.struct_size = size}, unknown};
	const struct elfsect_injection wish = {ELFSECT_INJECTION_INIT, .section = ".new"};
	char path[] = "/tmp/test_option_sizes.XXXXXX";
	struct elfsect_batch *batch = NULL;
	struct elfsect_plan *plan;
	int fd = mkstemp(path), ret;

	assert_true(fd >= 0);
	close(fd);
	ret = elfsect_file_write(path, "x", 1, &options.known, error);
	assert_int_equal(elfsect_batch_new(&options.known, &batch, error), ret);
	elfsect_batch_free(batch);
	assert_int_equal(elfsect_plan_inject(s->view, &wish, &plan, NULL), 0);
	assert_int_equal(elfsect_plan_write(plan, path, &options.known, NULL, error), ret);
	elfsect_plan_free(plan);
	unlink(path);
	return ret;
}

static void test_functions(void **state)
{
	static const struct {
		int (*call)(const struct scene *s, size_t size, uint64_t unknown, struct elfsect_error *error);
		size_t size;
		size_t older;
	} functions[] = {
		{digest, sizeof(struct hashsect_options), offsetof(struct hashsect_options, map)},
		{inject, sizeof(struct elfsect_injection), offsetof(struct elfsect_injection, note_owner)},
		{write_file, sizeof(struct elfsect_write_options), offsetof(struct elfsect_write_options, verify)},
	};
	struct elfsect_error error = {""};
	struct scene s = {.sample = sample_relocatable(&sample_variants[0])};

	(void)state;
	assert_int_equal(elfsect_view_of_memory(s.sample.b->image, s.sample.b->size, "sample", &s.view, &error), 0);
	assert_int_equal(hashsect_policy_builtin("strict", &s.policy, &error), 0);
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		const size_t newer = functions[i].size + sizeof(uint64_t);

		assert_int_equal(functions[i].call(&s, functions[i].size, 1, &error), 0);
		assert_int_equal(functions[i].call(&s, functions[i].older, 1, &error), 0);
		assert_int_equal(functions[i].call(&s, newer, 0, &error), 0);
		assert_int_equal(functions[i].call(&s, newer, 1, &error), -E2BIG);
		assert_int_equal(functions[i].call(&s, 0, 0, &error), -EINVAL);
	}
	hashsect_policy_free(s.policy);
	elfsect_view_close(s.view);
	elf_builder_free(s.sample.b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),	cmocka_unit_test(test_older),	  cmocka_unit_test(test_newer),
		cmocka_unit_test(test_not_set), cmocka_unit_test(test_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
