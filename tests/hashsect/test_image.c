// SPDX-License-Identifier: GPL-2.0-or-later
/* Peeling: what is inside, what is said about it, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "image/image.h"
#include "make_signature.h"

enum { CONTENT_SIZE = 3000, COMPRESSED_MAX = 1 << 16, TAIL = 40 };

static uint8_t content[CONTENT_SIZE];

static const struct certificate_spec signer = {.curve = "P-256"};
static const struct signature_spec by_signer = {.signer = &signer};

static const enum layer_kind compressions[] = {LAYER_GZIP, LAYER_XZ, LAYER_ZSTD};

/* ------------------------------------------------------------------------------------------------------- helpers */

/* A file that is open under a path, and can be changed. */
static int file_fd = -1;
static char file_path[64];

static void set_file(const void *bytes, size_t size)
{
	if (file_fd < 0) {
		file_fd = memfd_create("test", MFD_CLOEXEC);
		snprintf(file_path, sizeof(file_path), "/proc/self/fd/%d", file_fd);
	}
	assert_int_equal(ftruncate(file_fd, 0), 0);
	assert_int_equal(pwrite(file_fd, bytes, size, 0), (ssize_t)size);
}

static int open_bytes(const void *bytes, size_t size, uint64_t max_size, struct image **image,
		      struct elfsect_error *error)
{
	const struct image_options options = {.max_size = max_size};

	set_file(bytes, size);
	*image = NULL;
	return image_open(file_path, &options, image, error);
}

static void assert_refused(const void *bytes, size_t size, const char *word)
{
	struct elfsect_error error = {""};
	struct image *image;
	const int ret = open_bytes(bytes, size, 0, &image, &error);

	if (ret != -EBADMSG || !strstr(error.message, word))
		fail_msg("%d, \"%s\", not refused with \"%s\"", ret, error.message, word);
}

static void assert_inside(const struct image *image, const void *bytes, size_t size)
{
	uint64_t inner;
	const uint8_t *there = image_bytes(image, &inner);

	assert_int_equal(inner, size);
	assert_memory_equal(there, bytes, size);
}

/* In memory, as gzip, xz and zstd would write it. */
static size_t pack(enum layer_kind kind, const void *bytes, size_t size, uint8_t *out, size_t room)
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t used = 0;

	assert_int_equal(archive_write_set_format_raw(archive), ARCHIVE_OK);
	assert_int_equal(archive_write_set_bytes_in_last_block(archive, 1), ARCHIVE_OK);
	assert_int_equal(kind == LAYER_GZIP ? archive_write_add_filter_gzip(archive)
			 : kind == LAYER_XZ ? archive_write_add_filter_xz(archive)
					    : archive_write_add_filter_zstd(archive),
			 ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(archive, out, room, &used), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(archive, bytes, size), (la_ssize_t)size);
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_entry_free(entry);
	archive_write_free(archive);
	return used;
}

/* --------------------------------------------------------------------------------------------------- compression */

static void test_plain(void **state)
{
	struct elfsect_error error;
	struct image *image;
	size_t count;

	(void)state;
	assert_int_equal(open_bytes(content, sizeof(content), 0, &image, &error), 0);
	assert_inside(image, content, sizeof(content));
	image_layers(image, &count);
	assert_int_equal(count, 0);
	assert_false(image_is_compressed(image));
	image_close(image);
	assert_int_equal(open_bytes("", 0, 0, &image, &error), 0);
	assert_inside(image, "", 0);
	image_close(image);
}

static void test_compressed(void **state)
{
	static uint8_t packed[COMPRESSED_MAX];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const size_t size = pack(compressions[i], content, sizeof(content), packed, sizeof(packed));
		const struct image_layer *layers;
		struct elfsect_error error;
		struct image *image;
		size_t count;

		if (open_bytes(packed, size, 0, &image, &error))
			fail_msg("%s", error.message);
		assert_inside(image, content, sizeof(content));
		layers = image_layers(image, &count);
		assert_int_equal(count, 1);
		assert_int_equal(layers->kind, compressions[i]);
		assert_int_equal(layers->size, size);
		assert_memory_equal(layers->bytes, packed, size);
		assert_int_equal(layers->content_size, sizeof(content));
		assert_true(image_is_compressed(image));
		image_close(image);
		/* The limit is the size that is still allowed. */
		assert_int_equal(open_bytes(packed, size, sizeof(content), &image, &error), 0);
		image_close(image);
		assert_int_equal(open_bytes(packed, size, sizeof(content) - 1, &image, &error), -EFBIG);
		assert_non_null(strstr(error.message, "more than 2999 bytes when decompressed (--max-size)"));
	}
}

