// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tool, killed at every system call that it makes after it first looks at its file, before and after the call. Then
 * the file is the old or the new one, or recovery makes it the old one, and nothing is left behind.
 * usage: test_kill ELFSECT
 */
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "sample.h"
#include "scene.h"

enum { LEAST_KILLS = 500 };

static struct {
	unsigned int kills;
	unsigned int old, new;	/* as it was after the kill, without a journal */
	unsigned int recovered; /* there was a journal */
	unsigned int halfway;	/* there was a journal, and the file was neither old nor new */
	unsigned int left;	/* a temporary file with a name */
} all;

static void count(const struct scene *scene, enum content content, bool journal)
{
	all.kills++;
	all.left += scene_count_temporaries();
	if (scene->kind != SCENE_IN_PLACE)
		return;
	if (journal) {
		all.recovered++;
		all.halfway += content == OTHER;
	} else {
		all.old += content == OLD;
		all.new += content == NEW;
	}
}

static void after_kill(const struct scene *scene, unsigned int at)
{
	const bool journal = place_has_journal();
	const enum content content = scene_content(scene);

	count(scene, content, journal);
	if (content == OTHER && !journal)
		fail_msg("%s: killed at stop %u: a third content", scene->name, at);
	if (scene->kind == SCENE_OUTPUT || scene->kind == SCENE_REPLACE) {
		assert_false(journal);
		assert_true(scene_count_temporaries() <= 1);
	}
	if (scene->kind == SCENE_OUTPUT)
		assert_int_equal(scene_file_content(scene), OLD);
	/* What a new file takes over from the old one is there when its name is. */
	scene_expect_attributes(scene);
}

/* Recovery, or the next edit, puts everything in order. */
static void put_right(const struct scene *scene, unsigned int at)
{
	const enum content before = scene_content(scene);
	const bool journal = place_has_journal();
	struct traced traced;

	scene_recover();
	if (scene_content(scene) != (journal ? OLD : before))
		fail_msg("%s: killed at stop %u: recovery makes a third content", scene->name, at);
	scene_expect_attributes(scene);
	if (scene->kind == SCENE_RECOVER)
		return;
	scene_run(scene, NULL, &traced);
	if (traced.status)
		fail_msg("%s: killed at stop %u: the next edit: %s", scene->name, at, traced.messages);
	assert_int_equal(scene_content(scene), NEW);
}

/* The same without recovery before the next edit. */
static void edit_again(const struct scene *scene, unsigned int at)
{
	struct traced traced;

	scene_run(scene, NULL, &traced);
	if (traced.status)
		fail_msg("%s: killed at stop %u: the next edit: %s", scene->name, at, traced.messages);
	assert_int_equal(scene_content(scene), scene->kind == SCENE_RECOVER ? OLD : NEW);
	assert_false(place_has_journal());
	if (scene->kind != SCENE_IN_PLACE)
		assert_int_equal(scene_count_temporaries(), 0);
	scene_expect_attributes(scene);
}

static unsigned int kill_everywhere(const struct scene *scene)
{
	struct wound wound = {HARM_KILL, place.directory, 0, 0, false};
	struct traced traced;

	for (;;) {
		wound.at++;
		scene_reset(scene);
		scene_run(scene, &wound, &traced);
		if (!traced.done)
			break;
		assert_int_equal(traced.status, -1);
		after_kill(scene, wound.at);
		if (wound.at % 2)
			put_right(scene, wound.at);
		else
			edit_again(scene, wound.at);
	}
	assert_int_equal(traced.status, 0);
	assert_int_equal(scene_content(scene), scene->kind == SCENE_RECOVER ? OLD : NEW);
	scene_expect_attributes(scene);
	return wound.at - 1;
}

static void killed_everywhere(void **state)
{
	(void)state;
	for (struct scene *s = scenes; s->name; s++) {
		scene_learn(s);
		print_message("%s: killed at %u places\n", s->name, kill_everywhere(s));
	}
}

/* The writing is the same for a file of another class and byte order: one way will do. */
static void other_file_killed_everywhere(void **state)
{
	(void)state;
	scene_learn(&scenes[0]);
	print_message("%s: killed at %u places\n", scenes[0].name, kill_everywhere(&scenes[0]));
}

/* Otherwise the test shows nothing. */
static void was_worth_it(void **state)
{
	(void)state;
	print_message(
		"%u kills; in place: %u times the old file, %u times the new one, %u times to be recovered, %u of "
		"these halfway; %u temporary files\n",
		all.kills, all.old, all.new, all.recovered, all.halfway, all.left);
	assert_true(all.kills >= LEAST_KILLS);
	assert_true(all.old > 0);
	assert_true(all.new > 0);
	assert_true(all.recovered > all.halfway);
	assert_true(all.halfway > 0);
	assert_true(all.left > 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate_setup_teardown(killed_everywhere, scene_set_up, scene_tear_down,
							 (void *)(uintptr_t)&sample_variants[2]),
		cmocka_unit_test_prestate_setup_teardown(other_file_killed_everywhere, scene_set_up, scene_tear_down,
							 (void *)(uintptr_t)&sample_variants[1]),
		cmocka_unit_test(was_worth_it),
	};

	if (argc != 2)
		return 2;
	/* Where there is a file system in memory a sync costs nothing. */
	if (!access("/dev/shm", W_OK))
		place_parent = "/dev/shm";
	scene_program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
