// SPDX-License-Identifier: GPL-2.0-or-later
/* Maps: made and used, their form, and every bit of them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "digest/map.h"
#include "mapped.h"
#include "remembered.h"

/* ------------------------------------------------------------------------------------------------- what maps are for
 */

static void assert_same(const struct digest_of *a, const struct digest_of *b)
{
	assert_digest(a);
	assert_digest(b);
	assert_string_equal(a->text, b->text);
}

/* In scope loaded the file, its stripped copy and both with a note have one digest; the map's digest line is that. */
static void check_loaded(const struct image files[4], const char *text)
{
	const struct digest_of d = digest_with_map(&files[0], linux_policy, HASHSECT_SCOPE_LOADED, NULL, NULL);
	struct digest_of other = digest_with_map(&files[1], linux_policy, HASHSECT_SCOPE_LOADED, NULL, NULL);

	assert_non_null(strstr(text, d.text));
	for (int i = 0; i < 4; i++) {
		other = digest_with_map(&files[i], linux_policy, HASHSECT_SCOPE_LOADED, text, NULL);
		assert_same(&d, &other);
	}
	other = digest_with_map(&files[2], linux_policy, HASHSECT_SCOPE_LOADED, NULL, NULL);
	assert_same(&d, &other);
	other = digest_with_map(&files[3], linux_policy, HASHSECT_SCOPE_LOADED, NULL, NULL);
	assert_same(&d, &other);
}

/* In scope file a note does not count if the file has symbols or the map is given; else it does. */
static void check_file(const struct image files[4], const char *text)
{
	struct digest_of plain, noted;
	bool left_out;

	plain = digest_with_map(&files[0], linux_policy, HASHSECT_SCOPE_FILE, NULL, &left_out);
	assert_false(left_out);
	noted = digest_with_map(&files[2], linux_policy, HASHSECT_SCOPE_FILE, NULL, &left_out);
	assert_true(left_out);
	assert_same(&plain, &noted);
	noted = digest_with_map(&files[2], linux_policy, HASHSECT_SCOPE_FILE, text, &left_out);
	assert_true(left_out);
	assert_same(&plain, &noted);
	plain = digest_with_map(&files[1], linux_policy, HASHSECT_SCOPE_FILE, text, &left_out);
	assert_false(left_out);
	noted = digest_with_map(&files[3], linux_policy, HASHSECT_SCOPE_FILE, text, &left_out);
	assert_true(left_out);
	assert_same(&plain, &noted);
	noted = digest_with_map(&files[3], linux_policy, HASHSECT_SCOPE_FILE, NULL, &left_out);
	assert_false(left_out);
	assert_digest(&noted);
	assert_string_not_equal(plain.text, noted.text);
}

static int each_linked(const struct elf_case *c, const struct elf_variant *v, void *context)
{
	struct image files[4];
	struct elf_builder *b;
	char *text, *again;

	if (c->type == ET_REL)
		return 0;
	files[0] = image_finish(image_begin(c, v, false));
	text = mapped_text(&files[0], linux_policy);
	files[1] = image_finish(image_begin(c, v, true));
	for (int stripped = 0; stripped < 2; stripped++) {
		b = image_begin(c, v, stripped);
		image_add_note(b, text);
		files[2 + stripped] = image_finish(b);
	}
	check_loaded(files, text);
	check_file(files, text);
	again = mapped_text(&files[2], linux_policy);
	assert_string_equal(again, text);
	for (int i = 0; i < 4; i++)
		image_free(&files[i]);
	free(again);
	free(text);
	++*(unsigned int *)context;
	return 0;
}

static void linked_files_and_their_stripped_copies(void **state)
{
	unsigned int count = 0;

	(void)state;
	elf_cases_each(each_linked, &count);
	assert_true(count >= 20);
}

static void without_a_map(void **state)
{
	struct image stripped = image_of("linked-keyring", "64le", true);
	const struct digest_of d = digest_with_map(&stripped, linux_policy, HASHSECT_SCOPE_FILE, NULL, NULL);

	(void)state;
	assert_refused_with(&d, "--map (see: hashsect policy resolve)");
	image_free(&stripped);
}

/* ------------------------------------------------------------------------------------------------------------- form */

