// SPDX-License-Identifier: GPL-2.0-or-later
/* Peeling: what is inside, what is said about it, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <openssl/cms.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/error.h"
#include "image/image.h"
#include "make_signature.h"
#include "report/layers.h"

enum { CONTENT_SIZE = 3000, COMPRESSED_MAX = 1 << 16, TAIL = 40 };

static uint8_t content[CONTENT_SIZE];

static const struct certificate_spec signer = {.curve = "P-256"};
static const struct signature_spec by_signer = {.signer = &signer};

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

static size_t pack_gzip(const void *bytes, size_t size, uint8_t *out, size_t room)
{
	z_stream z = {
		.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)size, .next_out = out, .avail_out = (uInt)room};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(deflateEnd(&z), Z_OK);
	return z.total_out;
}

static size_t pack_xz(const void *bytes, size_t size, uint8_t *out, size_t room)
{
	size_t used = 0;

	assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, bytes, size, out, &used, room), LZMA_OK);
	return used;
}

/* As from a pipe: with a checksum, and without the size of the content. */
static size_t pack_zstd(const void *bytes, size_t size, uint8_t *out, size_t room)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();
	ZSTD_inBuffer from = {bytes, size, 0};
	ZSTD_outBuffer to = {out, room, 0};

	assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)));
	while (from.pos < from.size)
		assert_false(ZSTD_isError(ZSTD_compressStream2(context, &to, &from, ZSTD_e_continue)));
	assert_int_equal(ZSTD_compressStream2(context, &to, &from, ZSTD_e_end), 0);
	ZSTD_freeCCtx(context);
	return to.pos;
}

enum { GZIP, XZ, ZSTD, COMPRESSIONS };

static const struct {
	const char *name;
	size_t (*pack)(const void *bytes, size_t size, uint8_t *out, size_t room);
} compressions[COMPRESSIONS] = {{"gzip", pack_gzip}, {"xz", pack_xz}, {"zstd", pack_zstd}};

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
		const size_t size = compressions[i].pack(content, sizeof(content), packed, sizeof(packed));
		const struct image_layer *layers;
		struct elfsect_error error;
		struct image *image;
		size_t count;

		if (open_bytes(packed, size, 0, &image, &error))
			fail_msg("%s", error.message);
		assert_inside(image, content, sizeof(content));
		layers = image_layers(image, &count);
		assert_int_equal(count, 1);
		assert_string_equal(layers->kind->name, compressions[i].name);
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
		const size_t size = compressions[i].pack(content, sizeof(content), packed, sizeof(packed));

		for (size_t length = magic[i]; length < size; length++)
			assert_refused(packed, length, compressions[i].name);
	}
}

static void test_trailing(void **state)
{
	static uint8_t packed[COMPRESSED_MAX];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const size_t size = compressions[i].pack(content, sizeof(content), packed, sizeof(packed) / 4);

		/* One byte, xz's padding, and much. */
		memset(packed + size, 0, size);
		for (size_t more = 1; more < 64; more++)
			assert_refused(packed, size + more, compressions[i].name);
		/* The same again: concatenated members are one file for gunzip, xz and zstd. */
		memcpy(packed + size, packed, size);
		assert_refused(packed, 2 * size, compressions[i].name);
		/* A trailer behind the compressed bytes. */
		memcpy(packed + size, "~Module signature appended~\n", 28);
		assert_refused(packed, size + 28, compressions[i].name);
	}
}

static void test_more_members(void **state)
{
	static uint8_t packed[COMPRESSED_MAX], skippable[] = {0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
	size_t size, empty;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		/* An empty member behind, then in front. */
		size = compressions[i].pack(content, sizeof(content), packed, sizeof(packed) / 2);
		empty = compressions[i].pack("", 0, packed + size, sizeof(packed) / 4);
		assert_true(empty > 0);
		assert_refused(packed, size + empty, compressions[i].name);
		/* Compressed twice. */
		memmove(packed + sizeof(packed) / 2, packed, size);
		size = compressions[i].pack(packed + sizeof(packed) / 2, size, packed, sizeof(packed) / 2);
		assert_refused(packed, size, "more than once");
	}
	size = pack_zstd(content, sizeof(content), packed, sizeof(packed) / 2);
	memcpy(packed + size, skippable, sizeof(skippable));
	assert_refused(packed, size + sizeof(skippable), "bytes after the end of its frame");
}