static void test_truncated(void **state)
{
	static uint8_t packed[COMPRESSED_MAX];
	static const size_t magic[] = {3, 6, 4};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const size_t size = pack(compressions[i], content, sizeof(content), packed, sizeof(packed));

		for (size_t length = magic[i]; length < size; length++)
			assert_refused(packed, length, layer_kind_name(compressions[i]));
	}
}

static void test_trailing(void **state)
{
	static uint8_t packed[COMPRESSED_MAX];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const size_t size = pack(compressions[i], content, sizeof(content), packed, sizeof(packed) / 4);

		/* One byte, xz's padding, and much. */
		memset(packed + size, 0, size);
		for (size_t more = 1; more < 64; more++)
			assert_refused(packed, size + more, layer_kind_name(compressions[i]));
		/* The same again: concatenated members are one file for gunzip, xz and zstd. */
		memcpy(packed + size, packed, size);
		assert_refused(packed, 2 * size, layer_kind_name(compressions[i]));
		/* A trailer behind the compressed bytes. */
		memcpy(packed + size, "~Module signature appended~\n", 28);
		assert_refused(packed, size + 28, layer_kind_name(compressions[i]));
	}
}

static void test_more_members(void **state)
{
	static uint8_t packed[COMPRESSED_MAX], skippable[] = {0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
	size_t size, empty;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		/* An empty member behind, then in front. */
		size = pack(compressions[i], content, sizeof(content), packed, sizeof(packed) / 2);
		empty = pack(compressions[i], "", 0, packed + size, sizeof(packed) / 4);
		assert_true(empty > 0);
		assert_refused(packed, size + empty, layer_kind_name(compressions[i]));
		/* Compressed twice. */
		memmove(packed + sizeof(packed) / 2, packed, size);
		size = pack(compressions[i], packed + sizeof(packed) / 2, size, packed, sizeof(packed) / 2);
		assert_refused(packed, size, "more than once");
	}
	size = pack(LAYER_ZSTD, content, sizeof(content), packed, sizeof(packed) / 2);
	memcpy(packed + size, skippable, sizeof(skippable));
	assert_refused(packed, size + sizeof(skippable), "bytes after the end of its frame");
}

/* A header of gzip with more than a name in it could hold anything. */
static void test_gzip_header(void **state)
{
	static uint8_t packed[COMPRESSED_MAX];
	const size_t size = pack(LAYER_GZIP, content, sizeof(content), packed, sizeof(packed));

	(void)state;
	for (unsigned int flag = 1; flag < 256; flag <<= 1) {
		if (flag == 8)
			continue;
		packed[3] = (uint8_t)flag;
		assert_refused(packed, size, "a header with more in it");
	}
}

static void put_crc(uint8_t *at, const uint8_t *bytes, size_t size)
{
	const uint32_t crc = (uint32_t)crc32(0, bytes, (uInt)size);

	for (unsigned int i = 0; i < 4; i++)
		at[i] = (uint8_t)(crc >> 8 * i);
}

/* liblzma leaves out a check of a kind that it does not know, whatever its bytes are. */
static void test_xz_check(void **state)
{
	static uint8_t packed[COMPRESSED_MAX];
	const size_t size = pack(LAYER_XZ, content, sizeof(content), packed, sizeof(packed));
	uint8_t *footer = packed + size - 12;

	(void)state;
	assert_int_equal(packed[7], 4);
	packed[7] = footer[9] = 5; /* of the size of CRC64 too */
	put_crc(packed + 8, packed + 6, 2);
	put_crc(footer, footer + 4, 6);
	assert_refused(packed, size, "a kind of check");
}

