// SPDX-License-Identifier: GPL-2.0-or-later
/* Maps that lie, and maps of other files and policies. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mapped.h"

/* What has the form of a map but is not this file's: refused when it is used. */
static const struct change lies[] = {
	{"policy eb", "policy ec", "under another policy than linux"},
	{"sha256:linux:", "sha256:strict:", "under another policy"},
	{"sha256:linux:", "sha256:linux@00000000:", "under another policy"},
	{"rule module-hashes F\n", "", "does not have the rules"},
	{"rule module-hashes F\nrule build-id M\n", "rule build-id M\nrule module-hashes F\n", "in their order"},
	{"rule module-hashes F\n", "rule module-hashes F\nrule module-hashes F\n", "does not have the rules"},
	{"rule module-hashes F", "rule module-hashes N", "line 19: 'rule module-hashes N' does not agree"},
	{"rule module-hashes F", "rule module-hashes M", "line 19"},
	{"rule keyring M", "rule keyring F", "line 4"},
	{"mask 0x101010 0x19f\n", "", "line 5: 'mask 0x1014e3 0x1c2' does not agree"},
	{"mask 0x101010 0x19f\n", "mask 0x101010 0x19f\nmask 0x101010 0x19f\n", "line 6"},
	{"mask 0x101010 0x19f", "mask 0x101010 0x19e", "line 5"},
	{"mask 0x101010 0x19f", "mask 0x101018 0x19f", "line 5"},
	{"mask 0x1016a8 0x4\nmask 0x1016b0 0x8", "mask 0x1016b0 0x8\nmask 0x1016a8 0x4", "line 7"},
	{"mask 0x100068 0x14", "mask 0x100068 0x13", "line 21"},
	{"mask 0x100068 0x14\n", "", "line 21: '' does not agree"},
	{"mask 0x100068 0x14\n", "mask 0x100068 0x14\nmask 0x100040 0x4\n", "line 22"},
	{"symbol system_certificate_list 3", "symbol system_certificate_lisu 3",
	 "line 10: symbol system_certificate_lisu: not a name"},
	{"symbol system_certificate_list 3", "symbol module_hashes_root 3", "not a name of this rule"},
	{"symbol system_certificate_list 3 0x101010 0x0\n",
	 "symbol system_certificate_list 3 0x101010 0x0\nsymbol system_certificate_list 3 0x101010 0x0\n",
	 "defined twice"},
	{"symbol system_certificate_list 3 0x101010 0x0\nsymbol __cert_list_start 3 0x101010 0x0\n",
	 "symbol __cert_list_start 3 0x101010 0x0\nsymbol system_certificate_list 3 0x101010 0x0\n", "line 10"},
	{"symbol system_certificate_list 3", "symbol system_certificate_list 4", "has no such section"},
	{"symbol system_certificate_list 3", "symbol system_certificate_list 4294967295", "has no such section"},
	{"symbol system_certificate_list 3", "symbol system_certificate_list 1", "lies outside its section"},
	{"symbol system_certificate_list 3 0x101010", "symbol system_certificate_list 3 0x0",
	 "lies outside its section"},
	{"symbol system_certificate_list 3 0x101010", "symbol system_certificate_list 3 0xffffffffffffffff",
	 "lies outside"},
	{"symbol system_certificate_list 3 0x101010", "symbol system_certificate_list 3 0x101018",
	 "the content puts it at"},
	{"symbol __module_cert_start 3 0x101010", "symbol __module_cert_start 3 0x101018", "certificate"},
	{"symbol __module_cert_start 3 0x101010 0x0\n", "", "rule keyring"},
	{"symbol __module_cert_end 3 0x1011af 0x0\n", "", "the end of the module certificate is not defined"},
	{"symbol __module_cert_end 3 0x1011af", "symbol __module_cert_end 3 0x1011b0", "certificate"},
	{"symbol __module_cert_end 3 0x1011af", "symbol __module_cert_end 3 0x101000", "before its start"},
	{"symbol __cert_list_end 3 0x1014e3 0x0\n", "", "is missing"},
	{"symbol __cert_list_end 3 0x1014e3", "symbol __cert_list_end 3 0x1014e2", "the slot is not right behind"},
	{"symbol system_certificate_list 3 0x101010 0x0\nsymbol __cert_list_start 3 0x101010",
	 "symbol system_certificate_list 3 0x101020 0x0\nsymbol __cert_list_start 3 0x101020", "does not start with"},
	{"symbol system_extra_cert 3 0x1014e3 0x1c2", "symbol system_extra_cert 3 0x1014e3 0x0", "is not complete"},
	{"symbol system_extra_cert 3 0x1014e3 0x1c2", "symbol system_extra_cert 3 0x1014e3 0x1c1", "line 6"},
	{"symbol system_extra_cert 3 0x1014e3 0x1c2", "symbol system_extra_cert 3 0x1014e3 0xffffffffffffffff",
	 "does not lie inside"},
	{"symbol system_extra_cert 3 0x1014e3 0x1c2", "symbol system_extra_cert 3 0x1014e3 0x1c8", "overlap"},
	{"symbol system_extra_cert_used 3 0x1016a8 0x0\n", "", "is not complete"},
	{"symbol system_extra_cert_used 3 0x1016a8", "symbol system_extra_cert_used 3 0x1016ac", "rule keyring"},
	{"symbol system_certificate_list_size 3 0x1016b0 0x0\n", "", "line 8"},
	{"symbol module_cert_size 3 0x1016b8 0x0\n", "", "line 9"},
	{"symbol module_cert_size 3 0x1016b8", "symbol module_cert_size 3 0x1016c0", "rule keyring"},
	{"rule build-id M\n", "rule build-id M\nsymbol system_certificate_list 3 0x101010 0x0\n",
	 "masks stand right below"},
};

