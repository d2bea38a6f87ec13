// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every edit on broken files: either it is refused with a message, or its result is sound. The files are the generated
 * cases with a few bytes changed, mostly in headers and tables; the numbers are the same in every run.
 */
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "edited.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

enum { ROUNDS = 120 };

struct run {
	uint64_t random;
	bool sound; /* the file at hand: an edit may leave as it is what was wrong before */
	unsigned int files, plans, refusals;
};

/* xorshift64: good enough to spread, and the same everywhere. */
static uint64_t next(struct run *run, uint64_t below)
{
	run->random ^= run->random << 13;
	run->random ^= run->random >> 7;
	run->random ^= run->random << 17;
	return below ? run->random % below : 0;
}

static void judge(struct run *run, int ret, struct elfsect_plan **made, const struct elfsect_error *error)
{
	elfsect_autoview struct elfsect_view *result = NULL;
	struct elfsect_plan *plan = steal(*made);
	autofree uint8_t *bytes = NULL;
	struct elfsect_error found = {""};

	if (ret) {
		assert_true(ret < 0 && error->message[0]);
		run->refusals++;
		return;
	}
	run->plans++;
	bytes = elfsect_plan_apply(plan);
	assert_non_null(bytes);
	if (elfsect_view_of_memory(bytes, elfsect_plan_size(plan), "result", &result, &found) ||
	    (run->sound && elfsect_check(result, ELFSECT_CHECK_RELOCATIONS, &found)))
		fail_msg("an edit made a broken file: %s", found.message);
	elfsect_plan_free(plan);
}

static void try_section(struct run *run, const struct elfsect_view *view, const struct elfsect_section *s)
{
	const struct elfsect_definition definitions[] = {
		{"module_cert_size", ELFSECT_AT_SIZE_WORD, 0},
		{"new_symbol", ELFSECT_AT_END, 0},
	};
	const struct elfsect_injection wish = {
		.section = s->name,
		.data = (const uint8_t *)"0123456789",
		.size = next(run, 11),
		.definitions = definitions,
		.definition_count = next(run, 3),
		ELFSECT_INJECTION_INIT,
	};
	const uint64_t offset = next(run, s->size + 1);
	const struct elfsect_region region = {s->index, offset, next(run, s->size - offset + 1)};
	struct elfsect_error error = {""};
	struct elfsect_plan *plan = NULL;

	judge(run, elfsect_plan_inject(view, &wish, &plan, &error), &plan, &error);
	judge(run, elfsect_plan_remove(view, s->name, &plan, &error), &plan, &error);
	judge(run, elfsect_plan_rename(view, s->name, ".another", &plan, &error), &plan, &error);
	if (s->type == SHT_NOBITS || s->type == SHT_NULL)
		return;
	judge(run, elfsect_plan_clear(view, &region, &plan, &error), &plan, &error);
	judge(run, elfsect_plan_isolate(view, &region, ".another", 0, &plan, &error), &plan, &error);
}

static void try_file(struct run *run, const uint8_t *bytes, size_t size)
{
	const struct elfsect_injection wish = {ELFSECT_INJECTION_INIT, .section = ".new",
					       .data = (const uint8_t *)"data", .size = 4};
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_error error = {""};
	struct elfsect_plan *plan = NULL;
	const struct elfsect_section *sections;
	uint32_t count;

	run->files++;
	if (elfsect_view_of_memory(bytes, size, "sample", &view, &error))
		return;
	run->sound = !elfsect_check(view, ELFSECT_CHECK_RELOCATIONS, &error);
	judge(run, elfsect_plan_inject(view, &wish, &plan, &error), &plan, &error);
	sections = elfsect_view_sections(view, &count);
	for (uint32_t i = 1; i < count; i++)
		try_section(run, view, &sections[i]);
}

static int visit(const struct elf_case *c, const struct elf_variant *v, void *context)
{
	struct run *run = context;
	struct elf_builder *b;
	uint8_t *image;
	size_t size;

	if (c->large)
		return 0;
	b = elf_case_build(c, v, &image, &size);
	try_file(run, image, size);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		/* A copy of its own size, so that a sanitizer sees what is read behind it. */
		const size_t length = next(run, 8) ? size : (size_t)next(run, size) + 1;
		autofree uint8_t *copy = malloc(length);

		memcpy(copy, image, length);
		for (uint64_t n = next(run, 3); n + 1; n--) {
			/* Tables are at the end, and most of what may go wrong is in them. */
			const size_t at = next(run, 2) ? length - 1 - (size_t)next(run, length / 2 + 1)
						       : (size_t)next(run, length);

			copy[at] = (uint8_t)(next(run, 2) ? next(run, 256) : copy[at] ^ (uint64_t)1 << next(run, 8));
		}
		try_file(run, copy, length);
	}
	elf_builder_free(b);
	return 0;
}

static void mutations(void **state)
{
	struct run run = {.random = 0x9e3779b97f4a7c15};

	(void)state;
	assert_int_equal(elf_cases_each(visit, &run), 0);
	print_message("%u files, %u plans, %u refusals\n", run.files, run.plans, run.refusals);
	assert_true(run.files > 1000 && run.plans > 1000 && run.refusals > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
