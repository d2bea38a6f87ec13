// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every single bit of the generated files: flipped, it changes the digest, or the file is refused, or it is one of
 * those that FORMAT.md section 9 lists. Run as: test_every_bit VARIANT [STEP]; with STEP every STEP-th bit only, for
 * builds that are slow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "elf_cases.h"
#include "error.h"
#include "harmless.h"

struct subject {
	const char *name;
	const struct hashsect_policy *policy;
	struct elfsect_view *view;
	struct hashsect_digest *digest;
	uint8_t *copy; /* that bits are flipped in */
	size_t size;
	uint64_t step;
	uint64_t changed;
	uint64_t refused;
	uint64_t harmless[HARMLESS_KINDS];
};

static int compute(const struct elfsect_view *view, const struct hashsect_policy *policy,
		   struct hashsect_digest **digest, struct elfsect_error *error)
{
	const struct hashsect_options options = { .policy = policy, .scope = HASHSECT_SCOPE_FILE, .threads = 1 };

	return hashsect_digest(view, &options, digest, error);
}

/* The file has one bit flipped in this byte. */
static void try_flipped(struct subject *s, uint64_t offset, unsigned int bit)
{
	autoview struct elfsect_view *view = NULL;
	struct hashsect_digest *digest = NULL;
	struct elfsect_error error = { "" };
	enum harmless kind;

	if (elfsect_view_of_memory(s->copy, s->size, "flipped", &view, &error) ||
	    compute(view, s->policy, &digest, &error)) {
		assert_int_equal(strncmp(error.message, "flipped: ", 9), 0);
		s->refused++;
		return;
	}
	if (memcmp(digest->root, s->digest->root, digest->hash_size) != 0) {
		s->changed++;
	} else {
		kind = harmless_at(s->view, s->digest, view, offset);
		if (kind == HARMLESS_NOT)
			print_error("%s: offset 0x%jx bit %u does not count\n", s->name, (uintmax_t)offset, bit);
		s->harmless[kind]++;
	}
	hashsect_digest_free(digest);
}

static void flip_all(struct subject *s)
{
	for (uint64_t i = 0; i < s->size * 8; i += s->step) {
		s->copy[i / 8] ^= (uint8_t)(1u << i % 8);
		try_flipped(s, i / 8, i % 8);
		s->copy[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	print_message("%-30s %6ju bits: %6ju changed, %6ju refused", s->name, (uintmax_t)((s->size * 8 + s->step - 1) / s->step),
		      (uintmax_t)s->changed, (uintmax_t)s->refused);
	for (int i = 1; i < HARMLESS_KINDS; i++)
		print_message(", %ju %s", (uintmax_t)s->harmless[i], harmless_names[i]);
	print_message("\n");
}

struct run {
	const char *variant;
	uint64_t step;
	uint64_t failures;
};

static int flip_case(const struct elf_case *c, const struct elf_variant *v, void *context)
{
	struct run *run = context;
	struct hashsect_policy *policy;
	struct elfsect_error error;
	struct subject s = { 0 };
	struct elf_builder *b;
	uint8_t *image;
	char name[64];

	if (c->large || strcmp(v->name, run->variant) != 0)
		return 0;
	elf_case_name(c, v, name, sizeof(name));
	b = elf_case_build(c, v, &image, &s.size);
	if (hashsect_policy_builtin(c->policy, &policy, &error) ||
	    elfsect_view_of_memory(image, s.size, name, &s.view, &error) || compute(s.view, policy, &s.digest, &error))
		fail_msg("%s", error.message);
	s.name = name;
	s.step = run->step;
	s.policy = policy;
	s.copy = malloc(s.size);
	assert_non_null(s.copy);
	memcpy(s.copy, image, s.size);
	flip_all(&s);
	run->failures += s.harmless[HARMLESS_NOT];
	free(s.copy);
	hashsect_digest_free(s.digest);
	hashsect_policy_free(policy);
	elfsect_view_close(s.view);
	elf_builder_free(b);
	return 0;
}

static void every_bit(void **state)
{
	char **argv = *state;
	struct run run = { .variant = argv[1], .step = argv[2] ? strtoull(argv[2], NULL, 10) : 1 };

	assert_true(run.step > 0);
	assert_int_equal(elf_cases_each(flip_case, &run), 0);
	assert_int_equal(run.failures, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(every_bit, argv),
	};

	if (argc < 2 || argc > 3)
		return 2;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
