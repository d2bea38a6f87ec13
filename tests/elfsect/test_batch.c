// SPDX-License-Identifier: GPL-2.0-or-later
/* Many files that are synced together: each is complete or not there, whatever becomes of the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elfsect_edit.h"

/* More than wait for one sync, and no multiple of that. */
enum { MANY = 300 };

static char directory[64];

/* In the place of syncfs(), see CMakeLists.txt. */
static unsigned int syncs, failing_sync; /* that many were made; this one fails, from 1 */
static unsigned int names_at_first_sync;

int __real_syncfs(int fd);
int __wrap_syncfs(int fd);

static const char *path_of(unsigned int i)
{
	static char path[96];

	snprintf(path, sizeof(path), "%s/%u", directory, i);
	return path;
}

static int set_up(void **state)
{
	(void)state;
	syncs = failing_sync = 0;
	strcpy(directory, "/tmp/batch-XXXXXX");
	return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	return system(command);
}

static unsigned int count_names(void)
{
	DIR *d = opendir(directory);
	unsigned int count = 0;

	assert_non_null(d);
	while (readdir(d))
		count++;
	closedir(d);
	return count - 2; /* . and .. */
}

int __wrap_syncfs(int fd)
{
	if (!syncs++)
		names_at_first_sync = count_names();
	if (syncs != failing_sync)
		return __real_syncfs(fd);
	errno = EIO;
	return -1;
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void expect_content(const char *path, const char *text)
{
	char found[64] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	found[fread(found, 1, sizeof(found) - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(found, text);
}

static struct elfsect_batch *start(void)
{
	struct elfsect_batch *batch;
	struct elfsect_error error;

	assert_int_equal(elfsect_batch_new(NULL, &batch, &error), 0);
	return batch;
}

static int add(struct elfsect_batch *batch, unsigned int i)
{
	struct elfsect_error error;
	char text[16];

	snprintf(text, sizeof(text), "new %u", i);
	return elfsect_batch_add(batch, path_of(i), text, strlen(text), &error);
}

static void expect_new(unsigned int from, unsigned int to)
{
	char text[16];

	for (unsigned int i = from; i < to; i++) {
		snprintf(text, sizeof(text), "new %u", i);
		expect_content(path_of(i), text);
	}
}

/* Files that are made and files that are replaced; a link leads to its target. */
static void writes_all(void **state)
{
	struct elfsect_batch *batch = start();
	struct elfsect_error error;
	struct stat st;

	(void)state;
	put(path_of(7), "old");
	assert_int_equal(chmod(path_of(7), 0640), 0);
	put(path_of(MANY), "old");
	assert_int_equal(symlink("300", path_of(8)), 0);
	for (unsigned int i = 0; i < MANY; i++)
		assert_int_equal(add(batch, i), 0);
	assert_int_equal(elfsect_batch_finish(batch, &error), 0);
	elfsect_batch_free(batch);
	expect_new(0, MANY);
	expect_content(path_of(MANY), "new 8");
	assert_int_equal(stat(path_of(7), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(count_names(), MANY + 1);
}

/* Nothing that waits has a name, and nothing of it stays. */
static void forgets_what_waits(void **state)
{
	struct elfsect_batch *batch = start();
	unsigned int named;

	(void)state;
	put(path_of(MANY - 1), "old");
	for (unsigned int i = 0; i < MANY; i++)
		assert_int_equal(add(batch, i), 0);
	expect_content(path_of(MANY - 1), "old");
	named = count_names();
	elfsect_batch_free(batch);
	assert_int_equal(count_names(), named);
	assert_true(named < MANY);
	expect_new(0, named - 1);
	elfsect_batch_free(NULL);
}

static void fails_for_one(void **state)
{
	struct elfsect_batch *batch = start();
	struct elfsect_error error;

	(void)state;
	assert_int_equal(add(batch, 0), 0);
	assert_int_equal(elfsect_batch_add(batch, directory, "", 0, &error), -EISDIR);
	assert_non_null(strstr(error.message, directory));
	assert_int_equal(elfsect_batch_finish(batch, &error), 0);
	elfsect_batch_free(batch);
	expect_new(0, 1);
	assert_int_equal(count_names(), 1);
}

/* What somebody else made of a target meanwhile is kept; files before it are in place, those after it are not. */
static void notices_changes(void **state)
{
	struct elfsect_batch *batch = start();
	struct elfsect_error error;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		put(path_of(i), "old");
		assert_int_equal(add(batch, i), 0);
	}
	assert_int_equal(unlink(path_of(1)), 0);
	put(path_of(1), "theirs");
	assert_int_equal(elfsect_batch_finish(batch, &error), -EAGAIN);
	assert_non_null(strstr(error.message, path_of(1)));
	elfsect_batch_free(batch);
	expect_new(0, 1);
	expect_content(path_of(1), "theirs");
	expect_content(path_of(2), "old");
	assert_int_equal(count_names(), 3);
}

/* No file has its name before its bytes are on disk; after that only the names may not outlive a crash. */
static void syncs_first(void **state)
{
	static const unsigned int names[] = {3, 0, 3};

	(void)state;
	for (failing_sync = 0; failing_sync < 3; failing_sync++) {
		struct elfsect_batch *batch = start();
		struct elfsect_error error;

		for (unsigned int i = 0; i < 3; i++) {
			unlink(path_of(i));
			assert_int_equal(add(batch, i), 0);
		}
		syncs = 0;
		assert_int_equal(elfsect_batch_finish(batch, &error), failing_sync ? -EIO : 0);
		assert_int_equal(names_at_first_sync, 0);
		assert_int_equal(syncs, failing_sync ? failing_sync : 2);
		if (failing_sync)
			assert_int_equal(!!strstr(error.message, "in place"), failing_sync == 2);
		elfsect_batch_free(batch);
		assert_int_equal(count_names(), names[failing_sync]);
		expect_new(0, names[failing_sync]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(writes_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(forgets_what_waits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(fails_for_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(notices_changes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(syncs_first, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
