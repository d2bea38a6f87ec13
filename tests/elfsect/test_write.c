// SPDX-License-Identifier: GPL-2.0-or-later
/* elfsect_plan_write(): the file appears complete and alone, or nothing happens. */
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "edited.h"
#include "sample.h"
#include "base/cleanup.h"

struct place {
	char directory[64];
	char file[80];
	struct elfsect_view *view;
	struct elfsect_plan *plan;
	uint8_t *expected; /* owned */
};

static void put(const char *path, const void *bytes, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
	static const struct elf_variant variant = {"64le", ELFCLASS64, ELFDATA2LSB, EM_X86_64};
	const struct elfsect_injection wish = {ELFSECT_INJECTION_INIT, .section = ".new",
					       .data = (const uint8_t *)"data", .size = 4};
	struct place *p = calloc(1, sizeof(*p));
	struct sample s = sample_relocatable(&variant);
	struct elfsect_error error = {""};

	strcpy(p->directory, "/tmp/test_write.XXXXXX");
	assert_non_null(mkdtemp(p->directory));
	snprintf(p->file, sizeof(p->file), "%s/file.o", p->directory);
	put(p->file, s.b->image, s.b->size);
	elf_builder_free(s.b);
	if (elfsect_view_open(p->file, &p->view, &error) || elfsect_plan_inject(p->view, &wish, &p->plan, &error))
		fail_msg("%s", error.message);
	p->expected = elfsect_plan_apply(p->plan);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	char command[128];

	elfsect_plan_free(p->plan);
	elfsect_view_close(p->view);
	snprintf(command, sizeof(command), "rm -rf %s", p->directory);
	assert_int_equal(system(command), 0);
	free(p->expected);
	free(p);
	return 0;
}

static unsigned int count_files(const struct place *p)
{
	DIR *d = opendir(p->directory);
	unsigned int count = 0;

	while (readdir(d))
		count++;
	closedir(d);
	return count - 2;
}

static bool has_content(const char *path, const uint8_t *bytes, uint64_t size)
{
	autofclose FILE *f = fopen(path, "r");
	autofree uint8_t *got = malloc(size + 1);

	return f && fread(got, 1, size + 1, f) == size && !memcmp(got, bytes, size);
}

static bool is_new(const struct place *p, const char *path)
{
	return has_content(path, p->expected, elfsect_plan_size(p->plan));
}

static bool is_old(const struct place *p)
{
	uint64_t size;
	const uint8_t *bytes = elfsect_view_bytes(p->view, &size);

	return has_content(p->file, bytes, size);
}

static void write_ok(const struct place *p, const char *path, struct elfsect_write_result *result)
{
	struct elfsect_error error = {""};

	if (elfsect_plan_write(p->plan, path, NULL, result, &error))
		fail_msg("%s", error.message);
}

static void write_refused(const struct place *p, const char *path, int code, const char *word)
{
	struct elfsect_error error = {""};
	const int ret = elfsect_plan_write(p->plan, path, NULL, NULL, &error);

	if (ret != -code || !strstr(error.message, word) || strncmp(error.message, path, strlen(path)) != 0)
		fail_msg("expected %d and \"%s\", got %d: %s", -code, word, ret, error.message);
	assert_true(is_old(p));
}

static void replaces(void **state)
{
	struct place *p = *state;
	struct elfsect_write_result result;
	struct stat before, after;

	assert_int_equal(chmod(p->file, 0640), 0);
	(void)setxattr(p->file, "user.note", "kept", 4, 0);
	assert_int_equal(stat(p->file, &before), 0);
	write_ok(p, p->file, &result);
	assert_true(is_new(p, p->file));
	assert_int_equal(result.other_links, 0);
	assert_int_equal(stat(p->file, &after), 0);
	assert_int_equal(after.st_mode, before.st_mode);
	assert_int_equal(after.st_uid, before.st_uid);
	assert_true(after.st_mtim.tv_sec > before.st_mtim.tv_sec || after.st_mtim.tv_nsec != before.st_mtim.tv_nsec);
	if (getxattr(p->file, "user.note", NULL, 0) < 0)
		assert_true(errno == ENOTSUP);
	assert_int_equal(count_files(p), 1);
}

/* struct posix_acl_xattr_header and _entry: version 2, then tag, permissions, id, little endian. */
static const uint8_t others_may_read[] = {
	2,  0, 0, 0,			 /* */
	1,  0, 7, 0, 255, 255, 255, 255, /* the owner */
	2,  0, 7, 0, 210, 4,   0,   0,	 /* user 1234 */
	4,  0, 7, 0, 255, 255, 255, 255, /* the group */
	16, 0, 7, 0, 255, 255, 255, 255, /* the mask */
	32, 0, 4, 0, 255, 255, 255, 255, /* others */
};

