// SPDX-License-Identifier: GPL-2.0-or-later
/* modules.order: what is read, what is refused and with which line; which file is a module. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "modules/hashes.h"
#include "modules/order.h"

static char folder[] = "/tmp/test_module_order.XXXXXX";

static void put(const char *name, const void *bytes, size_t size)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

static void unput(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

static void put_order(const char *text)
{
	put("modules.order", text, strlen(text));
}

static int read_order(struct module_order *order, struct elfsect_error *error)
{
	return module_order_read(folder, order, error);
}

/* ---------------------------------------------------------------------------------------------------------- lines */

static void test_lines_as_a_build_writes_them(void **state)
{
	struct elfsect_error error;
	struct module_order order;

	(void)state;
	put_order("crypto/md4.o\ndrivers/net/dummy.o\na.o\n");
	assert_int_equal(read_order(&order, &error), 0);
	assert_int_equal(order.count, 3);
	assert_string_equal(order.stems[0], "crypto/md4");
	assert_string_equal(order.stems[1], "drivers/net/dummy");
	assert_string_equal(order.stems[2], "a");
	module_order_clear(&order);
}

static void test_lines_as_installed(void **state)
{
	struct elfsect_error error;
	struct module_order order;

	(void)state;
	put_order("kernel/crypto/md4.ko\nkernel/.hidden..o.ko\nkernel/a b.ko\nkernel/\xc3\xa4.ko\n");
	assert_int_equal(read_order(&order, &error), 0);
	assert_int_equal(order.count, 4);
	assert_string_equal(order.stems[0], "kernel/crypto/md4");
	assert_string_equal(order.stems[1], "kernel/.hidden..o");
	assert_string_equal(order.stems[2], "kernel/a b");
	module_order_clear(&order);
}

static int make_hashes(const struct module_order *order, enum module_hash_kind kind, unsigned int threads,
		       uint8_t **hashes, struct elfsect_error *error)
{
	struct workers *workers;
	int ret;

	assert_int_equal(workers_open(threads, &workers), 0);
	ret = module_hashes_make(order, kind, workers, hashes, error);
	workers_close(workers);
	return ret;
}

static void test_an_empty_file_lists_nothing(void **state)
{
	struct elfsect_error error;
	struct module_order order;
	uint8_t *hashes;

	(void)state;
	put_order("");
	assert_int_equal(read_order(&order, &error), 0);
	assert_int_equal(order.count, 0);
	assert_int_equal(make_hashes(&order, MODULE_HASH_LIST, 4, &hashes, &error), 0);
	free(hashes);
	module_order_clear(&order);
}

static void expect_refused(const char *text, size_t size, const char *words)
{
	struct elfsect_error error = {""};
	struct module_order order;

	put("modules.order", text, size);
	if (read_order(&order, &error) != -EINVAL || !strstr(error.message, words))
		fail_msg("'%s' gives '%s', not '%s'", text, error.message, words);
	assert_non_null(strstr(error.message, "/modules.order: line "));
}

static void test_what_is_no_list_is_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"a.o\n\nb.o\n", "line 2: empty"},
		{"\n", "line 1: empty"},
		{"a.o\nb.o", "line 2: no line end"},
		{"a.o\n/b.o\n", "line 2: an absolute path"},
		{"../b.o\n", "line 1: an empty path component, . or .."},
		{"a/../b.o\n", "line 1: an empty path component, . or .."},
		{"a/./b.o\n", "line 1: an empty path component, . or .."},
		{"./b.o\n", "line 1: an empty path component, . or .."},
		{"a//b.o\n", "line 1: an empty path component, . or .."},
		{"a/\n", "line 1: an empty path component, . or .."},
		{"a.o\r\n", "line 1: a control character"},
		{"a\x1b[2Jb.o\n", "line 1: a control character"},
		{"a\x7f.o\n", "line 1: a control character"},
		{"a.c\n", "line 1: does not end in .o or .ko"},
		{"a.ko.xz\n", "line 1: does not end in .o or .ko"},
		{".o\n", "line 1: does not end in .o or .ko"},
		{"a/.ko\n", "line 1: does not end in .o or .ko"},
		{"a.o \n", "line 1: does not end in .o or .ko"},
		{"# comment\n", "line 1: does not end in .o or .ko"},
		{"a.o\nb.ko\n", "line 2: ends in another way"},
		{"a.ko\nb.ko\nc.o\n", "line 3: ends in another way"},
		{"a.o\nb.o\na.o\n", "line 3: a is on line 1 already"},
		{"x.ko\ny.ko\ny.ko\nx.ko\n", "line 4: x is on line 1 already"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_refused(cases[i].text, strlen(cases[i].text), cases[i].words);
	expect_refused("a\0b.o\n", 6, "line 1: a NUL byte");
	expect_refused("a.o\n\0\n", 6, "line 2: a NUL byte");
}

