// SPDX-License-Identifier: GPL-2.0-or-later
/* Manifests: what is written is what is read, and JSON from outside is read with care. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/json.h"
#include "report/manifest_read.h"
#include "report/manifest_write.h"

#define HOSTILE "a\x1b[2J\n\\x41\x7f\xc2\x9b\xff\xc3\xbc\""

#define HEX32 "0123456789abcdef0123456789abcdef"
#define TAG   "hashsect1:sha256:linux:file:" HEX32 HEX32

static char path[] = "/tmp/test_manifest.XXXXXX";

static int make_file(void **state)
{
	(void)state;
	return mkstemp(path) < 0;
}

static int remove_file(void **state)
{
	(void)state;
	return remove(path);
}

/* A manifest with everything that one can have. */
static void fill(struct manifest *m)
{
	static struct manifest_range ranges[] = {{HOSTILE, 1, 2, 3}, {".data", 0, UINT64_MAX, UINT64_MAX - 1}};
	static struct exclusion_piece pieces[] = {{"certificate", 5}, {"length words", UINT64_MAX}};
	static const char *contents[] = {HOSTILE, "", "certificate"};
	static struct elfsect_certificate certificates[] = {
		{.subject = HOSTILE, .issuer = "CN=x", .serial = "01", .key_type = "RSA-4096", .free_bytes = 681},
	};
	static struct manifest_exclusion exclusions[] = {
		{.rule = "keyring",
		 .reason = HOSTILE,
		 .content = "x509-keyring",
		 .resolution = 'M',
		 .ranges = ranges,
		 .range_count = 2,
		 .sha256 = {1, 2, 3},
		 .status = EXCLUSION_PROVED,
		 .evidence = HOSTILE,
		 .pieces = pieces,
		 .piece_count = 2,
		 .contents = contents,
		 .content_count = 3,
		 .certificates = certificates,
		 .certificate_count = 1,
		 .residue_size = 4},
		{.rule = "build-id",
		 .reason = "",
		 .content = "build-id",
		 .resolution = 'N',
		 .ranges = ranges,
		 .sha256 = {255},
		 .pieces = pieces,
		 .contents = contents,
		 .certificates = certificates},
	};
	static struct manifest_layer layers[] = {
		{.kind = "xz", .size = 5, .content_size = 6, .text = "xz compression"},
		{.kind = "signature",
		 .size = 7,
		 .content_size = 8,
		 .is_trailer = true,
		 .id_type = 2,
		 .offset = 9,
		 .sha256 = {10},
		 .status = LAYER_VERIFIED,
		 .hash = "SHA512",
		 .algorithm = "RSA",
		 .issuer = HOSTILE,
		 .serial = "01ab",
		 .signers = 1,
		 .text = HOSTILE},
		{.kind = "signature",
		 .is_trailer = true,
		 .counted = true,
		 .key_id = "12ab",
		 .hash = "SHA512",
		 .algorithm = "ECDSA",
		 .signers = 1,
		 .text = "by key id"},
		{.kind = "signature", .is_trailer = true, .signers = 3, .status = LAYER_NOT_UNDERSTOOD, .text = ""},
		{.kind = "old-signature",
		 .is_trailer = true,
		 .key_id = "",
		 .signer_name = HOSTILE,
		 .signers = 1,
		 .status = LAYER_MALFORMED,
		 .text = ""},
		{.kind = "merkle", .is_trailer = true, .id_type = 3, .text = ""},
	};
	static struct manifest_note note = {11, 12, {13}};
	static uint8_t leaves[64] = {14};
	static struct manifest_part parts[] = {
		{1, 0, "", 15, {16}, leaves, 2},
		{5, UINT32_MAX, HOSTILE, 17, {18}, leaves, 0},
	};

	*m = (struct manifest){
		.digest = TAG,
		.hash_size = 32,
		.path = HOSTILE,
		.size = 19,
		.exclusions = exclusions,
		.exclusion_count = 2,
		.layers = layers,
		.layer_count = 6,
		.map_use = HASHSECT_MAP_OF_NOTE,
		.map_digest = TAG,
		.map_sha256 = {20},
		.map_note = &note,
		.parts = parts,
		.part_count = 2,
		.policy = "hashsect-policy 1\n",
	};
}

static void write_manifest(const struct manifest *m)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(manifest_print(m, file), 0);
	assert_int_equal(fclose(file), 0);
}

