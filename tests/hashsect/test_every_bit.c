// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every single bit of the generated files: flipped, it changes the digest, or the file is refused, or it is one of
 * those that FORMAT.md section 9 lists. Run as: test_every_bit VARIANT [STEP]; with STEP every STEP-th bit only, for
 * builds that are slow. Linked files come with their maps too: with the map as a note, stripped with the map given, and
 * stripped with both.
 */
#include <stdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "elf_cases.h"
#include "base/error.h"
#include "harmless.h"
#include "digest/map.h"
#include "mapped.h"
#include "remembered.h"
#include "elfsect_cleanup.h"

struct subject {
	const char *name;
	const struct hashsect_policy *policy;
	const struct hashsect_map *map; /* given, or NULL */
	struct elfsect_view *view;
	struct hashsect_digest *digest;
	uint8_t *copy; /* that bits are flipped in */
	size_t size;
	uint64_t step;
	uint64_t changed;
	uint64_t refused;
	uint64_t harmless[HARMLESS_KINDS];
};

static int compute(const struct subject *s, const struct elfsect_view *view, struct hashsect_digest **digest,
		   struct elfsect_error *error)
{
	const struct hashsect_options options = {
		.policy = s->policy,
		.scope = HASHSECT_SCOPE_FILE,
		.threads = 1,
		.map = s->map,
		HASHSECT_OPTIONS_INIT,
	};

	return hashsect_digest(view, &options, digest, error);
}

/* The file has one bit flipped in this byte. */
static void try_flipped(struct subject *s, uint64_t offset, unsigned int bit)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	struct hashsect_digest *digest = NULL;
	struct elfsect_error error = {""};
	enum harmless kind;

	if (elfsect_view_of_memory(s->copy, s->size, "flipped", &view, &error) || compute(s, view, &digest, &error)) {
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
	print_message("%-36s %6ju bits: %6ju changed, %6ju refused", s->name,
		      (uintmax_t)((s->size * 8 + s->step - 1) / s->step), (uintmax_t)s->changed, (uintmax_t)s->refused);
	for (int i = 1; i < HARMLESS_KINDS; i++)
		print_message(", %ju %s", (uintmax_t)s->harmless[i], harmless_names[i]);
	print_message("\n");
}

struct run {
	const char *variant;
	uint64_t step;
	uint64_t failures;
	unsigned int mapped; /* cases with a map */
};

static void flip_image(struct run *run, const struct image *image, const char *name,
		       const struct hashsect_policy *policy, const struct hashsect_map *map)
{
	struct subject s = {.name = name, .policy = policy, .map = map, .size = image->size, .step = run->step};
	struct elfsect_error error;

	remembered_forget();
	remembered_record(true);
	if (elfsect_view_of_memory(image->bytes, image->size, name, &s.view, &error) ||
	    compute(&s, s.view, &s.digest, &error))
		fail_msg("%s", error.message);
	remembered_record(false);
	s.copy = malloc(s.size);
	assert_non_null(s.copy);
	memcpy(s.copy, image->bytes, s.size);
	flip_all(&s);
	run->failures += s.harmless[HARMLESS_NOT];
	free(s.copy);
	hashsect_digest_free(s.digest);
	elfsect_view_close(s.view);
}

static void flip_mapped(struct run *run, const struct elf_case *c, const struct elf_variant *v, const char *text,
			const struct hashsect_policy *policy)
{
	static const struct {
		const char *suffix;
		bool stripped, note, given;
	} ways[] = {{"note", false, true, false},
		    {"stripped, map", true, false, true},
		    {"stripped, note", true, true, false},
		    {"stripped, note, map", true, true, true}};
	struct hashsect_map *map;
	struct elfsect_error error;

	assert_int_equal(map_parse(text, strlen(text), "MAP", &map, &error), 0);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct elf_builder *b = image_begin(c, v, ways[i].stripped);
		struct image image;
		char name[128], base[64];

		if (ways[i].note)
			image_add_note(b, text);
		image = image_finish(b);
		elf_case_name(c, v, base, sizeof(base));
		snprintf(name, sizeof(name), "%s+%s", base, ways[i].suffix);
		flip_image(run, &image, name, policy, ways[i].given ? map : NULL);
		image_free(&image);
	}
	hashsect_map_free(map);
}

static int flip_case(const struct elf_case *c, const struct elf_variant *v, void *context)
{
	struct run *run = context;
	struct hashsect_policy *policy;
	struct elfsect_error error;
	struct image image;
	char name[64], *text;

	if (c->large || strcmp(v->name, run->variant) != 0)
		return 0;
	elf_case_name(c, v, name, sizeof(name));
	if (hashsect_policy_builtin(c->policy, &policy, &error))
		fail_msg("%s", error.message);
	image = image_finish(image_begin(c, v, false));
	flip_image(run, &image, name, policy, NULL);
	if (c->type != ET_REL) {
		text = mapped_text(&image, policy);
		flip_mapped(run, c, v, text, policy);
		run->mapped++;
		free(text);
	}
	image_free(&image);
	hashsect_policy_free(policy);
	return 0;
}

static void every_bit(void **state)
{
	char **argv = *state;
	struct run run = {.variant = argv[1], .step = argv[2] ? strtoull(argv[2], NULL, 10) : 1};

	assert_true(run.step > 0);
	assert_int_equal(elf_cases_each(flip_case, &run), 0);
	assert_int_equal(run.failures, 0);
	assert_true(run.mapped >= 5);
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