/* What no map looks like: refused when it is read, by the line. */
static const struct change malformed[] = {
	{"hashsect-map 1\n", "", "line 1: not 'hashsect-map 1'"},
	{"hashsect-map 1", "hashsect-map 2", "line 1"},
	{"hashsect-map 1", "hashsect-map  1", "line 1: not words with one space"},
	{"hashsect-map 1", " hashsect-map 1", "line 1"},
	{"hashsect-map 1", "hashsect-map 1 ", "line 1"},
	{"hashsect-map 1\n", "hashsect-map 1\r\n", "no printable ASCII at offset 14"},
	{"hashsect-map 1\n", "hashsect-map 1\n\n", "line 2"},
	{"hashsect-map 1\n", "hashsect-map\t1\n", "no printable ASCII"},
	{"policy e", "policy eb", "line 2: not 'policy'"},
	{"policy eb", "policy eB", "line 2"},
	{"policy eb", "policy e", "line 2"},
	{"policy ", "policies ", "line 2"},
	{"digest hash", "digest Hash", "line 3: not 'digest'"},
	{":sha256:", ":sha512:", "line 3"},
	{":loaded:", ":file:", "line 3"},
	{"hashsect1:", "hashsect2:", "line 3"},
	{":loaded:", ":loaded:0", "line 3"},
	{"rule keyring M\n", "", "line 4: masks stand right below"},
	{"rule keyring M", "rule keyring X", "line 4: not 'rule'"},
	{"rule keyring M", "rule keyring MM", "line 4"},
	{"rule keyring M", "rule keyring", "line 4"},
	{"rule keyring M", "rule keyring M M", "line 4"},
	{"rule keyring M\n", "rule keyring M\nhello\n", "line 5: not one of"},
	{"mask 0x", "mask 0x0", "line 5: not 'mask'"},
	{"mask 0x", "mask ", "line 5"},
	{"mask 0x", "mask 0X", "line 5"},
	{"mask 0x101010 0x19f", "mask 0x101010 0x19F", "line 5"},
	{"mask 0x101010 0x19f", "mask 0x101010 0x0", "line 5"},
	{"mask 0x101010 0x19f", "mask 0x101010", "line 5"},
	{"mask 0x101010 0x19f", "mask 0x101010 0x19f 0x1", "line 5"},
	{"mask 0x101010 0x19f", "mask 0x11111111111111111 0x19f", "line 5"},
	{"symbol system_certificate_list 3", "symbol system_certificate_list 03", "line 10: not 'symbol'"},
	{"symbol system_certificate_list 3", "symbol system_certificate_list 0", "line 10"},
	{"symbol system_certificate_list 3", "symbol system_certificate_list 0x3", "line 10"},
	{"symbol system_certificate_list 3", "symbol system_certificate_list 4294967299", "line 10"},
	{"symbol system_certificate_list 3", "symbol system_certificate_list -1", "line 10"},
	{"symbol system_certificate_list 3", "symbol 3", "line 10"},
	{"symbol system_certificate_list 3 0x101010 0x0", "symbol system_certificate_list 3 0x101010 0x00", "line 10"},
	{"symbol system_certificate_list 3 0x101010 0x0", "symbol system_certificate_list 3 0x101010 0x", "line 10"},
	{"symbol system_certificate_list 3 0x101010 0x0", "symbol system_certificate_list 3 0x101010 0x0 0x0",
	 "line 10"},
	{"rule module-hashes F", "mask 0x1 0x1\nrule module-hashes F", "masks stand right below"},
	{"mask 0x100068 0x14\n", "mask 0x100068 0x14", "no line end"},
	{"mask 0x100068 0x14\n", "mask 0x100068 0x14\n\n", "line 22"},
	{"mask 0x100068 0x14\n", "mask 0x100068 0x14\n\xc3\xa4\n", "no printable ASCII"},
};

static void malformed_maps(void **state)
{
	(void)state;
	changed_maps(malformed, sizeof(malformed) / sizeof(malformed[0]));
}

static void bytes_that_are_no_text(void **state)
{
	struct hashsect_map *map;
	struct elfsect_error error;
	char *large = calloc(1, MAP_TEXT_MAX + 2);

	(void)state;
	assert_int_equal(map_parse("", 0, "MAP", &map, &error), -EINVAL);
	assert_int_equal(map_parse("hashsect-map 1\n\0", 16, "MAP", &map, &error), -EINVAL);
	assert_int_equal(map_parse("hashsect-map 1\npolicy", 21, "MAP", &map, &error), -EINVAL);
	memset(large, 'x', MAP_TEXT_MAX + 1);
	assert_int_equal(map_parse(large, MAP_TEXT_MAX + 1, "MAP", &map, &error), -EINVAL);
	assert_non_null(strstr(error.message, "more than 65536 bytes"));
	assert_int_equal(map_parse(large, MAP_TEXT_MAX, "MAP", &map, &error), -EINVAL);
	assert_non_null(strstr(error.message, "no line end"));
	free(large);
}

/* ------------------------------------------------------------------------------------------------------- every bit */

struct flips {
	uint64_t refused, accepted;
};

/* Which bits may be others: the map's digest; what a stripped file does not tell of a name, which makes another digest.
 */
static bool may_flip(const char *text, size_t at, bool stripped, bool same_digest)
{
	const char *digest = strstr(text, ":loaded:") + strlen(":loaded:"), *line = text + at;

	if (text + at >= digest && text + at < strchr(digest, '\n'))
		return same_digest;
	while (line > text && line[-1] != '\n')
		line--;
	return stripped && !same_digest && !strncmp(line, "symbol ", 7);
}

/* Every so many bits of a map are flipped. */
static size_t flip_step = 37;