static void same_string(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

static void same_exclusion(const struct manifest_exclusion *a, const struct manifest_exclusion *b)
{
	same_string(a->rule, b->rule);
	same_string(a->reason, b->reason);
	same_string(a->evidence, b->evidence);
	same_string(a->content, b->content);
	assert_int_equal(a->resolution, b->resolution);
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->piece_count, b->piece_count);
	for (size_t i = 0; i < a->piece_count; i++) {
		same_string(a->pieces[i].what, b->pieces[i].what);
		assert_true(a->pieces[i].size == b->pieces[i].size);
	}
	assert_memory_equal(a->sha256, b->sha256, 32);
	assert_int_equal(a->residue_size, b->residue_size);
	assert_int_equal(a->range_count, b->range_count);
	for (size_t i = 0; i < a->range_count; i++) {
		same_string(a->ranges[i].section, b->ranges[i].section);
		assert_true(a->ranges[i].offset == b->ranges[i].offset && a->ranges[i].length == b->ranges[i].length &&
			    a->ranges[i].file_offset == b->ranges[i].file_offset);
	}
	assert_int_equal(a->content_count, b->content_count);
	for (size_t i = 0; i < a->content_count; i++)
		same_string(a->contents[i], b->contents[i]);
}

static void same_layer(const struct manifest_layer *a, const struct manifest_layer *b)
{
	same_string(a->kind, b->kind);
	same_string(a->hash, b->hash);
	same_string(a->algorithm, b->algorithm);
	same_string(a->key_id, b->key_id);
	same_string(a->issuer, b->issuer);
	same_string(a->serial, b->serial);
	same_string(a->signer_name, b->signer_name);
	same_string(a->text, b->text);
	assert_true(a->size == b->size && a->content_size == b->content_size && a->is_trailer == b->is_trailer &&
		    a->counted == b->counted && a->id_type == b->id_type && a->offset == b->offset &&
		    a->signers == b->signers && a->status == b->status);
	assert_memory_equal(a->sha256, b->sha256, 32);
}

static void same_part(const struct manifest_part *a, const struct manifest_part *b, size_t hash_size)
{
	same_string(a->name, b->name);
	assert_true(a->kind == b->kind && a->number == b->number && a->size == b->size);
	assert_memory_equal(a->hash, b->hash, hash_size);
	assert_int_equal(a->leaf_count, b->leaf_count);
	assert_memory_equal(a->leaves, b->leaves, a->leaf_count * hash_size);
}

static void same_manifest(const struct manifest *a, const struct manifest *b)
{
	same_string(a->digest, b->digest);
	same_string(a->path, b->path);
	same_string(a->policy, b->policy);
	same_string(a->map_digest, b->map_digest);
	assert_true(a->hash_size == b->hash_size && a->size == b->size && a->map_use == b->map_use);
	assert_memory_equal(a->map_sha256, b->map_sha256, 32);
	assert_int_equal(a->exclusion_count, b->exclusion_count);
	for (size_t i = 0; i < a->exclusion_count; i++)
		same_exclusion(&a->exclusions[i], &b->exclusions[i]);
	assert_int_equal(!a->layers, !b->layers);
	assert_int_equal(a->layer_count, b->layer_count);
	for (size_t i = 0; i < a->layer_count; i++)
		same_layer(&a->layers[i], &b->layers[i]);
	assert_int_equal(a->part_count, b->part_count);
	for (size_t i = 0; i < a->part_count; i++)
		same_part(&a->parts[i], &b->parts[i], a->hash_size);
	assert_int_equal(!a->map_note, !b->map_note);
	if (a->map_note)
		assert_true(a->map_note->length == b->map_note->length &&
			    a->map_note->file_offset == b->map_note->file_offset &&
			    !memcmp(a->map_note->sha256, b->map_note->sha256, 32));
}

static void what_is_written_is_read(void **state)
{
	struct manifest m, *read;
	struct elfsect_error error;

	(void)state;
	fill(&m);
	for (int round = 0; round < 2; round++) {
		write_manifest(&m);
		if (manifest_read(path, &read, &error))
			fail_msg("%s", error.message);
		assert_string_equal(read->tag.policy, "linux");
		same_manifest(&m, read);
		manifest_free(read);
		/* And one with nothing. */
		m.exclusion_count = m.layer_count = m.part_count = 0;
		m.layers = NULL;
		m.map_use = HASHSECT_MAP_NONE;
		m.map_digest = m.policy = NULL;
		m.map_note = NULL;
		memset(m.map_sha256, 0, sizeof(m.map_sha256));
	}
}