static void test_lines_of_every_length(void **state)
{
	char text[4200];

	(void)state;
	for (size_t length = 4090; length < 4100; length++) {
		struct elfsect_error error;
		struct module_order order;
		int ret;

		memset(text, 'a', length);
		memcpy(text + length - 2, ".o\n", 3);
		put("modules.order", text, length + 1);
		ret = read_order(&order, &error);
		assert_int_equal(ret, length > 4095 ? -EINVAL : 0);
		if (!ret)
			module_order_clear(&order);
	}
}

static void test_no_file_no_order(void **state)
{
	struct elfsect_error error;
	struct module_order order;

	(void)state;
	unput("modules.order");
	put("a.ko", "x", 1);
	assert_int_equal(read_order(&order, &error), -ENOENT);
	assert_non_null(strstr(error.message, "modules.order"));
	assert_int_equal(module_order_read("/dev/null", &order, &error), -EINVAL);
	unput("a.ko");
}

/* ---------------------------------------------------------------------------------------------------------- files */

static int find_first(char **name, struct elfsect_error *error)
{
	struct module_order order;
	int ret;

	assert_int_equal(read_order(&order, error), 0);
	ret = module_order_file(&order, 0, name, error);
	module_order_clear(&order);
	return ret;
}

static void test_one_file_is_the_module(void **state)
{
	static const char *const names[] = {"m.ko", "m.ko.gz", "m.ko.xz", "m.ko.zst"};
	struct elfsect_error error;
	char *name;

	(void)state;
	put_order("m.o\n");
	put("m.o", "x", 1);
	put("m.ko.bz2", "x", 1);
	assert_int_equal(find_first(&name, &error), -ENOENT);
	assert_non_null(strstr(error.message, "line 1: no m.ko"));
	for (size_t i = 0; i < 4; i++) {
		put(names[i], "x", 1);
		assert_int_equal(find_first(&name, &error), 0);
		assert_string_equal(name, names[i]);
		free(name);
		for (size_t j = 0; j < i; j++) {
			put(names[j], "x", 1);
			assert_int_equal(find_first(&name, &error), -EEXIST);
			assert_non_null(strstr(error.message, names[i]));
			assert_non_null(strstr(error.message, names[j]));
			unput(names[j]);
		}
		unput(names[i]);
	}
}

/* ------------------------------------------------------------------------------------------------------- hashing */

enum { MANY = 200 };

static void put_many(void)
{
	char text[MANY * 8] = "", name[16];

	for (int i = 0; i < MANY; i++) {
		uint8_t bytes[4] = {(uint8_t)i, 1, 2, 3};

		snprintf(name, sizeof(name), "%d.ko", i);
		put(name, bytes, sizeof(bytes));
		sprintf(text + strlen(text), "%s\n", name);
	}
	put_order(text);
}

static void test_threads_do_not_matter(void **state)
{
	struct elfsect_error error;
	struct module_order order;
	uint8_t *first, *again;

	(void)state;
	put_many();
	assert_int_equal(read_order(&order, &error), 0);
	for (unsigned int kind = MODULE_HASH_LIST; kind <= MODULE_HASH_LEAF; kind++) {
		assert_int_equal(make_hashes(&order, kind, 1, &first, &error), 0);
		for (unsigned int threads = 0; threads < 40; threads += 3) {
			assert_int_equal(make_hashes(&order, kind, threads, &again, &error), 0);
			assert_memory_equal(first, again, MANY * MODULE_HASH_SIZE);
			free(again);
		}
		free(first);
	}
	module_order_clear(&order);
}

/* Two modules are bad: whoever meets which first, the error is that of the first in the order. */
static void test_the_first_error_is_reported(void **state)
{
	struct elfsect_error error;
	struct module_order order;
	uint8_t *hashes;

	(void)state;
	put_many();
	put("77.ko", "", 0);
	unput("150.ko");
	assert_int_equal(read_order(&order, &error), 0);
	for (unsigned int round = 0; round < 50; round++) {
		assert_int_equal(make_hashes(&order, MODULE_HASH_LIST, 1 + round % 8, &hashes, &error), -EBADMSG);
		assert_non_null(strstr(error.message, "/77.ko: the file is empty"));
	}
	module_order_clear(&order);
}

/* -------------------------------------------------------------------------------------------------------- fixture */

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static int remove_folder(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_as_a_build_writes_them), cmocka_unit_test(test_lines_as_installed),
		cmocka_unit_test(test_an_empty_file_lists_nothing),  cmocka_unit_test(test_what_is_no_list_is_refused),
		cmocka_unit_test(test_lines_of_every_length),	     cmocka_unit_test(test_no_file_no_order),
		cmocka_unit_test(test_one_file_is_the_module),	     cmocka_unit_test(test_threads_do_not_matter),
		cmocka_unit_test(test_the_first_error_is_reported),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