static struct flips flip_map(const struct image *image, bool stripped, const char *text)
{
	struct digest_of d;
	struct elfsect_error error;
	struct flips flips = {0};
	const size_t size = strlen(text);
	char *flipped = strdup(text);
	struct elfsect_view *view;

	remembered_forget();
	remembered_record(true);
	d = digest_with_map(image, linux_policy, HASHSECT_SCOPE_LOADED, text, NULL);
	remembered_record(false);
	assert_digest(&d);
	assert_int_equal(elfsect_view_of_memory(image->bytes, image->size, "test", &view, &error), 0);
	for (size_t i = 0; i < 8 * size; i += flip_step) {
		struct hashsect_options options = {HASHSECT_OPTIONS_INIT, .policy = linux_policy,
						   .scope = HASHSECT_SCOPE_LOADED, .threads = 1};
		struct hashsect_digest *digest = NULL;
		struct hashsect_map *map = NULL;

		flipped[i / 8] ^= (char)(1 << i % 8);
		if (!map_parse(flipped, size, "MAP", &map, &error)) {
			options.map = map;
			if (!hashsect_digest(view, &options, &digest, &error)) {
				if (!may_flip(text, i / 8, stripped, !strcmp(digest->tagged, d.text)))
					fail_msg("bit %zu of the map, in '%.20s', is accepted", i, text + i / 8);
				hashsect_digest_free(digest);
				flips.accepted++;
			}
		}
		flips.refused += !digest;
		hashsect_map_free(map);
		flipped[i / 8] ^= (char)(1 << i % 8);
	}
	elfsect_view_close(view);
	free(flipped);
	return flips;
}

static int flip_case(const struct elf_case *c, const struct elf_variant *v, void *context)
{
	struct image files[2];
	char *text;

	if (c->type == ET_REL)
		return 0;
	for (int stripped = 0; stripped < 2; stripped++)
		files[stripped] = image_finish(image_begin(c, v, stripped));
	text = mapped_text(&files[0], linux_policy);
	for (int stripped = 0; stripped < 2; stripped++) {
		const struct flips flips = flip_map(&files[stripped], stripped, text);

		print_message("%s-%s%s: %ju flips of its map refused, %ju accepted\n", c->name, v->name,
			      stripped ? ", stripped" : "", (uintmax_t)flips.refused, (uintmax_t)flips.accepted);
		assert_true(flips.accepted >= 64 / flip_step); /* digits of the digest that become others */
		assert_true(flips.refused > flips.accepted);
		++*(unsigned int *)context;
	}
	free(text);
	for (int stripped = 0; stripped < 2; stripped++)
		image_free(&files[stripped]);
	return 0;
}

static void every_bit_of_a_map(void **state)
{
	unsigned int count = 0;

	(void)state;
	elf_cases_each(flip_case, &count);
	assert_true(count >= 40);
}

/* ------------------------------------------------------------------------------------------- the example of FORMAT.md
 */

static char *format_text(void)
{
	FILE *file = fopen(FORMAT_MD, "r"), *out;
	char line[1024], *text;
	size_t size;

	assert_non_null(file);
	out = open_memstream(&text, &size);
	while (fgets(line, sizeof(line), file))
		fputs(line, out);
	fclose(file);
	fclose(out);
	return text;
}

/* As it stands there: each line behind four spaces. */
static char *indented(const char *text)
{
	char *copy = strdup(text), *result, *save = NULL;
	size_t size;
	FILE *out = open_memstream(&result, &size);

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		fprintf(out, "    %s\n", line);
	fclose(out);
	free(copy);
	return result;
}

static void format_has_this_map(void **state)
{
	struct image full = image_of("linked-keyring", "64le", false), noted;
	char *text = mapped_text(&full, linux_policy), *block = indented(text), *format = format_text(),
	     hex[6 * 9 + 1] = "";
	struct elf_builder *b = image_begin(case_of("linked-keyring"), variant_of("64le"), false);
	const uint32_t note = image_add_note(b, text);
	const uint8_t *bytes;

	(void)state;
	assert_non_null(strstr(format, block));
	noted = image_finish(b);
	bytes = noted.bytes +
		elf_builder_get(noted.b, elf_builder_section_header(noted.b, note), ELF_FIELD(Shdr, sh_offset));
	for (size_t i = 0; i < 24; i++)
		sprintf(hex + strlen(hex), "%02x%s", bytes[i], i % 4 == 3 && i < 23 ? " " : "");
	assert_non_null(strstr(format, hex));
	image_free(&noted);
	image_free(&full);
	free(format);
	free(block);
	free(text);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linked_files_and_their_stripped_copies),
		cmocka_unit_test(without_a_map),
		cmocka_unit_test(malformed_maps),
		cmocka_unit_test(bytes_that_are_no_text),
		cmocka_unit_test(every_bit_of_a_map),
		cmocka_unit_test(format_has_this_map),
	};

	if (argc > 1)
		flip_step = strtoul(argv[1], NULL, 10);
	if (!flip_step)
		return 2;
	return cmocka_run_group_tests_name("maps", tests, linux_policy_load, linux_policy_free);
}