/* A header of gzip with more than a name in it could hold anything. */
static void test_gzip_header(void **state)
{
	static uint8_t packed[COMPRESSED_MAX];
	const size_t size = pack_gzip(content, sizeof(content), packed, sizeof(packed));

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
	const size_t size = pack_xz(content, sizeof(content), packed, sizeof(packed));
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
		const size_t size = compressions[i].pack(content, 500, packed, sizeof(packed));
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
		const size_t size = compressions[i].pack(zeros, SIZE, packed, COMPRESSED_MAX);
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
		char text[LAYER_TEXT_MAX];
		const size_t file_size = i < 3 ? compressions[i].pack(file, size, packed, sizeof(packed)) : size;
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
		assert_int_equal(layers->kind->form, LAYER_SIGNATURE);
		assert_int_equal(layers->offset, sizeof(content));
		assert_int_equal(layers->size, size - sizeof(content));
		assert_memory_equal(layers->bytes, file + sizeof(content), layers->size);
		assert_int_equal(layers->status, LAYER_WELL_FORMED);
		assert_int_equal(image_judge(image, &error), 0);
		layer_text(layers, text);
		assert_string_equal(text,
				    "PKCS#7 signature, ECDSA with SHA256, by issuer CN=Test key, serial 01234567, "
				    "well-formed, not verified");
		image_set_verified(image, count - 1);
		layer_text(layers, text);
		assert_non_null(strstr(text, "serial 01234567, verified"));
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
	char text[LAYER_TEXT_MAX];
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
	assert_int_equal(layers[0].kind->form, LAYER_SIGNATURE);
	assert_int_equal(layers[1].kind->form, LAYER_MERKLE);
	assert_int_equal(layers[2].kind->form, LAYER_SIGNATURE);
	assert_int_equal(layers[1].status, LAYER_WELL_FORMED);
	layer_text(&layers[1], text);
	assert_string_equal(text, "Merkle proof of 1 levels, well-formed, not verified");
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
	uint8_t *inner = make_trailer(content, sizeof(content), content, 50, 4, &size);
	uint8_t *file = make_signed(&by_signer, inner, size, &signed_size);
	const struct image_layer *unknown;
	struct elfsect_error error;
	struct image *image;

	(void)state;
	assert_int_equal(open_bytes(file, signed_size, 0, &image, &error), 0);
	image_layers(image, &count);
	assert_int_equal(count, 1);
	assert_inside(image, inner, size);
	unknown = image_unknown(image);
	assert_non_null(unknown);
	assert_int_equal(unknown->id_type, 4);
	assert_int_equal(unknown->size, 50 + TAIL);
	image_close(image);
	free(inner);
	free(file);
}

/* What can be peeled, but is not what its trailer says: only a policy without rules takes it. */
static void assert_peeled_and_refused(const uint8_t *data, size_t data_size, uint8_t id_type, enum layer_status status,
				      const char *word)
{
	const struct image_layer *layers;
	struct elfsect_error error;
	struct image *image;
	size_t size, count;
	uint8_t *file = make_trailer(content, sizeof(content), data, data_size, id_type, &size);

	if (open_bytes(file, size, 0, &image, &error))
		fail_msg("%s", error.message);
	assert_inside(image, content, sizeof(content));
	layers = image_layers(image, &count);
	assert_int_equal(count, 1);
	assert_int_equal(layers->status, status);
	assert_int_equal(layers->size, data_size + TAIL);
	if (image_judge(image, &error) != -EBADMSG || !strstr(error.message, word))
		fail_msg("\"%s\" without \"%s\"", error.message, word);
	image_close(image);
	free(file);
}

static void test_bad_trailers(void **state)
{
	size_t size;
	uint8_t *file;

	(void)state;
	/* Not a signature: anything could be in there. */
	assert_peeled_and_refused(content, 681, 2, LAYER_MALFORMED, "module signature: ");
	assert_peeled_and_refused(content, 0, 2, LAYER_MALFORMED, "module signature: ");
	assert_peeled_and_refused(content, 40, 3, LAYER_MALFORMED, "Merkle proof of 40 bytes");
	assert_peeled_and_refused(content, 40, 0, LAYER_NOT_UNDERSTOOD, "before 4.3 have it (id_type 0)");
	assert_peeled_and_refused(content, 40, 1, LAYER_NOT_UNDERSTOOD, "before 4.3 have it (id_type 1)");
	file = make_trailer(content, 0, content, 681, 2, &size);
	assert_refused(file, size, "module trailer: 681 bytes of data, but only 681 bytes before it");
	free(file);
}