static void maps_that_lie(void **state)
{
	(void)state;
	changed_maps(lies, sizeof(lies) / sizeof(lies[0]));
}

/* ------------------------------------------------------------------------------------- lies that agree with themselves
 */

/* Move names and masks of the keyring: add to all addresses, and put the symbols into another section. */
static char *moved(const char *text, uint64_t by, unsigned int section)
{
	char *copy = strdup(text), *result, *save = NULL;
	size_t size;
	FILE *out = open_memstream(&result, &size);
	bool keyring = false;

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char name[64], length[32];
		unsigned int old;
		uint64_t address;

		if (!strncmp(line, "rule ", 5))
			keyring = !strncmp(line, "rule keyring", 12);
		if (keyring && sscanf(line, "mask 0x%" SCNx64 " %31s", &address, length) == 2)
			fprintf(out, "mask 0x%" PRIx64 " %s\n", address + by, length);
		else if (keyring &&
			 sscanf(line, "symbol %63s %u 0x%" SCNx64 " %31s", name, &old, &address, length) == 4)
			fprintf(out, "symbol %s %u 0x%" PRIx64 " %s\n", name, section, address + by, length);
		else
			fprintf(out, "%s\n", line);
	}
	fclose(out);
	free(copy);
	return result;
}

static void expect_moved(const struct image *stripped, const char *text, uint64_t by, unsigned int section,
			 const char *reason)
{
	char *lie = moved(text, by, section);
	const struct digest_of d = digest_with_map(stripped, linux_policy, HASHSECT_SCOPE_LOADED, lie, NULL);

	assert_refused_with(&d, reason);
	free(lie);
}

/* The keyring with all its words said to be elsewhere: in code, behind the section's end, a little beside. */
static void keyring_elsewhere(void **state)
{
	struct image full = image_of("linked-keyring", "64le", false),
		     stripped = image_of("linked-keyring", "64le", true);
	char *text = mapped_text(&full, linux_policy);

	(void)state;
	expect_moved(&stripped, text, 8, 3, "certificate");
	expect_moved(&stripped, text, 16, 3, "the excluded range does not lie inside the section");
	expect_moved(&stripped, text, (uint64_t)-16, 3, "certificate");
	expect_moved(&stripped, text, (uint64_t)-0x1010, 1, "lies outside its section");
	expect_moved(&stripped, text, (uint64_t)-0x1010 + 0x40, 2, "lies outside its section");
	free(text);
	image_free(&full);
	image_free(&stripped);
}

enum { BASE = 0x100000 };

/* A file with a place for two zero bytes in each kind of section; the policy masks `here`..`there`. */
static const char range_policy[] =
	"[policy]\nname = range\n[rule zeros]\nreason = a test\ncontent = zero\nmax-size = 64\n"
	"optional = yes\nmatch = range here..there\nmatch = nothing\nsymbol = here start\nsymbol = there end\n";

struct place {
	uint32_t type;
	uint64_t flags;
	const char *reason; /* NULL: accepted */
};