/* Where there are checksums, what opens after a flip is what was compressed. */
static void test_flips(void **state)
{
	static uint8_t packed[COMPRESSED_MAX];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const size_t size = pack(compressions[i], content, 500, packed, sizeof(packed));
		unsigned int refused = 0;

		for (size_t bit = 0; bit < 8 * size; bit++) {
			struct elfsect_error error;
			struct image *image;
			size_t count;

			packed[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (open_bytes(packed, size, 1 << 20, &image, &error)) {
				refused++;
			} else {
				image_layers(image, &count);
				if (count)
					assert_inside(image, content, 500);
				else
					assert_true(bit < 8 * 6); /* no magic, no compression */
				image_close(image);
			}
			packed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		assert_true(refused > 4 * size);
	}
}

static void test_bomb(void **state)
{
	enum { SIZE = 8 << 20, LIMIT = 1 << 20 };
	uint8_t *zeros = calloc(1, SIZE), *packed = malloc(COMPRESSED_MAX);

	(void)state;
	assert_non_null(zeros);
	for (size_t i = 0; i < 3; i++) {
		const size_t size = pack(compressions[i], zeros, SIZE, packed, COMPRESSED_MAX);
		struct elfsect_error error;
		struct image *image;

		assert_true(size < COMPRESSED_MAX);
		assert_int_equal(open_bytes(packed, size, LIMIT, &image, &error), -EFBIG);
		assert_non_null(strstr(error.message, "more than 1048576 bytes when decompressed (--max-size)"));
		assert_int_equal(open_bytes(packed, size, 0, &image, &error), 0);
		assert_inside(image, zeros, SIZE);
		image_close(image);
	}
	free(zeros);
	free(packed);
}

/* ------------------------------------------------------------------------------------------------------- trailers */

static void test_signed(void **state)
{
	static uint8_t packed[COMPRESSED_MAX];
	size_t size;
	uint8_t *file = make_signed(&by_signer, content, sizeof(content), &size);

	(void)state;
	for (size_t i = 0; i <= 3; i++) {
		const size_t file_size = i < 3 ? pack(compressions[i], file, size, packed, sizeof(packed)) : size;
		const struct image_layer *layers;
		struct elfsect_error error;
		struct image *image;
		size_t count;

		if (open_bytes(i < 3 ? packed : file, file_size, 0, &image, &error))
			fail_msg("%s", error.message);
		assert_inside(image, content, sizeof(content));
		layers = image_layers(image, &count);
		assert_int_equal(count, i < 3 ? 2 : 1);
		layers += count - 1;
		assert_int_equal(layers->kind, LAYER_SIGNATURE);
		assert_int_equal(layers->offset, sizeof(content));
		assert_int_equal(layers->size, size - sizeof(content));
		assert_memory_equal(layers->bytes, file + sizeof(content), layers->size);
		assert_true(layers->proved);
		assert_string_equal(layers->text,
				    "PKCS#7 signature, ECDSA with SHA256, by issuer CN=Test key, serial 01234567");
		image_close(image);
	}
	free(file);
}

/* Peeled bytes, innermost first, behind the content, are the file again. */
static void test_inverse(void **state)
{
	uint8_t proof[4 + 32] = {0, 0, 0, 7}, *a, *b, *c, *again;
	size_t a_size, b_size, c_size, count, used;
	struct elfsect_error error;
	const struct image_layer *layers;
	const uint8_t *inside;
	struct image *image;
	uint64_t inner;

	(void)state;
	a = make_signed(&by_signer, content, sizeof(content), &a_size);
	b = make_trailer(a, a_size, proof, sizeof(proof), 3, &b_size);
	c = make_signed(&by_signer, b, b_size, &c_size);
	assert_int_equal(open_bytes(c, c_size, 0, &image, &error), 0);
	layers = image_layers(image, &count);
	assert_int_equal(count, 3);
	assert_int_equal(layers[0].kind, LAYER_SIGNATURE);
	assert_int_equal(layers[1].kind, LAYER_MERKLE);
	assert_int_equal(layers[2].kind, LAYER_SIGNATURE);
	assert_false(layers[1].proved);
	assert_string_equal(layers[1].text, "Merkle proof of 1 levels, not proved");
	again = malloc(c_size);
	assert_non_null(again);
	inside = image_bytes(image, &inner);
	memcpy(again, inside, inner);
	used = inner;
	for (size_t i = count; i-- > 0; used += layers[i].size) {
		assert_int_equal(layers[i].offset, used);
		assert_int_equal(layers[i].content_size, used);
		memcpy(again + used, layers[i].bytes, layers[i].size);
	}
	assert_int_equal(used, c_size);
	assert_memory_equal(again, c, c_size);
	image_close(image);
	free(a);
	free(b);
	free(c);
	free(again);
}

static void test_too_many(void **state)
{
	uint8_t *file = malloc(sizeof(content)), proof[36] = {0};
	size_t size = sizeof(content);
	struct elfsect_error error;
	struct image *image;

	(void)state;
	memcpy(file, content, size);
	for (int i = 0; i < IMAGE_LAYERS_MAX; i++) {
		uint8_t *next = make_trailer(file, size, proof, sizeof(proof), 3, &size);

		free(file);
		file = next;
		assert_int_equal(open_bytes(file, size, 0, &image, &error), 0);
		image_close(image);
	}
	file = realloc(file, size + sizeof(proof) + TAIL);
	assert_non_null(file);
	memcpy(file + size, file + size - sizeof(proof) - TAIL, sizeof(proof) + TAIL);
	assert_refused(file, size + sizeof(proof) + TAIL, "more than 16 layers");
	free(file);
}

static void test_unknown_trailer(void **state)
{
	size_t size, count, signed_size;
	uint8_t *inner = make_trailer(content, sizeof(content), content, 50, 1, &size);
	uint8_t *file = make_signed(&by_signer, inner, size, &signed_size);
	const struct module_trailer *unknown;
	struct elfsect_error error;
	struct image *image;

	(void)state;
	assert_int_equal(open_bytes(file, signed_size, 0, &image, &error), 0);
	image_layers(image, &count);
	assert_int_equal(count, 1);
	assert_inside(image, inner, size);
	unknown = image_unknown_trailer(image);
	assert_non_null(unknown);
	assert_int_equal(unknown->id_type, 1);
	assert_int_equal(unknown->size, 50 + TAIL);
	image_close(image);
	free(inner);
	free(file);
}

static void test_bad_trailers(void **state)
{
	size_t size;
	uint8_t *file;

	(void)state;
	/* Not a signature: anything could be in there. */
	file = make_trailer(content, sizeof(content), content, 681, 2, &size);
	assert_refused(file, size, "module signature: ");
	free(file);
	file = make_trailer(content, sizeof(content), content, 0, 2, &size);
	assert_refused(file, size, "module signature: ");
	free(file);
	file = make_trailer(content, 0, content, 681, 2, &size);
	assert_refused(file, size, "module trailer: 681 bytes of data, but only 681 bytes before it");
	free(file);
	file = make_trailer(content, sizeof(content), content, 40, 3, &size);
	assert_refused(file, size, "Merkle proof of 40 bytes");
	free(file);
}

/* A bit of the signature's layer: refused, or what is inside is the same; all other bits are inside. */
static void test_signed_flips(void **state)
{
	size_t size;
	uint8_t *file = make_signed(&by_signer, content, 200, &size);
	unsigned int unchanged = 0;

	(void)state;
	for (size_t bit = 0; bit < 8 * size; bit++) {
		struct elfsect_error error;
		struct image *image;
		size_t count;

		file[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (open_bytes(file, size, 0, &image, &error)) {
			assert_true(bit >= 8 * 200);
		} else {
			image_layers(image, &count);
			if (count) {
				assert_inside(image, file, 200);
				unchanged += bit >= 8 * 200;
			} else {
				assert_inside(image, file,
					      size); /* no trailer any more: bytes behind the last section */
				assert_true(image_unknown_trailer(image) || bit >= 8 * (size - 28));
			}
			image_close(image);
		}
		file[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	/* Signature value, serial number and issuer are free. */
	assert_true(unchanged > 8 * 64);
	free(file);
}

static void test_file_that_changes(void **state)
{
	size_t size;
	uint8_t *file = make_signed(&by_signer, content, sizeof(content), &size);
	struct elfsect_error error;
	struct image *image;

	(void)state;
	assert_int_equal(open_bytes(file, size, 0, &image, &error), 0);
	assert_int_equal(image_unchanged(image, &error), 0);
	assert_int_equal(pwrite(file_fd, "x", 1, (off_t)size), 1);
	assert_int_equal(image_unchanged(image, &error), -EAGAIN);
	image_close(image);
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_trailing),
		cmocka_unit_test(test_more_members),
		cmocka_unit_test(test_gzip_header),
		cmocka_unit_test(test_xz_check),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_inverse),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_unknown_trailer),
		cmocka_unit_test(test_bad_trailers),
		cmocka_unit_test(test_signed_flips),
		cmocka_unit_test(test_file_that_changes),
	};

	/* Not compressible to nothing. */
	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)((i * i) >> 3);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