/* { 1.2.840.113549.1.7.2, [0] { zeros } } of a size, with the outermost headers exact. */
static uint8_t *make_message(uint32_t size)
{
	static const uint8_t type[] = {0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2};
	uint8_t *message = calloc(1, size);
	const uint32_t inner = size - 5, tagged = inner - (uint32_t)sizeof(type) - 5;

	assert_non_null(message);
	memcpy(message, (uint8_t[]){0x30, 0x83, (uint8_t)(inner >> 16), (uint8_t)(inner >> 8), (uint8_t)inner}, 5);
	memcpy(message + 5, type, sizeof(type));
	memcpy(message + 5 + sizeof(type),
	       (uint8_t[]){0xa0, 0x83, (uint8_t)(tagged >> 16), (uint8_t)(tagged >> 8), (uint8_t)tagged}, 5);
	return message;
}

/* To move a signature nobody has to understand it; where it ends is looked at. */
static void test_outermost_headers(void **state)
{
	enum { SIZE = 0x40000 };
	static const size_t fixed[] = {0, 1, 5, 6, 7, 15, 16, 17};
	uint8_t *message = make_message(SIZE), *longer = make_message(SIZE + 1), *file;
	char text[LAYER_TEXT_MAX];
	struct elfsect_error error;
	struct image *image;
	size_t size, count;

	(void)state;
	file = make_trailer(content, sizeof(content), message, SIZE, 2, &size);
	assert_int_equal(open_bytes(file, size, 0, &image, &error), 0);
	assert_int_equal(image_judge(image, &error), 0);
	assert_int_equal(image_layers(image, &count)->status, LAYER_NOT_UNDERSTOOD);
	layer_text(image_layers(image, &count), text);
	assert_string_equal(text, "PKCS#7 signature, 262144 bytes, not of the profile that this tool verifies: "
				  "its signers cannot be read");
	image_close(image);
	free(file);
	assert_peeled_and_refused(longer, SIZE + 1, 2, LAYER_MALFORMED, "262145 bytes, more than 262144");
	assert_peeled_and_refused(message, SIZE - 1, 2, LAYER_MALFORMED, "module signature: ");
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		message[fixed[i]] ^= 1;
		assert_peeled_and_refused(message, SIZE, 2, LAYER_MALFORMED, "module signature: ");
		message[fixed[i]] ^= 1;
	}
	free(message);
	free(longer);
}

