// SPDX-License-Identifier: GPL-2.0-or-later
/* Edits in place that nothing interrupts, what keeps editors apart, and journals that are not what they should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "faults.h"
#include "place.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

static void refused(int ret, int code, const struct elfsect_error *error, const char *word)
{
	if (ret != -code || !strstr(error->message, word) ||
	    strncmp(error->message, place.file, strlen(place.file)) != 0)
		fail_msg("expected %d and \"%s\", got %d: %s", -code, word, ret, error->message);
}

static void recover_refused(int code, const char *word)
{
	struct elfsect_error error = {""};
	enum elfsect_recovery recovery;

	refused(elfsect_recover(place.file, &recovery, &error), code, &error, word);
	assert_true(place_has_journal());
	refused(place_edit(true, false, &error), code, &error, word);
	refused(place_edit(false, false, &error), code, &error, word);
	assert_true(place_has_journal());
}

static enum elfsect_recovery recover_ok(void)
{
	struct elfsect_error error = {""};
	enum elfsect_recovery recovery;

	if (elfsect_recover(place.file, &recovery, &error))
		fail_msg("%s", error.message);
	assert_false(place_has_journal());
	return recovery;
}

/* An edit that ends after so many calls; 4: journal and its name are on disk, the file has one change of three. */
static void interrupt(unsigned int calls)
{
	int status;
	pid_t child;

	place_reset();
	child = fork();
	if (!child) {
		struct elfsect_error error;

		fault_arm(FAULT_CRASH_AFTER, calls, 0);
		_exit(!!place_edit(true, false, &error));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), FAULT_STATUS);
	assert_true(place_has_journal());
}

enum { BEFORE_CHANGES = 4, BETWEEN_CHANGES = 5 };

/* ------------------------------------------------------------------------------------------------------- editing */

static void keeps_what_is_the_files(void **state)
{
	struct elfsect_error error = {""};
	struct stat before, after;

	(void)state;
	assert_int_equal(chmod(place.file, 04751), 0);
	(void)setxattr(place.file, "user.note", "kept", 4, 0);
	assert_int_equal(utimensat(AT_FDCWD, place.file, (const struct timespec[2]){{.tv_sec = 1}, {.tv_sec = 1}}, 0),
			 0);
	assert_int_equal(stat(place.file, &before), 0);
	for (int verify = 0; verify < 2; verify++) {
		if (place_edit(true, verify, &error))
			fail_msg("%s", error.message);
		assert_int_equal(place_content(), NEW);
		assert_false(place_has_journal());
		assert_int_equal(stat(place.file, &after), 0);
		assert_int_equal(after.st_ino, before.st_ino);
		assert_int_equal(after.st_mode & 0777, before.st_mode & 0777);
		assert_int_equal(after.st_uid, before.st_uid);
		assert_true(after.st_mtim.tv_sec > 1);
		if (getxattr(place.file, "user.note", NULL, 0) < 0)
			assert_true(errno == ENOTSUP);
	}
	/* Again: the second time there was nothing to do, and nothing was done. */
	assert_int_equal(utimensat(AT_FDCWD, place.file, (const struct timespec[2]){{.tv_sec = 1}, {.tv_sec = 1}}, 0),
			 0);
	assert_int_equal(stat(place.file, &before), 0);
	assert_int_equal(place_edit(true, true, &error), 0);
	assert_int_equal(stat(place.file, &after), 0);
	assert_memory_equal(&after.st_mtim, &before.st_mtim, sizeof(after.st_mtim));
	assert_memory_equal(&after.st_ctim, &before.st_ctim, sizeof(after.st_ctim));
}