static struct elf_builder *with_place(const struct place *place, bool stripped)
{
	struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_EXEC, EM_X86_64);
	const uint32_t text =
		elf_builder_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, "0123456789abcdef", 16, 8);
	const uint32_t data = elf_builder_section(b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 32, 8);
	const uint32_t other = elf_builder_section(b, ".other", place->type, place->flags, NULL, 32, 8);

	elf_builder_at(b, text)->addr = BASE;
	elf_builder_at(b, data)->addr = BASE + 0x20;
	elf_builder_at(b, other)->addr = BASE + 0x40;
	elf_builder_symbol(b, "here", CASE_GLOBAL, 0, data, BASE + 0x28, 0);
	elf_builder_symbol(b, "there", CASE_GLOBAL, 0, data, BASE + 0x30, 0);
	elf_builder_segment(b, PT_LOAD, PF_R | PF_W | PF_X, text, other, BASE);
	if (stripped)
		elf_builder_strip(b);
	return b;
}

/* The map moves the range from .data to .other, masks and all. */
static void ranges_in_other_sections(void **state)
{
	static const struct place places[] = {
		{SHT_PROGBITS, SHF_ALLOC, NULL},
		{SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL},
		{SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, "executable"},
		{SHT_PROGBITS, SHF_ALLOC | SHF_MERGE, "mergeable"},
		{SHT_PROGBITS, SHF_ALLOC | SHF_TLS, "TLS"},
		{SHT_NOBITS, SHF_ALLOC | SHF_WRITE, "the type of the section"},
		{SHT_INIT_ARRAY, SHF_ALLOC | SHF_WRITE, "the type of the section"},
		{SHT_NOTE, SHF_ALLOC, "the type of the section"},
	};
	struct hashsect_policy *policy = policy_of(range_policy);

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct image full = image_finish(with_place(&places[i], false));
		struct image stripped = image_finish(with_place(&places[i], true));
		char *text = mapped_text(&full, policy), *mask = replaced(text, "mask 0x100028", "mask 0x100048");
		char *here = replaced(mask, "here 2 0x100028", "here 3 0x100048"),
		     *lie = replaced(here, "2 0x100030", "3 0x100050");
		const struct digest_of honest = digest_with_map(&stripped, policy, HASHSECT_SCOPE_LOADED, text, NULL);
		const struct digest_of d = digest_with_map(&stripped, policy, HASHSECT_SCOPE_LOADED, lie, NULL);

		assert_digest(&honest);
		if (places[i].reason) {
			assert_refused_with(&d, places[i].reason);
		} else {
			/* The bytes there are zero too, so it is the place that tells the two apart. */
			assert_digest(&d);
			assert_string_not_equal(d.text, honest.text);
		}
		free(lie);
		free(here);
		free(mask);
		free(text);
		image_free(&full);
		image_free(&stripped);
	}
	hashsect_policy_free(policy);
}

/* A map that denies the keyring: then its bytes count, so this is another digest. */
static void keyring_denied(void **state)
{
	struct image full = image_of("linked-keyring", "64le", false),
		     stripped = image_of("linked-keyring", "64le", true);
	char *text = mapped_text(&full, linux_policy), *rest = strstr(text, "rule module-hashes"), *lie;
	const struct digest_of honest = digest_with_map(&stripped, linux_policy, HASHSECT_SCOPE_LOADED, text, NULL);
	struct digest_of d;

	(void)state;
	assert_true(asprintf(&lie, "%.*srule keyring F\n%s", (int)(strstr(text, "rule keyring") - text), text, rest) >
		    0);
	d = digest_with_map(&stripped, linux_policy, HASHSECT_SCOPE_LOADED, lie, NULL);
	assert_digest(&honest);
	assert_digest(&d);
	assert_string_not_equal(honest.text, d.text);
	d = digest_with_map(&full, linux_policy, HASHSECT_SCOPE_LOADED, lie, NULL);
	assert_refused_with(&d, "line 4: 'rule keyring F' does not agree");
	free(lie);
	free(text);
	image_free(&full);
	image_free(&stripped);
}

