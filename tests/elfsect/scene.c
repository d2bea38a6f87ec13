// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "sample.h"
#include "scene.h"
#include "base/cleanup.h"

enum { MODE = 0751, OWNER = 12345, GROUP = 12346, OLD_TIME = 1000000000 };

const char *scene_program;
static char data_path[96], out_path[96];
/* At which stop an edit in place is killed so that it leaves a journal and a file of which a part is changed. */
static unsigned int halfway;

#define SLOT "inject", "--slot", "linux-extra-cert", "--data", "DATA"

struct scene scenes[] = {
	{"in place", SCENE_IN_PLACE, {SLOT, "--in-place"}, NULL, 0, ""},
	{"in place, verified", SCENE_IN_PLACE, {SLOT, "--in-place", "--verify"}, NULL, 0, ""},
	{"cleared in place", SCENE_IN_PLACE, {"clear", "--symbol", "system_extra_cert", "--in-place"}, NULL, 0, ""},
	{"replaced", SCENE_REPLACE, {SLOT}, NULL, 0, ""},
	{"new section",
	 SCENE_REPLACE,
	 {"inject", "--section", ".note.new", "--flags", "0", "--data", "DATA"},
	 NULL,
	 0,
	 ""},
	{"output", SCENE_OUTPUT, {SLOT, "-o", "OUT"}, NULL, 0, ""},
	{"recovered", SCENE_RECOVER, {"recover"}, NULL, 0, ""},
	{0},
};

/* ----------------------------------------------------------------------------------------------------------- files */

int scene_set_up(void **state)
{
	const int ret = place_set_up(state);

	snprintf(data_path, sizeof(data_path), "%s.data", place.directory);
	snprintf(out_path, sizeof(out_path), "%s/out", place.directory);
	place_put(data_path, place.data, place.data_size);
	halfway = 0;
	return ret;
}

int scene_tear_down(void **state)
{
	for (struct scene *s = scenes; s->name; s++)
		free(steal(s->new_bytes));
	unlink(data_path);
	return place_tear_down(state);
}

static void set_attributes(void)
{
	const struct timespec times[2] = {{.tv_sec = OLD_TIME}, {.tv_sec = OLD_TIME}};

	if (!geteuid())
		assert_int_equal(chown(place.file, OWNER, GROUP), 0);
	assert_int_equal(chmod(place.file, MODE), 0);
	if (setxattr(place.file, "user.note", "kept", 4, 0))
		assert_int_equal(errno, ENOTSUP);
	assert_int_equal(utimensat(AT_FDCWD, place.file, times, 0), 0);
}

void scene_expect_attributes(const struct scene *scene)
{
	char note[8];
	struct stat st;

	assert_int_equal(stat(place.file, &st), 0);
	assert_int_equal(st.st_mode & 07777, MODE);
	if (!geteuid()) {
		assert_int_equal(st.st_uid, OWNER);
		assert_int_equal(st.st_gid, GROUP);
	}
	if (getxattr(place.file, "user.note", note, sizeof(note)) != 4 || memcmp(note, "kept", 4) != 0)
		assert_int_equal(errno, ENOTSUP);
	if (scene->kind != SCENE_RECOVER && scene_file_content(scene) != OLD)
		assert_true(st.st_mtim.tv_sec > OLD_TIME);
}

unsigned int scene_count_temporaries(void)
{
	DIR *d = opendir(place.directory);
	unsigned int count = 0;

	assert_non_null(d);
	for (struct dirent *e = readdir(d); e; e = readdir(d))
		count += strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && strcmp(e->d_name, "vmlinux") &&
			 strcmp(e->d_name, "out") && strcmp(e->d_name, ".vmlinux.elfsect-journal");
	closedir(d);
	return count;
}

static enum content content_of(const char *path, const struct scene *scene)
{
	size_t size;
	autofree uint8_t *bytes = place_get(path, &size);

	if (size == place.size && !memcmp(bytes, place.old_bytes, size))
		return OLD;
	return size == scene->new_size && !memcmp(bytes, scene->new_bytes, size) ? NEW : OTHER;
}

enum content scene_file_content(const struct scene *scene)
{
	return content_of(place.file, scene);
}

enum content scene_content(const struct scene *scene)
{
	if (scene->kind != SCENE_OUTPUT)
		return content_of(place.file, scene);
	return access(out_path, F_OK) ? OLD : content_of(out_path, scene);
}

/* -------------------------------------------------------------------------------------------------------- commands */

void scene_run(const struct scene *scene, const struct wound *wound, struct traced *traced)
{
	static const struct wound none;
	const char *argv[14] = {scene_program};
	size_t count = 1;

	for (const char *const *word = scene->words; *word; word++)
		argv[count++] = !strcmp(*word, "DATA") ? data_path : !strcmp(*word, "OUT") ? out_path : *word;
	argv[count] = place.file;
	traced_run(argv, wound ? wound : &none, traced);
}

void scene_recover(void)
{
	const char *const argv[] = {scene_program, "recover", place.file, NULL};
	const struct wound none = {0};
	struct traced traced;

	traced_run(argv, &none, &traced);
	if (traced.status)
		fail_msg("recover: %s", traced.messages);
	assert_false(place_has_journal());
	assert_int_equal(scene_count_temporaries(), 0);
}

/* Find the place where a kill leaves work for recovery. */
static void find_halfway(void)
{
	const struct scene *edit = &scenes[0];
	struct wound wound = {HARM_KILL, place.directory, 0, 0, false};
	struct traced traced;

	do {
		wound.at = ++halfway;
		scene_reset(edit);
		scene_run(edit, &wound, &traced);
		assert_true(traced.done);
	} while (scene_content(edit) != OTHER);
}

void scene_reset(const struct scene *scene)
{
	const struct wound wound = {HARM_KILL, place.directory, halfway, 0, false};
	struct traced traced;

	place_reset();
	unlink(out_path);
	if (scene->kind == SCENE_RECOVER) {
		scene_run(&scenes[0], &wound, &traced);
		assert_true(place_has_journal());
	}
	set_attributes();
}

void scene_learn(struct scene *scene)
{
	struct traced traced;

	if (scene->kind == SCENE_RECOVER)
		find_halfway();
	scene_reset(scene);
	scene_run(scene, NULL, &traced);
	if (traced.status)
		fail_msg("%s: %s", scene->name, traced.messages);
	memcpy(scene->messages, traced.messages, sizeof(scene->messages));
	scene->new_bytes = place_get(scene->kind == SCENE_OUTPUT ? out_path : place.file, &scene->new_size);
	assert_int_equal(scene_content(scene), scene->kind == SCENE_RECOVER ? OLD : NEW);
	assert_false(place_has_journal());
	if (strcmp(scene->words[0], "inject") == 0 && strcmp(scene->words[1], "--slot") == 0) {
		assert_int_equal(scene->new_size, place.size);
		assert_memory_equal(scene->new_bytes, place.new_bytes, place.size);
	}
}
