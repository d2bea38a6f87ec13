// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tool, with each of its calls that make, change or reread a file failing in turn, alone or with all that follow,
 * or transferring one half: one line on standard error, exit status 2, and the old file; or the way round it that
 * exists, and the new one. usage: test_fault ELFSECT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "sample.h"
#include "scene.h"

static struct {
	unsigned int errors, journals, detours, halves;
	char calls[32][32]; /* that failed, and made the command fail */
	size_t call_count;
} all;

static void fail_with(const struct scene *scene, const struct wound *wound, const struct traced *traced,
		      const char *what)
{
	fail_msg("%s: %s %u (%s %s), errno %d: %s\nexit status %d, messages: %s", scene->name,
		 wound->harm == HARM_SHORT ? "half of transfer" : "error at call", wound->at, traced->call,
		 traced->target, wound->error, what, traced->status, traced->messages);
}

static void remember_call(const char *name)
{
	for (size_t i = 0; i < all.call_count; i++)
		if (!strcmp(all.calls[i], name))
			return;
	assert_true(all.call_count < sizeof(all.calls) / sizeof(all.calls[0]));
	strcpy(all.calls[all.call_count++], name);
}

static bool is_one_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return !strncmp(text, "elfsect: ", 9) && end && !end[1];
}

/* Calls whose failure is no reason to give up: there is another way, or it was only a hint. */
static bool has_detour(const struct traced *traced, int error)
{
	if (!strcmp(traced->call, "copy_file_range"))
		return error != ENOSPC && error != EDQUOT;
	return !strcmp(traced->call, "ioctl") || !strcmp(traced->call, "openat") ||
	       !strcmp(traced->call, "sync_file_range");
}

/* The new content is there and on disk, or renamed; only that this outlives a crash is in doubt, and the message says
 * so. */
static bool is_late(const struct traced *traced)
{
	return !strcmp(traced->call, "fsync") && !strcmp(traced->target, place.directory) &&
	       (strstr(traced->messages, "the new file is in place") ||
		strstr(traced->messages, "removing the journal"));
}

static void expect_success(const struct scene *scene, const struct wound *wound, const struct traced *traced)
{
	if (scene_content(scene) != (scene->kind == SCENE_RECOVER ? OLD : NEW))
		fail_with(scene, wound, traced, "not the new content");
	if (strcmp(traced->messages, scene->messages) != 0)
		fail_with(scene, wound, traced, "other messages than without a fault");
	if (place_has_journal() || scene_count_temporaries())
		fail_with(scene, wound, traced, "something is left");
	scene_expect_attributes(scene);
}

static void expect_failure(const struct scene *scene, const struct wound *wound, const struct traced *traced)
{
	const enum content content = scene_content(scene);
	const bool journal = place_has_journal();

	if (traced->status != 2 || !is_one_line(traced->messages))
		fail_with(scene, wound, traced, "not one line and exit status 2");
	if (!strstr(traced->messages, strerror(wound->error)))
		fail_with(scene, wound, traced, "the message does not say why");
	if (journal ? scene->kind != SCENE_RECOVER && !strstr(traced->messages, "'elfsect recover'")
		    : content != OLD && !(content == NEW && is_late(traced)))
		fail_with(scene, wound, traced, "neither the old content nor a journal that the message names");
	if (journal && wound->harm != HARM_ERRORS && scene->kind == SCENE_IN_PLACE)
		fail_with(scene, wound, traced, "the journal is left, though only one call failed");
	if (scene_count_temporaries() && wound->harm != HARM_ERRORS)
		fail_with(scene, wound, traced, "a temporary file is left");
	scene_expect_attributes(scene);
	remember_call(traced->call);
	all.errors++;
	all.journals += journal;
	scene_recover();
	if (scene_content(scene) != (journal ? OLD : content))
		fail_with(scene, wound, traced, "recovery does not bring the old content back");
}

static unsigned int fail_everywhere(const struct scene *scene, enum harm harm, int error, bool no_clone)
{
	struct wound wound = {harm, place.directory, 0, error, no_clone};
	struct traced traced;

	for (;;) {
		wound.at++;
		scene_reset(scene);
		scene_run(scene, &wound, &traced);
		if (!traced.done)
			break;
		if (traced.status) {
			expect_failure(scene, &wound, &traced);
			continue;
		}
		if (harm == HARM_SHORT)
			all.halves++;
		else if (has_detour(&traced, error))
			all.detours++;
		else
			fail_with(scene, &wound, &traced, "nobody noticed");
		expect_success(scene, &wound, &traced);
	}
	expect_success(scene, &wound, &traced);
	return wound.at - 1;
}

static void errors(void **state)
{
	static const int codes[] = {ENOSPC, EIO, EDQUOT};

	(void)state;
	for (struct scene *s = scenes; s->name; s++) {
		scene_learn(s);
		for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
			print_message("%s: %u calls\n", s->name, fail_everywhere(s, HARM_ERROR, codes[i], i < 2));
		print_message("%s: for good, %u calls\n", s->name, fail_everywhere(s, HARM_ERRORS, EIO, false));
	}
}

static void short_transfers(void **state)
{
	(void)state;
	for (struct scene *s = scenes; s->name; s++) {
		scene_learn(s);
		print_message("%s: %u transfers\n", s->name, fail_everywhere(s, HARM_SHORT, 0, true));
	}
}

/* Otherwise the tests show nothing. */
static void was_worth_it(void **state)
{
	static const char *const expected[] = {"pwrite64",  "pread64", "copy_file_range", "fsync",
					       "ftruncate", "openat",  "linkat",	  "renameat",
					       "unlinkat",  "fchmod",  "fchown"};

	(void)state;
	print_message("%u errors, %u with a journal to recover from; %u ways round; %u halves\n", all.errors,
		      all.journals, all.detours, all.halves);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		size_t k = 0;

		while (k < all.call_count && strcmp(all.calls[k], expected[i]) != 0)
			k++;
		if (k == all.call_count)
			fail_msg("%s never failed", expected[i]);
	}
	assert_true(all.errors >= 100);
	assert_true(all.journals > 0);
	assert_true(all.detours > 0);
	assert_true(all.halves >= 10);
}

#define SCENE(test)                                                                                                    \
	cmocka_unit_test_prestate_setup_teardown(test, scene_set_up, scene_tear_down,                                  \
						 (void *)(uintptr_t)&sample_variants[2])

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE(errors),
		SCENE(short_transfers),
		cmocka_unit_test(was_worth_it),
	};

	if (argc != 2)
		return 2;
	scene_program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
