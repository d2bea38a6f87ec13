// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's rules on module trailers, at their edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "image/module_trailer.h"
#include "make_signature.h"

enum { CONTENT_SIZE = 100, TAIL = 40 };

static const uint8_t content[CONTENT_SIZE] = {0x7f, 'E', 'L', 'F'};
static const uint8_t data[2000] = {1, 2, 3};

static int parse(const uint8_t *bytes, size_t size, struct module_trailer *trailer)
{
	/* In a block of its own, so that the sanitizer sees a step too far. */
	uint8_t *copy = malloc(size ? size : 1);
	struct elfsect_error error = {""};
	struct module_trailer found;
	int ret;

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	ret = module_trailer_parse(copy, size, "a.ko", trailer, &error);
	if (ret)
		assert_memory_equal(error.message, "a.ko: module trailer: ", 22);
	/* Where it is can be told of more trailers than what it is. */
	if (!ret)
		assert_int_equal(module_trailer_find(copy, size, "a.ko", &found, &error), 0);
	free(copy);
	return ret;
}

static int parse_made(size_t content_size, size_t data_size, uint8_t id_type, struct module_trailer *trailer)
{
	size_t size;
	uint8_t *file = make_trailer(content, content_size, data, data_size, id_type, &size);
	const int ret = parse(file, size, trailer);

	free(file);
	return ret;
}

static void test_none(void **state)
{
	struct module_trailer t;

	(void)state;
	assert_int_equal(parse(content, sizeof(content), &t), 0);
	assert_int_equal(t.kind, TRAILER_NONE);
	assert_int_equal(t.content_size, sizeof(content));
	assert_int_equal(t.size, 0);
	assert_int_equal(parse(content, 0, &t), 0);
	assert_int_equal(t.kind, TRAILER_NONE);
	assert_int_equal(t.content_size, 0);
}

static void test_signature(void **state)
{
	struct module_trailer t;

	(void)state;
	assert_int_equal(parse_made(CONTENT_SIZE, 681, 2, &t), 0);
	assert_int_equal(t.kind, TRAILER_PKCS7);
	assert_int_equal(t.id_type, 2);
	assert_int_equal(t.content_size, CONTENT_SIZE);
	assert_int_equal(t.data_offset, CONTENT_SIZE);
	assert_int_equal(t.data_size, 681);
	assert_int_equal(t.size, 681 + TAIL);
	/* sig_len must be smaller than what is left, so one byte of module is enough, and none is not. */
	assert_int_equal(parse_made(1, 681, 2, &t), 0);
	assert_int_equal(t.content_size, 1);
	assert_int_equal(parse_made(0, 681, 2, &t), -EBADMSG);
	assert_int_equal(parse_made(0, 0, 2, &t), -EBADMSG);
	assert_int_equal(parse_made(1, 0, 2, &t), 0);
}

static void test_tail_is_inverse(void **state)
{
	uint8_t tail[TRAILER_TAIL_SIZE], *file;
	size_t size;

	(void)state;
	for (uint32_t length = 0; length < sizeof(data); length += 333) {
		file = make_trailer(content, sizeof(content), data, length, 3, &size);
		module_trailer_tail(TRAILER_ID_MERKLE, length, tail);
		assert_int_equal(size, sizeof(content) + length + sizeof(tail));
		assert_memory_equal(tail, file + size - sizeof(tail), sizeof(tail));
		free(file);
	}
}

/* sig_len beyond the file, in all its bytes. */
static void test_lengths(void **state)
{
	static const uint32_t lengths[] = {781, 782, 1000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff};
	struct module_trailer t;
	size_t size;
	uint8_t *file = make_trailer(content, sizeof(content), data, 681, 2, &size);

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (unsigned int j = 0; j < 4; j++)
			file[size - 32 + j] = (uint8_t)(lengths[i] >> (24 - 8 * j));
		assert_int_equal(parse(file, size, &t), -EBADMSG);
	}
	free(file);
}

/* What remains when the front of a signed file is missing. */
static void test_short_files(void **state)
{
	struct module_trailer t;
	size_t size;
	uint8_t *file = make_trailer(content, sizeof(content), data, 681, 2, &size);

	(void)state;
	for (size_t cut = 0; cut <= size; cut++) {
		const size_t left = size - cut;
		const int ret = parse(file + cut, left, &t);

		if (left > 681 + TAIL) {
			assert_int_equal(ret, 0);
			assert_int_equal(t.content_size, left - 681 - TAIL);
		} else {
			assert_int_equal(ret, left < 28 ? 0 : -EBADMSG);
		}
	}
	/* Without its end it is no trailer. */
	for (size_t cut = 1; cut <= size; cut++) {
		assert_int_equal(parse(file, size - cut, &t), 0);
		assert_int_equal(t.kind, TRAILER_NONE);
	}
	free(file);
}

static void test_reserved(void **state)
{
	static const unsigned int fields[] = {0, 1, 3, 4, 5, 6, 7};
	struct module_trailer t;
	size_t size;

	(void)state;
	for (uint8_t id_type = 2; id_type <= 3; id_type++)
		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
			for (unsigned int bit = 0; bit < 8; bit++) {
				uint8_t *file = make_trailer(content, sizeof(content), data, 36, id_type, &size);

				assert_int_equal(parse(file, size, &t), 0);
				file[size - TAIL + fields[i]] ^= (uint8_t)(1u << bit);
				assert_int_equal(parse(file, size, &t), -EBADMSG);
				free(file);
			}
}