/* A folder's default access list is for new files; an edited one is not new. */
static void no_access_list_of_the_folder(void **state)
{
	static const char name[] = "system.posix_acl_access";
	struct place *p = *state;
	struct stat st;

	assert_int_equal(chmod(p->file, 0640), 0);
	if (setxattr(p->directory, "system.posix_acl_default", others_may_read, sizeof(others_may_read), 0)) {
		print_message("skipped: no access lists here: %s\n", strerror(errno));
		return;
	}
	write_ok(p, p->file, NULL);
	assert_true(is_new(p, p->file));
	assert_int_equal(getxattr(p->file, name, NULL, 0), -1);
	assert_int_equal(stat(p->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

/* One of its own is kept. */
static void keeps_its_access_list(void **state)
{
	static const char name[] = "system.posix_acl_access";
	uint8_t list[sizeof(others_may_read) + 1];
	struct place *p = *state;

	if (setxattr(p->file, name, others_may_read, sizeof(others_may_read), 0)) {
		print_message("skipped: no access lists here: %s\n", strerror(errno));
		return;
	}
	write_ok(p, p->file, NULL);
	assert_int_equal(getxattr(p->file, name, list, sizeof(list)), sizeof(others_may_read));
	assert_memory_equal(list, others_may_read, sizeof(others_may_read));
}

static void creates(void **state)
{
	struct place *p = *state;
	char out[96];
	struct stat st;
	const mode_t mask = umask(027);

	snprintf(out, sizeof(out), "%s/out.o", p->directory);
	assert_int_equal(chmod(p->file, 0664), 0);
	elfsect_plan_free(steal(p->plan));
	elfsect_view_close(steal(p->view));
	{
		const struct elfsect_injection wish = {ELFSECT_INJECTION_INIT, .section = ".new",
						       .data = (const uint8_t *)"data", .size = 4};
		struct elfsect_error error;

		assert_int_equal(elfsect_view_open(p->file, &p->view, &error), 0);
		assert_int_equal(elfsect_plan_inject(p->view, &wish, &p->plan, &error), 0);
	}
	write_ok(p, out, NULL);
	umask(mask);
	assert_true(is_new(p, out));
	assert_true(is_old(p));
	assert_int_equal(stat(out, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(count_files(p), 2);
}

static void follows_links(void **state)
{
	struct place *p = *state;
	struct elfsect_write_result result;
	char link_path[96], dangling[96], hard[96];
	struct stat st;

	snprintf(link_path, sizeof(link_path), "%s/link", p->directory);
	snprintf(dangling, sizeof(dangling), "%s/dangling", p->directory);
	snprintf(hard, sizeof(hard), "%s/hard", p->directory);
	assert_int_equal(symlink("nowhere", dangling), 0);
	write_refused(p, dangling, ENOENT, "No such file");
	assert_int_equal(symlink("file.o", link_path), 0);
	assert_int_equal(link(p->file, hard), 0);
	write_ok(p, link_path, &result);
	assert_int_equal(result.other_links, 1);
	assert_int_equal(lstat(link_path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_true(is_new(p, p->file));
	assert_false(is_new(p, hard));
}

static void refuses_targets(void **state)
{
	struct place *p = *state;
	char path[128];

	write_refused(p, p->directory, EISDIR, "directory");
	write_refused(p, "/dev/null", EINVAL, "not a regular file");
	snprintf(path, sizeof(path), "%s/no/such/place", p->directory);
	write_refused(p, path, ENOENT, "No such file");
	snprintf(path, sizeof(path), "%s/file.o/x", p->directory);
	write_refused(p, path, ENOTDIR, "Not a directory");
	assert_int_equal(count_files(p), 1);
}

static void notices_changes(void **state)
{
	struct place *p = *state;
	char other[96];
	int fd;

	/* Somebody touches it. */
	fd = open(p->file, O_WRONLY);
	assert_int_equal(futimens(fd, (const struct timespec[2]){{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1}}), 0);
	close(fd);
	write_refused(p, p->file, EAGAIN, "changed");
	/* Somebody replaces it. */
	snprintf(other, sizeof(other), "%s/other", p->directory);
	put(other, "x", 1);
	assert_int_equal(rename(other, p->file), 0);
	{
		struct elfsect_error error;

		assert_int_equal(elfsect_plan_write(p->plan, p->file, NULL, NULL, &error), -EAGAIN);
	}
	assert_true(has_content(p->file, (const uint8_t *)"x", 1));
}

/* A file size limit stands for a full disk. */
static void full_disk(void **state)
{
	struct place *p = *state;
	struct rlimit old, small;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	for (rlim_t limit = 0; limit < elfsect_plan_size(p->plan); limit += 97) {
		small.rlim_cur = limit;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		write_refused(p, p->file, EFBIG, "too large");
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_int_equal(count_files(p), 1);
	}
}

/* The announced path exists only while it is announced. */
static char announced[4096];
static unsigned int announcements;

static void on_temporary(const char *path, void *data)
{
	*(bool *)data = path != NULL;
	if (path)
		snprintf(announced, sizeof(announced), "%s", path);
	announcements++;
}

static void announces(void **state)
{
	struct place *p = *state;
	bool exists = false;
	const struct elfsect_write_options options = {ELFSECT_WRITE_OPTIONS_INIT, .on_temporary = on_temporary,
						      .data = &exists};
	struct elfsect_error error;

	assert_int_equal(elfsect_plan_write(p->plan, p->file, &options, NULL, &error), 0);
	assert_int_equal(announcements, 2);
	assert_false(exists);
	assert_int_equal(strncmp(announced, p->directory, strlen(p->directory)), 0);
	assert_int_not_equal(access(announced, F_OK), 0);
}

static void writes_any_file(void **state)
{
	struct place *p = *state;
	struct elfsect_error error;
	char out[96];

	snprintf(out, sizeof(out), "%s/text", p->directory);
	assert_int_equal(elfsect_file_write(out, "abc", 3, NULL, &error), 0);
	assert_true(has_content(out, (const uint8_t *)"abc", 3));
	assert_int_equal(elfsect_file_write(out, "", 0, NULL, &error), 0);
	assert_true(has_content(out, (const uint8_t *)"", 0));
	assert_int_equal(elfsect_file_write(p->directory, "abc", 3, NULL, &error), -EISDIR);
}

/* A killed writer leaves a file in the moment when it has a name; only such a one may go. */
static void sweeps(void **state)
{
	static const char *const kept[] = {".elfsect-0123456789abcdef.tm",  ".elfsect-0123456789abcdef.tmp~",
					   ".elfsect-0123456789abcde.tmp",  ".elfsect-0123456789abcdeff.tmp",
					   ".elfsect-0123456789ABCDEF.tmp", "0123456789abcdef.tmp",
					   ".vmlinux.elfsect-journal"};
	static const char *const names[] = {".elfsect-0000000000000000.tmp", ".elfsect-0123456789abcdef.tmp",
					    ".elfsect-1111111111111111.tmp", ".elfsect-2222222222222222.tmp",
					    ".elfsect-3333333333333333.tmp", ".elfsect-4444444444444444.tmp"};
	struct place *p = *state;
	struct elfsect_error error;
	enum elfsect_recovery recovery;
	char paths[6][128], path[128];
	unsigned int count;
	int fd;

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", p->directory, kept[i]);
		put(path, "x", 1);
	}
	for (size_t i = 0; i < 6; i++)
		snprintf(paths[i], sizeof(paths[i]), "%s/%s", p->directory, names[i]);
	/* One at work, a link, a FIFO, a directory, one with two names. */
	put(paths[0], "x", 1);
	fd = open(paths[0], O_RDONLY);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(symlink("file.o", paths[1]), 0);
	assert_int_equal(mkfifo(paths[2], 0600), 0);
	assert_int_equal(mkdir(paths[3], 0700), 0);
	put(paths[4], "x", 1);
	snprintf(path, sizeof(path), "%s/second", p->directory);
	assert_int_equal(link(paths[4], path), 0);
	count = count_files(p);
	for (int i = 0; i < 2; i++) {
		put(paths[5], "left", 4);
		if (i)
			write_ok(p, p->file, NULL);
		else
			assert_int_equal(elfsect_recover(p->file, &recovery, &error), 0);
		assert_int_not_equal(access(paths[5], F_OK), 0);
		assert_int_equal(count_files(p), count);
	}
	/* Its writer has ended. */
	close(fd);
	assert_int_equal(elfsect_file_write(path, "abc", 3, NULL, &error), 0);
	assert_int_not_equal(access(paths[0], F_OK), 0);
	assert_true(has_content(p->file, p->expected, elfsect_plan_size(p->plan)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(replaces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_access_list_of_the_folder, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keeps_its_access_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(creates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(follows_links, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refuses_targets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(notices_changes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(full_disk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(announces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(writes_any_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sweeps, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