/* What make built from the old content is older than the new one, whatever the clock says. */
static void always_newer(void **state)
{
	static const struct timespec olds[] = {
		{.tv_sec = 1}, {.tv_sec = 4000000000, .tv_nsec = 999999999}, {.tv_sec = 4000000000, .tv_nsec = 5}};
	struct elfsect_error error = {""};
	struct stat before, after;

	(void)state;
	for (int in_place = 0; in_place < 2; in_place++)
		for (size_t i = 0; i < sizeof(olds) / sizeof(olds[0]); i++) {
			place_reset();
			assert_int_equal(
				utimensat(AT_FDCWD, place.file, (const struct timespec[2]){olds[i], olds[i]}, 0), 0);
			assert_int_equal(stat(place.file, &before), 0);
			if (place_edit(in_place, false, &error))
				fail_msg("%s", error.message);
			assert_int_equal(place_content(), NEW);
			assert_int_equal(stat(place.file, &after), 0);
			assert_true(after.st_mtim.tv_sec > before.st_mtim.tv_sec ||
				    (after.st_mtim.tv_sec == before.st_mtim.tv_sec &&
				     after.st_mtim.tv_nsec > before.st_mtim.tv_nsec));
			/* The old time and a bit only where the clock is not past it. */
			assert_true(olds[i].tv_sec > 1 || after.st_mtim.tv_sec > 1000000000);
		}
}

static void refuses_other_sizes(void **state)
{
	const struct elfsect_injection wish = {ELFSECT_INJECTION_INIT, .section = ".new", .data = (const uint8_t *)"x",
					       .size = 1, .has_flags = true};
	const struct elfsect_write_options options = {ELFSECT_WRITE_OPTIONS_INIT, .in_place = true};
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_plan *plan = NULL;
	struct elfsect_error error = {""};
	enum elfsect_recovery recovery;

	(void)state;
	assert_int_equal(elfsect_view_open_edit(place.file, ELFSECT_EDIT_IN_PLACE, &recovery, &view, &error), 0);
	assert_int_equal(elfsect_plan_inject(view, &wish, &plan, &error), 0);
	refused(elfsect_plan_write(plan, place.file, &options, NULL, &error), EFBIG, &error, "size");
	elfsect_plan_free(plan);
	assert_int_equal(place_content(), OLD);
	assert_false(place_has_journal());
}

static void needs_a_locked_view(void **state)
{
	const struct elfsect_write_options options = {ELFSECT_WRITE_OPTIONS_INIT, .in_place = true};
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_plan *plan = NULL;
	struct elfsect_error error = {""};

	(void)state;
	assert_int_equal(elfsect_view_open(place.file, &view, &error), 0);
	assert_int_equal(place_plan_edit(view, &plan, &error), 0);
	refused(elfsect_plan_write(plan, place.file, &options, NULL, &error), EBADF, &error, "in place");
	elfsect_plan_free(plan);
	assert_int_equal(place_content(), OLD);
}

static void one_editor_at_a_time(void **state)
{
	elfsect_autoview struct elfsect_view *view = NULL, *reader = NULL;
	struct elfsect_error error = {""};
	enum elfsect_recovery recovery;

	(void)state;
	assert_int_equal(elfsect_view_open_edit(place.file, ELFSECT_EDIT_IN_PLACE, &recovery, &view, &error), 0);
	refused(place_edit(true, false, &error), EBUSY, &error, "another process");
	refused(place_edit(false, false, &error), EBUSY, &error, "another process");
	refused(elfsect_view_open_edit(place.file, ELFSECT_EDIT_COPY, &recovery, &reader, &error), EBUSY, &error,
		"another process");
	elfsect_view_close(steal(view));
	/* Readers do not keep each other out. */
	assert_int_equal(elfsect_view_open_edit(place.file, ELFSECT_EDIT_COPY, &recovery, &view, &error), 0);
	assert_int_equal(elfsect_view_open_edit(place.file, ELFSECT_EDIT_COPY, &recovery, &reader, &error), 0);
	refused(place_edit(true, false, &error), EBUSY, &error, "another process");
	assert_int_equal(place_content(), OLD);
}