static void write_text(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void expect_refused(const char *reason)
{
	struct elfsect_error error = {""};
	struct manifest *m;

	assert_true(manifest_read(path, &m, &error) < 0);
	assert_null(m);
	if (!strstr(error.message, reason) || strchr(error.message, '\n'))
		fail_msg("'%s', not '%s'", error.message, reason);
}

/* One word of a good manifest becomes another one. */
static void what_is_not_written_so_is_refused(void **state)
{
	static const struct {
		const char *good, *bad, *reason;
	} changes[] = {
		{"\"schema\": 1", "\"schema\": 2", "a schema that this version knows"},
		{"hashsect1:", "hashsect9:", "'digest' is not"},
		{"\"size\": 19", "\"size\": -19", "'size' is missing or malformed"},
		{"\"size\": 19", "\"size\": 1.5", "'size' is missing or malformed"},
		{"\"M\"", "\"MM\"", "'exclusions' is missing or malformed"},
		{"\"M\"", "\"X\"", "'exclusions' is missing or malformed"},
		{"\"keyring\"", "\"keyring\\u0000\"", "'exclusions' is missing or malformed"},
		{"\"keyring\"", "\"keyring\\\\x4\"", "'exclusions' is missing or malformed"},
		{"\"keyring\"", "[\"keyring\"]", "'exclusions' is missing or malformed"},
		{"\"residue\": 4", "\"residue\": null", "'exclusions' is missing or malformed"},
		{"\"kind\": \"merkle\"", "\"kind\": {}", "'layers' is malformed"},
		{"\"from\": \"note\"", "\"from\": \"me\"", "'map' is malformed"},
		{"\"length\": 12", "\"length\": \"12\"", "'map_note' is malformed"},
		{"\"kind\": \"section\"", "\"kind\": \"\"", "'parts' is missing or malformed"},
		{"\"leaves\": [", "\"leaves\": [1], \"more\": [", "'parts' is missing or malformed"},
		{"\"number\": 4294967295", "\"number\": 4294967296", "'parts' is missing or malformed"},
		{"\"schema\": 1,", "\"schema\": 1, // one\n", "not a manifest: "},
		{"\"schema\": 1,", "\"schema\": 1,,", "not a manifest: "},
	};
	struct manifest m;

	(void)state;
	fill(&m);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *good, *place, *bad;
		size_t size;
		FILE *file = open_memstream(&good, &size);

		assert_non_null(file);
		assert_int_equal(manifest_print(&m, file), 0);
		fclose(file);
		place = strstr(good, changes[i].good);
		assert_non_null(place);
		assert_true(asprintf(&bad, "%.*s%s%s", (int)(place - good), good, changes[i].bad,
				     place + strlen(changes[i].good)) > 0);
		write_text(bad);
		expect_refused(changes[i].reason);
		free(good);
		free(bad);
	}
}

static void write_many(const char *before, const char *unit, size_t count, const char *after)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(before, file);
	for (size_t i = 0; i < count; i++)
		fputs(unit, file);
	fputs(after, file);
	assert_int_equal(fclose(file), 0);
}

/* Little text can be much memory. */
static void json_is_read_within_limits(void **state)
{
	(void)state;
	write_many("[", "[],", 11 << 20, "[]]");
	expect_refused("too large for a manifest");
	write_many("[", "[],", 10 << 20, "[]]");
	expect_refused("too many values for a manifest");
	write_many("[", "{},", 1 << 20, "{}]");
	expect_refused("too many values for a manifest");
	write_many("", "{\"a\":", 1 << 20, "1");
	expect_refused("too many values for a manifest");
	write_many("", "[", 100000, "");
	expect_refused("not a manifest: nesting too deep");
	write_many("\"", "x", 40 << 20, "\"");
	expect_refused("too large for a manifest");
	write_text("{\"schema\": 1");
	expect_refused("not a manifest: ");
	write_text("{} {}");
	expect_refused("not a manifest: ");
	write_text("");
	expect_refused("not a manifest: ");
}

/* What the limit lets pass takes no more memory than it says. */
static void the_limit_on_memory_holds(void **state)
{
	static const char *const units[] = {"[],", "{},", "1,", "\"\",", "{\"a\":1,\"b\":{}},", "[[[1]]],"};
	struct rusage usage;

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		write_many("[", units[i], 300000, "1]");
		expect_refused("");
	}
	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
#if !defined(__SANITIZE_ADDRESS__)
	assert_true(usage.ru_maxrss < 480 << 10);
#endif
}

static void missing_memory_makes_the_whole_missing(void **state)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	FILE *out = tmpfile();

	(void)state;
	assert_non_null(out);
	json_set(&o, "a", json_number(1));
	json_append(&list, NULL);
	assert_null(list);
	json_append(&list, json_number(1));
	json_set(&o, "list", list);
	assert_null(o);
	json_set_null(&o, "b");
	json_set(&o, "c", json_name("d"));
	assert_null(o);
	assert_int_equal(json_print(o, out), -ENOMEM);
	assert_null(json_text(NULL));
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(what_is_not_written_so_is_refused),
		cmocka_unit_test(json_is_read_within_limits),
		cmocka_unit_test(the_limit_on_memory_holds),
		cmocka_unit_test(missing_memory_makes_the_whole_missing),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