/* Of a signature that is not understood, what can be said. */
static void test_outlines(void **state)
{
	static const struct certificate_spec rsa = {.rsa_bits = 2048};
	const struct {
		struct signature_spec spec;
		const char *word;
	} cases[] = {
		{{.signer = &signer, .flags = CMS_NOATTR},
		 "1 signer, hash sha256, algorithm ecdsa-with-SHA256, with signed attributes"},
		{{.signer = &signer, .flags = CMS_NOCERTS},
		 "1 signer, hash sha256, algorithm ecdsa-with-SHA256, with certificates"},
		{{.signer = &signer, .signers = 2}, "2 signers, hash sha256, algorithm ecdsa-with-SHA256"},
		{{.signer = &rsa, .hash = "MD5"}, "1 signer, hash md5, algorithm rsaEncryption"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[LAYER_TEXT_MAX];
		struct elfsect_error error;
		struct image *image;
		size_t size, count;
		uint8_t *file = make_signed(&cases[i].spec, content, sizeof(content), &size);

		assert_int_equal(open_bytes(file, size, 0, &image, &error), 0);
		assert_int_equal(image_judge(image, &error), 0);
		assert_inside(image, content, sizeof(content));
		layer_text(image_layers(image, &count), text);
		if (!strstr(text, cases[i].word))
			fail_msg("\"%s\" without \"%s\"", text, cases[i].word);
		image_close(image);
		free(file);
	}
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
		} else if (image_judge(image, &error)) {
			assert_true(bit >= 8 * 200);
			image_close(image);
		} else {
			image_layers(image, &count);
			if (count) {
				assert_inside(image, file, 200);
				unchanged += bit >= 8 * 200;
			} else {
				assert_inside(image, file,
					      size); /* no trailer any more: bytes behind the last section */
				assert_true(image_unknown(image) || bit >= 8 * (size - 28));
			}
			image_close(image);
		}
		file[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	/* All but the outermost headers is free. */
	assert_true(unchanged > 8 * 64);
	free(file);
}

/* ----------------------------------------------------------------------------------------------------- every layer */

/* Each kind of layer around the content; a kind that is added to the table is missed here. */
static uint8_t *wrapped_in(const struct layer_kind *kind, size_t *size)
{
	static const uint8_t proof[4 + 2 * 32] = {0, 0, 0, 3};
	uint8_t *packed;

	if (kind->form == LAYER_SIGNATURE)
		return make_signed(&by_signer, content, sizeof(content), size);
	if (kind->form == LAYER_NAMED)
		return make_trailer(content, sizeof(content), proof, 5, 1, size);
	if (kind->form == LAYER_MERKLE)
		return make_trailer(content, sizeof(content), proof, sizeof(proof), 3, size);
	if (kind->form == LAYER_UNKNOWN)
		return make_trailer(content, sizeof(content), proof, 1, 9, size);
	for (size_t i = 0; i < COMPRESSIONS; i++) {
		if (strcmp(compressions[i].name, kind->name) != 0)
			continue;
		packed = malloc(COMPRESSED_MAX);
		assert_non_null(packed);
		*size = compressions[i].pack(content, sizeof(content), packed, COMPRESSED_MAX);
		return packed;
	}
	fail_msg("a layer without a test: %s", kind->name);
	return NULL;
}

/* Recognised, peeled, and put back; another content only where the layer does not depend on it. */
static void check_free_kind(const struct layer_kind *kind)
{
	static const uint8_t other[5] = "other";
	size_t size;
	uint8_t *file = wrapped_in(kind, &size), *whole = NULL;
	const struct layer_source source = {file, size, IMAGE_MAX_SIZE, "a"};
	struct image_layer layer = {.kind = kind};
	struct elfsect_error error;
	uint64_t whole_size;
	int ret;

	assert_false(kind->recognise(content, sizeof(content)));
	assert_false(kind->recognise(content, 0));
	assert_true(kind->recognise(file, size));
	assert_ptr_equal(layer_recognise(file, size), kind);
	if (kind->peel(&source, &layer, &error))
		fail_msg("%s: %s", kind->name, error.message);
	if (kind->form == LAYER_UNKNOWN) {
		assert_int_equal(layer.content_size, size);
		assert_int_equal(kind->wrap(&layer, content, sizeof(content), &whole, &whole_size, &error), -ENOTSUP);
	} else {
		assert_int_equal(layer.content_size, sizeof(content));
		assert_memory_equal(layer.content, content, sizeof(content));
		assert_int_equal(kind->wrap(&layer, content, sizeof(content), &whole, &whole_size, &error), 0);
		assert_int_equal(whole_size, size);
		assert_memory_equal(whole, file, size);
		free(whole);
		ret = kind->wrap(&layer, other, sizeof(other), &whole, &whole_size, &error);
		assert_int_equal(ret, kind->form == LAYER_COMPRESSION ? -ENOTSUP : 0);
		if (!ret)
			free(whole);
	}
	if (layer.map)
		munmap(layer.map, layer.map_size);
	free(file);
}

static void check_kind(const struct layer_kind *kind)
{
	/* Their content cannot be any bytes, or has others around it: test_boot.c. */
	if (kind->form == LAYER_PE_SIGNATURE || kind->surrounds)
		return;
	check_free_kind(kind);
}

static void test_every_kind(void **state)
{
	const struct layer_kind *kind;
	size_t i = 0;

	(void)state;
	while ((kind = layer_kind_at(i++)))
		check_kind(kind);
	assert_int_equal(i - 1, COMPRESSIONS + 4 + 4);
	assert_null(layer_recognise(content, sizeof(content)));
	assert_null(layer_recognise(content, 0));
}

static void assert_wraps_to(struct image *image, const uint8_t *file, size_t size)
{
	struct elfsect_error error;
	uint64_t inner, whole_size;
	uint8_t *whole;
	const uint8_t *inside = image_bytes(image, &inner);

	if (image_wrap(image, inside, inner, &whole, &whole_size, &error))
		fail_msg("%s", error.message);
	assert_int_equal(whole_size, size);
	assert_memory_equal(whole, file, size);
	free(whole);
}

static void test_wrap(void **state)
{
	static uint8_t packed[COMPRESSED_MAX];
	size_t signed_size, size;
	uint8_t *file = make_signed(&by_signer, content, sizeof(content), &signed_size), *whole;
	struct elfsect_error error;
	struct image *image;
	uint64_t whole_size;

	(void)state;
	for (size_t i = 0; i < COMPRESSIONS; i++) {
		size = compressions[i].pack(file, signed_size, packed, sizeof(packed));
		assert_int_equal(open_bytes(packed, size, 0, &image, &error), 0);
		assert_wraps_to(image, packed, size);
		assert_int_equal(image_wrap(image, file, 10, &whole, &whole_size, &error), -ENOTSUP);
		assert_non_null(strstr(error.message, compressions[i].name));
		image_close(image);
	}
	assert_int_equal(open_bytes(file, signed_size, 0, &image, &error), 0);
	assert_int_equal(image_wrap(image, file, 10, &whole, &whole_size, &error), 0);
	assert_int_equal(whole_size, 10 + signed_size - sizeof(content));
	assert_memory_equal(whole, file, 10);
	assert_memory_equal(whole + 10, file + sizeof(content), signed_size - sizeof(content));
	free(whole);
	image_close(image);
	free(file);
}

/* A file in a folder, a descriptor, a pipe: the same bytes, whatever the name says. */
static void test_descriptors(void **state)
{
	size_t size;
	uint8_t *file = make_signed(&by_signer, content, sizeof(content), &size);
	struct image_room room = {NULL};
	const struct image_options in_room = {.room = &room};
	struct elfsect_error error;
	struct image *image;
	char name[16];
	int folder, pipe_fds[2];

	(void)state;
	set_file(file, size);
	assert_int_equal(image_open_fd(file_fd, "-", NULL, &image, &error), 0);
	assert_string_equal(image_name(image), "-");
	assert_wraps_to(image, file, size);
	image_close(image);
	folder = open("/proc/self/fd", O_PATH | O_DIRECTORY);
	assert_true(folder >= 0);
	snprintf(name, sizeof(name), "%d", file_fd);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(image_open_at(folder, name, "shown", i ? &in_room : NULL, &image, &error), 0);
		assert_string_equal(image_name(image), "shown");
		assert_inside(image, content, sizeof(content));
		assert_wraps_to(image, file, size);
		image_close(image);
	}
	assert_int_equal(image_open_at(folder, "-", "shown", NULL, &image, &error), -ENOENT);
	assert_int_equal(lseek(file_fd, 1, SEEK_SET), 1);
	assert_int_equal(image_open_fd(file_fd, "rest", NULL, &image, &error), 0);
	assert_wraps_to(image, file + 1, size - 1);
	image_close(image);
	assert_int_equal(lseek(file_fd, 0, SEEK_SET), 0);
	assert_int_equal(pipe(pipe_fds), 0);
	assert_int_equal(write(pipe_fds[1], file, size), (ssize_t)size);
	close(pipe_fds[1]);
	assert_int_equal(image_open_fd(pipe_fds[0], "pipe", NULL, &image, &error), 0);
	assert_inside(image, content, sizeof(content));
	image_close(image);
	close(pipe_fds[0]);
	close(folder);
	image_room_clear(&room);
	free(file);
}