/* While an edit runs its journal is there; who finds it must not roll the edit back. */
static void running_edit_is_left_alone(void **state)
{
	struct elfsect_error error = {""};
	enum elfsect_recovery recovery;
	int fd;

	(void)state;
	interrupt(BETWEEN_CHANGES);
	fd = open(place.file, O_RDONLY);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	refused(elfsect_recover(place.file, &recovery, &error), EBUSY, &error, "another process");
	assert_true(place_has_journal());
	close(fd);
	assert_int_equal(recover_ok(), ELFSECT_FILE_RESTORED);
	assert_int_equal(place_content(), OLD);
}

static void notices_changes(void **state)
{
	const struct elfsect_write_options options = {ELFSECT_WRITE_OPTIONS_INIT, .in_place = true};
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_plan *plan = NULL;
	struct elfsect_error error = {""};
	enum elfsect_recovery recovery;
	char other[128];

	(void)state;
	assert_int_equal(elfsect_view_open_edit(place.file, ELFSECT_EDIT_IN_PLACE, &recovery, &view, &error), 0);
	assert_int_equal(place_plan_edit(view, &plan, &error), 0);
	assert_int_equal(utimensat(AT_FDCWD, place.file, (const struct timespec[2]){{.tv_sec = 1}, {.tv_sec = 1}}, 0),
			 0);
	refused(elfsect_plan_write(plan, place.file, &options, NULL, &error), EAGAIN, &error, "changed");
	snprintf(other, sizeof(other), "%s/other", place.directory);
	place_put(other, "x", 1);
	assert_int_equal(rename(other, place.file), 0);
	refused(elfsect_plan_write(plan, place.file, &options, NULL, &error), EAGAIN, &error, "replaced");
	elfsect_plan_free(plan);
}

static void follows_links(void **state)
{
	char link[128], name[96];
	struct elfsect_error error = {""};

	(void)state;
	snprintf(link, sizeof(link), "%s/link", place.directory);
	assert_int_equal(symlink("vmlinux", link), 0);
	interrupt(BETWEEN_CHANGES);
	/* By the link as by the name. */
	strcpy(name, place.file);
	strcpy(place.file, link);
	assert_int_equal(recover_ok(), ELFSECT_FILE_RESTORED);
	assert_int_equal(place_content(), OLD);
	assert_int_equal(place_edit(true, false, &error), 0);
	strcpy(place.file, name);
	assert_int_equal(place_content(), NEW);
}

static void long_names(void **state)
{
	struct elfsect_error error = {""};
	enum elfsect_recovery recovery;
	elfsect_autoview struct elfsect_view *view = NULL;
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/%0250d", place.directory, 1);
	place_put(path, place.old_bytes, place.size);
	assert_int_equal(elfsect_view_open_edit(path, ELFSECT_EDIT_IN_PLACE, &recovery, &view, &error), -ENAMETOOLONG);
	assert_int_equal(elfsect_view_open_edit(path, ELFSECT_EDIT_REPLACE, &recovery, &view, &error), 0);
}

/* ------------------------------------------------------------------------------------------------------ recovering */

static void nothing_to_recover(void **state)
{
	struct elfsect_error error = {""};
	enum elfsect_recovery recovery;

	(void)state;
	assert_int_equal(recover_ok(), ELFSECT_NOTHING_TO_RECOVER);
	assert_int_equal(unlink(place.file), 0);
	refused(elfsect_recover(place.file, &recovery, &error), ENOENT, &error, "No such file");
}

/* Any byte of it, and any length that is less. */
static void damaged_journals(void **state)
{
	autofree uint8_t *good = NULL;
	size_t size;

	(void)state;
	interrupt(BEFORE_CHANGES);
	good = place_get(place.journal, &size);
	for (size_t i = 0; i < size; i++) {
		place_reset();
		good[i] ^= 0x10;
		place_put(place.journal, good, size);
		good[i] ^= 0x10;
		chmod(place.journal, 0600);
		assert_int_equal(recover_ok(), ELFSECT_JOURNAL_DISCARDED);
		assert_int_equal(place_content(), OLD);
		place_put(place.journal, good, i);
		chmod(place.journal, 0600);
		assert_int_equal(recover_ok(), ELFSECT_JOURNAL_DISCARDED);
		assert_int_equal(place_content(), OLD);
	}
}

