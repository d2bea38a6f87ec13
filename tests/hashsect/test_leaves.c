// SPDX-License-Identifier: GPL-2.0-or-later
/* Leaves that are hashed several at once, or one by one; read from a file, or in memory: the same digests. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "digest/batch.h"
#include "digest/lanes.h"
#include "digest/records.h"
#include "digest_of.h"
#include "elf_cases.h"

enum { LARGE = 65534, COUNT = 37 };

static uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 167 + (i >> 8) * 13 + (i >> 16));
}

/* Lengths around the blocks of SHA-256, the chunk, and the limit; all different from their neighbours. */
static size_t length_of(size_t i)
{
	static const size_t lengths[] = {0,    1,	  55,	     56,	63,	    64,	   65,
					 4096, CHUNK - 1, CHUNK + 1, CHUNK + 2, LARGE - 64, LARGE, 1000};

	return lengths[i % (sizeof(lengths) / sizeof(lengths[0]))];
}

static void check_batches(const char *name)
{
	const size_t size = hash_size(name);
	uint8_t *bytes = malloc(LARGE + COUNT), hashes[(COUNT + 1) * 64], expected[64];
	struct batch *batch;

	assert_non_null(bytes);
	for (size_t i = 0; i < LARGE + COUNT; i++)
		bytes[i] = pattern(i);
	assert_int_equal(batch_new(name, &batch), 0);
	for (size_t count = 0; count <= COUNT; count++) {
		struct span messages[COUNT];

		for (size_t i = 0; i < count; i++)
			messages[i] = (struct span){bytes + i, length_of(i + count)};
		memset(hashes, 0xee, sizeof(hashes));
		assert_int_equal(batch_hash(batch, messages, count, hashes), 0);
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(hash_once(name, messages[i].bytes, messages[i].size, expected), 0);
			assert_memory_equal(hashes + i * size, expected, size);
		}
		assert_int_equal(hashes[count * size], 0xee);
	}
	assert_int_equal(hash_once(name, bytes, 500, expected), 0);
	assert_int_equal(batch_hash_in_place(batch, bytes[0], (struct span){bytes + 1, 499}, hashes), 0);
	assert_memory_equal(hashes, expected, size);
	batch_free(batch);
	free(bytes);
}

static void batches(void **state)
{
	struct batch *batch;

	(void)state;
	unsetenv("HASHSECT_SHA256");
	check_batches("sha256");
	check_batches("sha512");
	setenv("HASHSECT_SHA256", "libcrypto", 1);
	check_batches("sha256");
	assert_int_equal(batch_new("sha256", &batch), 0);
	assert_int_equal(batch_best(batch), 1);
	batch_free(batch);
	unsetenv("HASHSECT_SHA256");
	assert_int_equal(batch_new("md5", &batch), -EINVAL);
}

/* What lanes can do is not asked of every processor; where there are some they are used. */
static void lanes(void **state)
{
	struct lanes *own = lanes_new();
	struct batch *batch;

	(void)state;
	assert_int_equal(batch_new("sha256", &batch), 0);
	assert_int_equal(batch_best(batch), own ? LANES_MAX : 1);
	print_message("SHA-256 in lanes: %s\n", own ? "yes" : "no");
	batch_free(batch);
	lanes_free(own);
}

/* Forty chunks of bytes, and relocations and symbols for some more. */
static struct elf_builder *large_file(void)
{
	struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
	const size_t size = 40 * CHUNK + 1234;
	uint8_t *bytes = malloc(size);
	uint32_t data, symbol = 0;
	char name[200];

	assert_non_null(bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = pattern(i);
	data = elf_builder_section(b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, bytes, size, 64);
	for (uint32_t i = 0; i < 6000; i++) {
		snprintf(name, sizeof(name), "a_symbol_with_a_long_name_so_that_there_are_some_chunks_of_them_%0*u",
			 (int)(i % 100) + 1, i);
		symbol = elf_builder_symbol(b, name, ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), 0, data, 8 * i, 8);
	}
	for (uint32_t i = 0; i < 10 * CHUNK_RELOCATIONS + 5; i++)
		elf_builder_relocation(b, data, 8 * i, 1, symbol, i);
	free(bytes);
	return b;
}

static void digest_of_view(struct elfsect_view *view, unsigned int threads, const char *hash, char out[256])
{
	struct hashsect_options options = {HASHSECT_OPTIONS_INIT, .threads = threads, .hash = hash};
	struct hashsect_policy *policy;
	struct hashsect_digest *digest;
	struct elfsect_error error;

	assert_int_equal(hashsect_policy_builtin("strict", &policy, &error), 0);
	options.policy = policy;
	assert_int_equal(hashsect_digest(view, &options, &digest, &error), 0);
	snprintf(out, 256, "%s", digest->tagged);
	hashsect_digest_free(digest);
	hashsect_policy_free(policy);
}

static void files_and_memory(void **state)
{
	static const char *const hashes[] = {"sha256", "sha512"};
	struct elf_builder *b = large_file();
	struct elfsect_view *file, *memory;
	struct elfsect_error error;
	char name[] = "/tmp/leaves-XXXXXX", first[256], other[256];
	const int fd = mkstemp(name);
	const uint8_t *image;
	size_t size;

	(void)state;
	image = elf_builder_finish(b, &size);
	assert_true(fd >= 0);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(write(fd, image, size), size);
	assert_int_equal(elfsect_view_of_fd(fd, "file", &file, &error), 0);
	assert_int_equal(elfsect_view_of_memory(image, size, "memory", &memory, &error), 0);
	for (size_t i = 0; i < 2; i++) {
		setenv("HASHSECT_SHA256", "libcrypto", 1);
		digest_of_view(memory, 1, hashes[i], first);
		for (unsigned int threads = 1; threads <= 3; threads++) {
			digest_of_view(file, threads, hashes[i], other);
			assert_string_equal(first, other);
			unsetenv("HASHSECT_SHA256");
			digest_of_view(file, threads, hashes[i], other);
			assert_string_equal(first, other);
			digest_of_view(memory, threads, hashes[i], other);
			assert_string_equal(first, other);
			setenv("HASHSECT_SHA256", "libcrypto", 1);
		}
	}
	unsetenv("HASHSECT_SHA256");
	elfsect_view_close(file);
	elfsect_view_close(memory);
	elf_builder_free(b);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(batches),
		cmocka_unit_test(lanes),
		cmocka_unit_test(files_and_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