/* An xz file of many empty blocks: each costs a dictionary, and none has content that would reach a limit. */
static void test_many_blocks(void **state)
{
	enum { BLOCKS = 16385, BLOCK = 16 };
	static const uint8_t header[12] = {2, 0, 0x21, 1, 40}, end[12] = {[10] = 'Y', 'Z'};
	uint8_t *file = calloc(1, 12 + BLOCKS * BLOCK + 4 + BLOCKS * 2 + 8 + 12), *at = file;
	struct elfsect_error error = {""};
	struct image *image;
	size_t index;

	(void)state;
	assert_non_null(file);
	memcpy(at, "\xfd\x37zXZ", 6);
	put_crc(at + 8, at + 6, 2);
	at += 12;
	for (size_t i = 0; i < BLOCKS; i++, at += BLOCK) {
		memcpy(at, header, sizeof(header));
		put_crc(at + 8, at, 8);
	}
	index = (size_t)(at - file);
	*at++ = 0;
	for (size_t rest = BLOCKS; rest; rest >>= 7)
		*at++ = (uint8_t)(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
	for (size_t i = 0; i < BLOCKS; i++, at += 2)
		memcpy(at, "\x0d", 2);
	while ((size_t)(at - file) % 4)
		at++;
	put_crc(at, file + index, (size_t)(at - file) - index);
	at += 4;
	memcpy(at, end, sizeof(end));
	for (unsigned int i = 0; i < 4; i++)
		at[4 + i] = (uint8_t)((((size_t)(at - file) - index) / 4 - 1) >> 8 * i);
	put_crc(at, at + 4, 6);
	at += 12;
	assert_int_equal(open_bytes(file, (size_t)(at - file), 0, &image, &error), -EFBIG);
	assert_non_null(strstr(error.message, "xz: more than 16384 blocks"));
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
		cmocka_unit_test(test_outermost_headers),
		cmocka_unit_test(test_outlines),
		cmocka_unit_test(test_signed_flips),
		cmocka_unit_test(test_every_kind),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_many_blocks),
		cmocka_unit_test(test_file_that_changes),
	};

	/* Not compressible to nothing. */
	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)((i * i) >> 3);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