static void test_merkle(void **state)
{
	struct elfsect_error error;
	struct module_trailer t;
	size_t file_size;

	(void)state;
	for (uint32_t size = 0; size < 1200; size++) {
		const bool valid = size >= 36 && size <= 4 + 32 * 32 && size % 32 == 4;

		assert_int_equal(parse_made(CONTENT_SIZE, size, 3, &t), valid ? 0 : -EBADMSG);
		if (!valid) {
			uint8_t *file = make_trailer(content, CONTENT_SIZE, data, size, 3, &file_size);

			assert_int_equal(module_trailer_find(file, file_size, "a.ko", &t, &error), 0);
			assert_int_equal(t.levels, 0);
			assert_int_equal(t.content_size, CONTENT_SIZE);
			free(file);
			continue;
		}
		assert_int_equal(t.kind, TRAILER_MERKLE);
		assert_int_equal(t.levels, (size - 4) / 32);
		assert_int_equal(TRAILER_MERKLE_SIZE(t.levels), size);
	}
}

static void test_unknown(void **state)
{
	struct module_trailer t;

	(void)state;
	for (unsigned int id_type = 4; id_type < 256; id_type++) {
		assert_int_equal(parse_made(CONTENT_SIZE, 17, (uint8_t)id_type, &t), 0);
		assert_int_equal(t.kind, TRAILER_UNKNOWN);
		assert_int_equal(t.id_type, id_type);
		assert_int_equal(t.data_size, 17);
		assert_int_equal(t.content_size, CONTENT_SIZE);
		assert_int_equal(parse_made(0, 17, (uint8_t)id_type, &t), -EBADMSG);
	}
}

/* Kernels before 4.3: name of the signer, key identifier, signature; the fields say how long each is. */
static void test_named(void **state)
{
	struct module_trailer t;
	size_t size;

	(void)state;
	for (uint8_t id_type = 0; id_type < 2; id_type++) {
		uint8_t *file = make_trailer(content, CONTENT_SIZE, data, 25 + 20 + 258, id_type, &size);
		uint8_t *info = file + size - TAIL;

		info[0] = 1;
		info[1] = 4;
		info[3] = 25;
		info[4] = 20;
		info[10] = 1; /* sig_len 258 */
		info[11] = 2;
		assert_int_equal(parse(file, size, &t), 0);
		assert_int_equal(t.kind, TRAILER_NAMED);
		assert_int_equal(t.id_type, id_type);
		assert_int_equal(t.content_size, CONTENT_SIZE);
		assert_int_equal(t.data_size, 25 + 20 + 258);
		assert_int_equal(t.size, t.data_size + TAIL);
		assert_int_equal(t.signer_size, 25);
		assert_int_equal(t.key_id_size, 20);
		/* One byte is left of the module, and none. */
		info[3] = 25 + CONTENT_SIZE - 1;
		assert_int_equal(parse(file, size, &t), 0);
		assert_int_equal(t.content_size, 1);
		info[3]++;
		assert_int_equal(parse(file, size, &t), -EBADMSG);
		/* Their sum is more than 32 bits hold. */
		memset(info + 8, 0xff, 4);
		assert_int_equal(parse(file, size, &t), -EBADMSG);
		free(file);
	}
}

/* Module hashes: trailers of type 2 and 3 are taken off; of others only sig_len is asked. */
static void test_skip(void **state)
{
	struct elfsect_error error;
	uint64_t left;
	size_t inner_size, size;
	uint8_t *inner = make_trailer(content, sizeof(content), data, 36, 1, &inner_size);
	uint8_t *outer = make_trailer(inner, inner_size, data, 681, 2, &size);

	(void)state;
	assert_int_equal(module_trailers_skip(outer, size, "a.ko", &left, &error), 0);
	assert_int_equal(left, inner_size);
	outer[inner_size - TAIL + 3] = 200; /* a name that has no room */
	assert_int_equal(module_trailers_skip(outer, size, "a.ko", &left, &error), 0);
	assert_int_equal(left, inner_size);
	outer[inner_size - TAIL + 10] = 1;
	assert_int_equal(module_trailers_skip(outer, size, "a.ko", &left, &error), -EBADMSG);
	free(inner);
	free(outer);
}

static void test_nested(void **state)
{
	struct module_trailer t;
	size_t inner_size, size;
	uint8_t *inner = make_trailer(content, sizeof(content), data, 36, 3, &inner_size);
	uint8_t *outer = make_trailer(inner, inner_size, data, 681, 2, &size);

	(void)state;
	assert_int_equal(parse(outer, size, &t), 0);
	assert_int_equal(t.kind, TRAILER_PKCS7);
	assert_int_equal(t.content_size, inner_size);
	assert_int_equal(parse(outer, t.content_size, &t), 0);
	assert_int_equal(t.kind, TRAILER_MERKLE);
	assert_int_equal(t.content_size, CONTENT_SIZE);
	free(inner);
	free(outer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_tail_is_inverse),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_short_files),
		cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_merkle),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_nested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
