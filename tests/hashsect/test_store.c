// SPDX-License-Identifier: GPL-2.0-or-later
/* What a signature store holds: put in order, written, found again. What hostile stores do is in cli_store.sh. */
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/attach.h"
#include "store/folder.h"
#include "test_certificates.h"

static char folder[] = "/tmp/hashsect-test-store-XXXXXX";

/* @digest: its first byte. */
static void add(struct store_entries *entries, enum store_kind kind, uint8_t digest, const char *text, const char *path)
{
	char name[16];
	struct store_entry entry = {.kind = kind, .digest = {digest}, .signed_size = 100};
	const struct store_origin from = {NULL, name, NULL};

	snprintf(name, sizeof(name), "%s", path);
	assert_int_equal(store_entries_add(entries, &entry, (const uint8_t *)text, strlen(text), &from), 0);
}

static void finish(struct store_entries *entries)
{
	struct elfsect_error error;

	if (store_entries_finish(entries, &error))
		fail_msg("%s", error.message);
}

/* One order, whatever they were added in; one entry for what is the same. */
static void in_order(void **state)
{
	static const struct {
		uint8_t digest;
		const char *text, *path;
	} pieces[] = {{2, "two", "b"}, {1, "one", "x"}, {2, "two", "a"}, {2, "another", "c"}, {2, "two", "b"}};
	enum { PIECES = sizeof(pieces) / sizeof(pieces[0]) };
	size_t count;

	(void)state;
	for (size_t first = 0; first < PIECES; first++) {
		struct store_entries entries = {0}, more = {0};
		const struct store_entry *found;

		for (size_t i = 0; i < PIECES; i++) {
			const size_t at = (first + i) % PIECES;

			add(i % 2 ? &more : &entries, STORE_MODULE, pieces[at].digest, pieces[at].text,
			    pieces[at].path);
		}
		add(&more, STORE_CERTIFICATE, 2, "a certificate", "k");
		assert_int_equal(store_entries_move(&entries, &more), 0);
		assert_int_equal(more.count, 0);
		finish(&entries);
		assert_int_equal(entries.count, 4);
		assert_int_equal(entries.list[0].digest[0], 1);
		found = store_entries_find(&entries, STORE_MODULE, (const uint8_t[SHA256_SIZE]){2}, &count);
		assert_int_equal(count, 2);
		assert_ptr_equal(found, &entries.list[1]);
		for (size_t i = 0; i < 2; i++) {
			const bool is_two = found[i].size == 3;

			assert_int_equal(found[i].number, i + 1);
			assert_int_equal(found[i].origin_count, is_two ? 2 : 1);
			assert_string_equal(found[i].origins[0].path, is_two ? "a" : "c");
		}
		assert_true(memcmp(found[0].sha256, found[1].sha256, SHA256_SIZE) < 0);
		assert_null(store_entries_find(&entries, STORE_MODULE, (const uint8_t[SHA256_SIZE]){3}, &count));
		assert_null(store_entries_find(&entries, STORE_IMAGE, (const uint8_t[SHA256_SIZE]){2}, &count));
		store_entries_clear(&entries);
	}
}

static void too_many(void **state)
{
	struct store_entries entries = {0};
	struct elfsect_error error;
	char text[16];

	(void)state;
	for (int i = 0; i < STORE_SAME_MAX + 1; i++) {
		snprintf(text, sizeof(text), "%d", i);
		add(&entries, STORE_MODULE, 1, text, "x");
		if (i == STORE_SAME_MAX - 1)
			finish(&entries);
	}
	assert_int_equal(store_entries_finish(&entries, &error), -E2BIG);
	assert_non_null(strstr(error.message, "more than 16 signatures of the same bytes"));
	store_entries_clear(&entries);
}

/* CheckSum is part of what comes out: one table cannot have two. */
static void two_checksums(void **state)
{
	struct store_entry entry = {.kind = STORE_IMAGE, .has_checksum = true};
	char package[] = "p", first[] = "a", second[] = "b";
	const struct store_origin a = {package, first, NULL}, b = {package, second, NULL};
	struct store_entries entries = {0};
	struct elfsect_error error;

	(void)state;
	assert_int_equal(store_entries_add(&entries, &entry, (const uint8_t *)"t", 1, &a), 0);
	assert_int_equal(store_entries_add(&entries, &entry, (const uint8_t *)"t", 1, &b), 0);
	finish(&entries);
	assert_int_equal(entries.count, 1);
	entry.checksum = 1;
	assert_int_equal(store_entries_add(&entries, &entry, (const uint8_t *)"t", 1, &b), 0);
	assert_int_equal(store_entries_finish(&entries, &error), -EINVAL);
	assert_non_null(strstr(error.message, "two values of CheckSum"));
	store_entries_clear(&entries);
}