/* Two rules use `middle`: in the map it stands below both, and has to be one symbol. */
static void names_of_two_rules(void **state)
{
	static const char two[] = "[policy]\nname = two\n[rule a]\nreason = a test\ncontent = zero\nmax-size = 64\n"
				  "match = range here..middle\n"
				  "[rule b]\nreason = a test\ncontent = zero\nmax-size = 64\nmatch = range middle+4\n";
	const struct place place = {SHT_PROGBITS, SHF_ALLOC, NULL};
	struct hashsect_policy *policy = policy_of(two);
	struct elf_builder *b = with_place(&place, false);
	struct image full, stripped = image_finish(with_place(&place, true));
	char *text, *lie;
	struct digest_of d;

	(void)state;
	elf_builder_symbol(b, "middle", CASE_GLOBAL, 0, elf_builder_find(b, ".data"), BASE + 0x2c, 0);
	full = image_finish(b);
	text = mapped_text(&full, policy);
	assert_non_null(strstr(text,
			       "rule a M\nmask 0x100028 0x4\nsymbol here 2 0x100028 0x0\nsymbol middle 2 0x10002c 0x0\n"
			       "rule b M\nmask 0x10002c 0x4\nsymbol middle 2 0x10002c 0x0\n"));
	d = digest_with_map(&stripped, policy, HASHSECT_SCOPE_LOADED, text, NULL);
	assert_digest(&d);
	lie = replaced(text, "rule b M\nmask 0x10002c 0x4\nsymbol middle 2 0x10002c",
		       "rule b M\nmask 0x100030 0x4\nsymbol middle 2 0x100030");
	d = digest_with_map(&stripped, policy, HASHSECT_SCOPE_LOADED, lie, NULL);
	assert_refused_with(&d, "symbol middle: not the same below two rules");
	free(lie);
	free(text);
	image_free(&full);
	image_free(&stripped);
	hashsect_policy_free(policy);
}

/* No symbol is defined in a build-id: without a symbol table, none that the map knows. */
static void name_in_the_build_id(void **state)
{
	static const char ini[] =
		"[policy]\nname = id\n[rule a]\nreason = a test\ncontent = zero\nmax-size = 64\n"
		"match = range startup+0\nmatch = range other+4\n"
		"[rule build-id]\nreason = a test\ncontent = build-id\nmax-size = 20\nmatch = note GNU 3 20\n";
	struct hashsect_policy *policy = policy_of(ini);
	struct image full = image_of("linked", "64le", false), stripped = image_of("linked", "64le", true);
	char *text = mapped_text(&full, policy),
	     *lie = replaced(text, "rule build-id", "symbol other 2 0x100068 0x0\nrule build-id");
	char *end = replaced(lie, "0x100068", "0x10007c");
	struct digest_of d = digest_with_map(&stripped, policy, HASHSECT_SCOPE_LOADED, lie, NULL);

	(void)state;
	assert_refused_with(&d, "a symbol lies in bytes that rule build-id excludes");
	d = digest_with_map(&stripped, policy, HASHSECT_SCOPE_LOADED, end, NULL);
	assert_digest(&d);
	free(end);
	free(lie);
	free(text);
	image_free(&full);
	image_free(&stripped);
	hashsect_policy_free(policy);
}

/* ----------------------------------------------------------------------------------------------- the wrong file or
 * policy */

static void relocatable_files(void **state)
{
	struct image full = image_of("linked-keyring", "64le", false),
		     object = image_of("keyring-stock", "64le", false);
	char *text = mapped_text(&full, linux_policy);
	const struct digest_of d = digest_with_map(&object, linux_policy, HASHSECT_SCOPE_FILE, text, NULL);

	(void)state;
	assert_refused_with(&d, "a relocatable file has no addresses");
	free(text);
	image_free(&full);
	image_free(&object);
}

static void other_policies(void **state)
{
	struct image full = image_of("linked", "64le", false), stripped = image_of("linked", "64le", true);
	struct hashsect_policy *policies[2] = {NULL, policy_of(range_policy)};
	char *text = mapped_text(&full, linux_policy);
	struct elfsect_error error;

	(void)state;
	assert_int_equal(hashsect_policy_builtin("strict", &policies[0], &error), 0);
	for (int i = 0; i < 2; i++) {
		const struct digest_of d = digest_with_map(&stripped, policies[i], HASHSECT_SCOPE_FILE, text, NULL);

		assert_refused_with(&d, "it was made under another policy");
		hashsect_policy_free(policies[i]);
	}
	free(text);
	image_free(&full);
	image_free(&stripped);
}