/* Put a journal there with one field changed and the checksum made right. */
static void write_journal(uint8_t *bytes, size_t size, size_t offset, uint8_t bits)
{
	bytes[offset] ^= bits;
	assert_int_equal(EVP_Digest(bytes, size - 32, bytes + size - 32, NULL, EVP_sha256(), NULL), 1);
	place_put(place.journal, bytes, size);
	assert_int_equal(chmod(place.journal, 0600), 0);
	bytes[offset] ^= bits;
}

static void wrong_journals(void **state)
{
	static const struct {
		size_t offset;
		int code;
		const char *word;
	} fields[] = {
		{16, ENOTSUP, "version"},
		{20, EBADF, "list of changes"},
		{24, ESTALE, "inode"},
		{48, ESTALE, "size"},
		{64 + 7, EBADF, "list of changes"},	 /* beyond the file */
		{64 + 8, EBADF, "list of changes"},	 /* too long */
		{64 + 16 + 2, EBADF, "list of changes"}, /* before the first */
		{64 + 16 + 8 + 7, EBADF, "list of changes"},
		{64 + 1, ESTALE, "content"},
		{64 + 48, ESTALE, "content"},
	};
	autofree uint8_t *good = NULL;
	struct elfsect_error error;
	enum elfsect_recovery recovery;
	size_t size;

	(void)state;
	interrupt(BEFORE_CHANGES);
	good = place_get(place.journal, &size);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		write_journal(good, size, fields[i].offset, 4);
		recover_refused(fields[i].code, fields[i].word);
		assert_int_equal(place_content(), OLD);
	}
	write_journal(good, size, 40, 4);
	if (elfsect_recover(place.file, &recovery, &error))
		refused(-ESTALE, ESTALE, &error, "birth");
}

static void journal_of_another_file(void **state)
{
	char other[128];

	(void)state;
	/* Another file took the name; and one that has the old content, but is another one. */
	interrupt(BETWEEN_CHANGES);
	snprintf(other, sizeof(other), "%s/other", place.directory);
	place_put(other, place.old_bytes, place.size);
	assert_int_equal(rename(other, place.file), 0);
	recover_refused(ESTALE, "inode");
	assert_int_equal(place_content(), OLD);
}

/* In a directory where others may write, a journal is an order to root to write to a file. */
static void planted_journals(void **state)
{
	char other[128];

	(void)state;
	interrupt(BETWEEN_CHANGES);
	assert_int_equal(chmod(place.journal, 0620), 0);
	recover_refused(EPERM, "owner");
	assert_int_equal(chmod(place.journal, 0600), 0);
	snprintf(other, sizeof(other), "%s/other", place.directory);
	assert_int_equal(link(place.journal, other), 0);
	recover_refused(EPERM, "owner");
	assert_int_equal(unlink(place.journal), 0);
	assert_int_equal(symlink("other", place.journal), 0);
	recover_refused(ELOOP, "journal");
	assert_int_equal(unlink(place.journal), 0);
	assert_int_equal(mkfifo(place.journal, 0600), 0);
	recover_refused(EPERM, "owner");
	assert_int_equal(unlink(place.journal), 0);
	if (!geteuid()) {
		assert_int_equal(rename(other, place.journal), 0);
		assert_int_equal(chown(place.journal, 12345, (gid_t)-1), 0);
		recover_refused(EPERM, "owner");
	}
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, place_set_up, place_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(keeps_what_is_the_files), IN_PLACE(always_newer),	   IN_PLACE(refuses_other_sizes),
		IN_PLACE(needs_a_locked_view),	   IN_PLACE(one_editor_at_a_time), IN_PLACE(running_edit_is_left_alone),
		IN_PLACE(notices_changes),	   IN_PLACE(follows_links),	   IN_PLACE(long_names),
		IN_PLACE(nothing_to_recover),	   IN_PLACE(damaged_journals),	   IN_PLACE(wrong_journals),
		IN_PLACE(journal_of_another_file), IN_PLACE(planted_journals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