static void expect_piece(const struct store_piece *piece, const char *text, bool has_checksum, uint32_t checksum)
{
	assert_int_equal(piece->size, strlen(text));
	assert_memory_equal(piece->bytes, text, piece->size);
	assert_int_equal(piece->has_checksum, has_checksum);
	assert_int_equal(piece->checksum, checksum);
}

static void look_up(const struct store *store)
{
	const uint8_t one[SHA256_SIZE] = {1}, two[SHA256_SIZE] = {2}, three[SHA256_SIZE] = {3};
	struct store_found found;
	struct signers signers = {0};
	struct elfsect_error error;

	assert_int_equal(store_find(store, STORE_MODULE, one, &found, &error), 0);
	assert_int_equal(found.count, 1);
	expect_piece(&found.list[0], "one", false, 0);
	store_found_clear(&found);
	assert_int_equal(store_find(store, STORE_MODULE, two, &found, &error), 0);
	assert_int_equal(found.count, STORE_SAME_MAX);
	store_found_clear(&found);
	assert_int_equal(store_find(store, STORE_IMAGE, two, &found, &error), 0);
	assert_int_equal(found.count, 1);
	expect_piece(&found.list[0], "table", true, 0x1020304);
	store_found_clear(&found);
	assert_int_equal(store_find(store, STORE_IMAGE, three, &found, &error), 0);
	assert_int_equal(found.count, 0);
	store_found_clear(&found);
	if (store_signers(store, &signers, &error))
		fail_msg("%s", error.message);
	assert_int_equal(signers.count, 1);
	signers_clear(&signers);
}

/* In memory and in a folder: the same. */
static void written_and_read(void **state)
{
	struct store_entry image = {.kind = STORE_IMAGE, .digest = {2}, .has_checksum = true, .checksum = 0x1020304};
	struct store_entry certificate = {.kind = STORE_CERTIFICATE};
	char package[] = "package", file[] = "path";
	const struct store_origin from = {package, file, NULL};
	const struct test_certificate *der = &test_certificate_rsa2048;
	struct store_entries entries = {0};
	struct store *store;
	struct elfsect_error error;
	char text[16], path[64];

	(void)state;
	add(&entries, STORE_MODULE, 1, "one", "x");
	for (int i = 0; i < STORE_SAME_MAX; i++) {
		snprintf(text, sizeof(text), "%d", i);
		add(&entries, STORE_MODULE, 2, text, "x");
	}
	assert_int_equal(store_entries_add(&entries, &image, (const uint8_t *)"table", 5, &from), 0);
	assert_int_equal(hash_once("sha256", der->der, der->size, certificate.digest), 0);
	assert_int_equal(store_entries_add(&entries, &certificate, der->der, der->size, &from), 0);
	finish(&entries);
	store = store_of_entries(&entries);
	assert_non_null(store);
	look_up(store);
	store_close(store);
	snprintf(path, sizeof(path), "%s/store", folder);
	if (store_write(path, &entries, "{}", NULL, &error))
		fail_msg("%s", error.message);
	assert_int_equal(store_write(path, &entries, "{}", NULL, &error), -EEXIST);
	store_entries_clear(&entries);
	if (store_open(path, &store, &error))
		fail_msg("%s", error.message);
	look_up(store);
	store_close(store);
	assert_int_equal(store_open(folder, &store, &error), -EINVAL);
}

/* A build breaks by what is wrong, not by what is missing. */
static void outcomes(void **state)
{
	(void)state;
	for (enum attach_outcome o = 0; o < ATTACH_OUTCOMES; o++) {
		assert_int_equal(attach_is_failure(o), o == ATTACH_BAD || o == ATTACH_SIGNED);
		assert_int_equal(attach_is_signed(o), o == ATTACH_DONE || o == ATTACH_PRESENT);
	}
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command); // NOLINT(cert-env33-c): a path of our own
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),	    cmocka_unit_test(too_many), cmocka_unit_test(two_checksums),
		cmocka_unit_test(written_and_read), cmocka_unit_test(outcomes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