/* The map of one file with others that have other places, or none of them. */
static void other_files(void **state)
{
	static const char *const names[] = {"linked", "linked-pie", "linked-keyring", "linked-isolated",
					    "linked-relocations"};
	enum { NAMES = sizeof(names) / sizeof(names[0]) };

	(void)state;
	for (int i = 0; i < NAMES; i++) {
		struct image full = image_of(names[i], "64le", false);
		char *text = mapped_text(&full, linux_policy);

		for (int j = 0; j < NAMES; j++) {
			struct image other = image_of(names[j], "64le", false),
				     stripped = image_of(names[j], "64le", true);
			const struct digest_of d =
				digest_with_map(&other, linux_policy, HASHSECT_SCOPE_FILE, text, NULL);
			const struct digest_of e =
				digest_with_map(&stripped, linux_policy, HASHSECT_SCOPE_FILE, text, NULL);
			const bool same = i == j || (i < 2 && j < 2); /* those two differ in e_type only */
			char *own = mapped_text(&other, linux_policy);
			const struct digest_of honest =
				digest_with_map(&stripped, linux_policy, HASHSECT_SCOPE_FILE, own, NULL);

			/* A stripped file may believe that it has no keyring; then the keyring counts. */
			if (!d.text[0] == same || !honest.text[0] || !strcmp(honest.text, e.text) != same)
				fail_msg("the map of %s with %s: %s", names[i], names[j],
					 d.text[0] ? d.text : d.error.message);
			free(own);
			image_free(&other);
			image_free(&stripped);
		}
		free(text);
		image_free(&full);
	}
}

static void expect_no_map(struct elf_builder *b, const struct hashsect_policy *policy, const char *reason)
{
	struct image image = image_finish(b);
	struct elfsect_view *view;
	struct elfsect_error error;
	char *text = NULL;

	assert_int_equal(elfsect_view_of_memory(image.bytes, image.size, "test", &view, &error), 0);
	if (!hashsect_map_make(view, policy, 1, &text, &error))
		fail_msg("it has a map, but should not: %s", reason);
	assert_null(text);
	if (!strstr(error.message, reason))
		fail_msg("refused with '%s', not with '%s'", error.message, reason);
	elfsect_view_close(view);
	image_free(&image);
}

static struct hashsect_policy *large_policy(void)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct hashsect_policy *policy;

	fputs("[policy]\nname = large\n", out);
	for (int i = 0; i < 2500; i++)
		fprintf(out,
			"[rule rule-with-a-long-name-%d]\nreason = a test\ncontent = zero\nmax-size = 1\noptional = "
			"yes\n"
			"match = nothing\n",
			i);
	fclose(out);
	policy = policy_of(text);
	free(text);
	return policy;
}

static void files_without_a_map(void **state)
{
	const struct elf_variant *v = variant_of("64le");
	const struct place place = {SHT_PROGBITS, SHF_ALLOC, NULL};
	struct hashsect_policy *policy,
		*any = policy_of("[policy]\nname = any\n[rule a]\nreason = a test\ncontent = build-id\n"
				 "max-size = 20\nmatch = note GNU 3 20\nmatch = nothing\n");
	struct elf_builder *b;
	struct elfsect_error error;

	(void)state;
	expect_no_map(image_begin(case_of("keyring-stock"), v, false), linux_policy,
		      "a relocatable file has no addresses");
	expect_no_map(image_begin(case_of("linked-keyring"), v, true), linux_policy, "no symbol table");
	expect_no_map(image_begin(case_of("linked"), v, true), any, "the file has no symbol table; a map is made of");
	hashsect_policy_free(any);
	assert_int_equal(hashsect_policy_builtin("strict", &policy, &error), 0);
	expect_no_map(image_begin(case_of("linked"), v, false), policy, "excludes nothing");
	hashsect_policy_free(policy);
	policy = large_policy();
	expect_no_map(image_begin(case_of("linked"), v, false), policy, "more than 65536 bytes");
	hashsect_policy_free(policy);
	policy = policy_of("[policy]\nname = aside\n[rule a]\nreason = a test\ncontent = zero\nmax-size = 64\n"
			   "match = range here..there\nmatch = range aside+4\n");
	b = with_place(&place, false);
	elf_builder_symbol(b, "aside", CASE_GLOBAL, 0, elf_builder_section(b, ".aside", SHT_PROGBITS, 0, "aside", 5, 1),
			   0, 0);
	expect_no_map(b, policy, "symbol aside is defined in a section that is not loaded");
	hashsect_policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_that_lie),
		cmocka_unit_test(keyring_elsewhere),
		cmocka_unit_test(ranges_in_other_sections),
		cmocka_unit_test(keyring_denied),
		cmocka_unit_test(names_of_two_rules),
		cmocka_unit_test(name_in_the_build_id),
		cmocka_unit_test(relocatable_files),
		cmocka_unit_test(other_policies),
		cmocka_unit_test(other_files),
		cmocka_unit_test(files_without_a_map),
	};

	return cmocka_run_group_tests_name("maps that lie", tests, linux_policy_load, linux_policy_free);
}
