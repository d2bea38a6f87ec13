// SPDX-License-Identifier: GPL-2.0-or-later
/* Policies: canonical text, files, what a digest binds of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest_of.h"
#include "elf_cases.h"

/* Write a policy file; the caller unlinks it. */
static void write_policy(char path[32], const char *text)
{
	FILE *file;
	int fd;

	strcpy(path, "/tmp/test_policy.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static int load(const char *text, struct hashsect_policy **policy, struct elfsect_error *error)
{
	char path[32];
	int ret;

	write_policy(path, text);
	ret = hashsect_policy_load(path, policy, error);
	unlink(path);
	return ret;
}

static void builtin_texts(void **state)
{
	struct hashsect_policy *policy;
	struct elfsect_error error;

	(void)state;
	assert_int_equal(hashsect_policy_builtin("strict", &policy, &error), 0);
	assert_string_equal(hashsect_policy_text(policy), "hashsect-policy 1\nname strict\n");
	assert_string_equal(hashsect_policy_tag(policy), "strict");
	hashsect_policy_free(policy);
	assert_int_equal(hashsect_policy_builtin("linux", &policy, &error), 0);
	assert_non_null(strstr(hashsect_policy_text(policy), "symbol module_hashes_root start global object\n"));
	hashsect_policy_free(policy);
	assert_int_not_equal(hashsect_policy_builtin("windows", &policy, &error), 0);
}

/* The text of FORMAT.md 6.2, indented by four spaces there. */
static void format_has_the_linux_policy(void **state)
{
	struct hashsect_policy *policy;
	struct elfsect_error error;
	char *wanted = NULL, *found = NULL, line[512];
	size_t wanted_size, found_size;
	FILE *out, *format = fopen(FORMAT_MD, "r");
	bool inside = false;

	(void)state;
	assert_non_null(format);
	out = open_memstream(&found, &found_size);
	while (fgets(line, sizeof(line), format)) {
		if (!strcmp(line, "    name linux\n")) {
			inside = true;
			fputs("hashsect-policy 1\n", out);
		}
		if (inside && strncmp(line, "    ", 4) != 0)
			break;
		if (inside)
			fputs(line + 4, out);
	}
	fclose(format);
	fclose(out);
	assert_int_equal(hashsect_policy_builtin("linux", &policy, &error), 0);
	wanted = strdup(hashsect_policy_text(policy));
	wanted_size = strlen(wanted);
	assert_true(inside && wanted_size > 100);
	assert_string_equal(found, wanted);
	free(found);
	free(wanted);
	hashsect_policy_free(policy);
}

static const char good[] = "[policy]\n"
			   "name = mine\n"
			   "[rule notes]\n"
			   "reason = they differ\n"
			   "content = zero\n"
			   "max-size = 0x40\n"
			   "match = section .pad flags=3 align=4,16\n"
			   "match = range pad_start..pad_end\n"
			   "match = range pad+16\n"
			   "match = nothing\n"
			   "symbol = pad start local object\n";

static void file_text(void **state)
{
	struct hashsect_policy *policy, *again;
	struct elfsect_error error;

	(void)state;
	assert_int_equal(load(good, &policy, &error), 0);
	assert_string_equal(hashsect_policy_text(policy),
			    "hashsect-policy 1\n"
			    "name mine\n"
			    "rule notes\n"
			    "content zero\n"
			    "max-size 0x40\n"
			    "optional no\n"
			    "match section .pad type=0x1 flags=0x3 align=0x4,0x10 entsize=0x0\n"
			    "match range pad_start..pad_end\n"
			    "match range pad+0x10\n"
			    "match nothing\n"
			    "symbol pad start local object\n");
	assert_int_equal(strncmp(hashsect_policy_tag(policy), "mine@", 5), 0);
	assert_int_equal(strlen(hashsect_policy_tag(policy)), 13);
	/* Comments, spaces and the reason are not part of it. */
	assert_int_equal(
		load("; a comment\n[policy]\nname=mine\n[rule notes]\nreason = other\ncontent=zero\nmax-size=64\n"
		     "match=section   .pad align=4,16 flags=0x3\nmatch=range pad_start..pad_end\n"
		     "match=range pad+0x10\nmatch=nothing\nsymbol=pad start local object\n",
		     &again, &error),
		0);
	assert_string_equal(hashsect_policy_tag(policy), hashsect_policy_tag(again));
	hashsect_policy_free(policy);
	hashsect_policy_free(again);
}

static void file_errors(void **state)
{
#define RULE "[policy]\nname = a\n[rule r]\nreason = x\n"
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{"", "no [policy] section"},
		{"name = a\n", ":1: 'name' stands before the first [section]"},
		{"[policy]\nname = linux\n", "reserved for the built-in policy"},
		{"[policy]\nname = Upper\n", "policy name 'Upper'"},
		{"[policy]\nnmae = a\n", ":2: unknown key 'nmae'"},
		{"[policy]\nname = a\nname = b\n", ":3: name stands twice"},
		{"[policy]\nname = a\n[rules]\nx = 1\n", ":4: [rules] is neither [policy] nor [rule NAME]"},
		{"[policy]\nname = a\njunk\n", ":3: neither a [section] nor a key = value"},
		{"[policy]\nname = a\n[rule r]\ncontent = zero\nmax-size = 1\nmatch = nothing\n",
		 "[rule r] has no reason"},
		{RULE "max-size = 1\nmatch = nothing\n", "[rule r] has no content"},
		{RULE "content = zero\nmatch = nothing\n", "[rule r] has no max-size"},
		{RULE "content = zero\nmax-size = 1\n", "rule r: no match line"},
		{RULE "content = zeros\n", ":5: content 'zeros' is no content class"},
		{RULE "content = any\n", ":5: content 'any' is no content class"},
		{RULE "content = zero\nmax-size = lots\n", ":6: max-size 'lots' is no number"},
		{RULE "content = zero\nmax-size = 1\noptional = maybe\n", ":7: optional is yes or no"},
		{RULE "content = zero\nmax-size = 1\nmatch = sections .a\n", ":7: match 'sections .a'"},
		{RULE "content = zero\nmax-size = 1\nmatch = section .a flag=2\n", ":7: match"},
		{RULE "content = zero\nmax-size = 1\nmatch = section .a align=1,2,3,4,5\n", ":7: match"},
		{RULE "content = zero\nmax-size = 1\nmatch = range a..\n", ":7: match"},
		{RULE "content = zero\nmax-size = 1\nmatch = range a+b\n", ":7: match"},
		{RULE "content = zero\nmax-size = 1\nmatch = section .a flags=6\n", "executable, mergeable"},
		{RULE "content = zero\nmax-size = 1\nmatch = section .a type=8\n", "only PROGBITS (1) and NOTE (7)"},
		{RULE "content = zero\nmax-size = 1\nmatch = roles\n", "'match roles' does not go with content zero"},
		{RULE "content = zero\nmax-size = 1\nmatch = note GNU 3 20\n",
		 "'match note' does not go with content zero"},
		{RULE "content = build-id\nmax-size = 20\nmatch = range a..b\n",
		 "'match range' does not go with content build-id"},
		{RULE "content = x509-keyring\nmax-size = 1\nmatch = range a..b\n",
		 "'match range' does not go with content x509-keyring"},
		{RULE "content = zero\nmax-size = 1\nmatch = nothing\nsymbol = a list-start\n",
		 "role list-start does not go"},
		{RULE "content = zero\nmax-size = 1\nmatch = nothing\nsymbol = a start weak\n", ":8: symbol"},
		{RULE "content = zero\nmax-size = 1\nmatch = nothing\nsymbol = a start\nsymbol = a end\n",
		 "stands in two lines"},
		{RULE "content = x509-keyring\nmax-size = 1\nmatch = roles\nsymbol = a slot\nsymbol = b slot\n",
		 "a second one with role"},
		{RULE "content = zero\nmax-size = 1\nmatch = nothing\n[rule r]\nreason = y\n", "reason stands twice"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hashsect_policy *policy;
		struct elfsect_error error = {""};

		if (!load(cases[i].text, &policy, &error))
			fail_msg("accepted: %s", cases[i].text);
		if (!strstr(error.message, cases[i].reason) || !strstr(error.message, "/tmp/test_policy."))
			fail_msg("'%s', not '%s'", error.message, cases[i].reason);
	}
}

/* A file with zero bytes between symbols, in a section that holds other data too. */
static struct elf_builder *padded(void)
{
	struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
	const uint32_t data = elf_builder_section(b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, 8);

	elf_builder_symbol(b, "first", CASE_GLOBAL, 0, data, 8, 0);
	elf_builder_symbol(b, "middle", CASE_GLOBAL, 0, data, 16, 0);
	elf_builder_symbol(b, "last", CASE_GLOBAL, 0, data, 24, 0);
	return b;
}

static struct digest_of under(const char *rules)
{
	struct elf_builder *b = padded();
	struct hashsect_policy *policy;
	struct elfsect_error error;
	struct digest_of d;
	char text[1024];
	size_t size;
	const uint8_t *image = elf_builder_finish(b, &size);

	snprintf(text, sizeof(text), "[policy]\nname = mine\n%s", rules);
	if (load(text, &policy, &error))
		fail_msg("%s", error.message);
	d = digest_of_bytes(image, size, policy, HASHSECT_SCOPE_FILE);
	hashsect_policy_free(policy);
	elf_builder_free(b);
	return d;
}

#define ZERO_RULE(name, range) "[rule " name "]\nreason = x\ncontent = zero\nmax-size = 64\nmatch = range " range "\n"

/* P6: other rules or other places never give one digest, even where the excluded bytes are the same. */
static void digest_binds_the_policy(void **state)
{
	const char *const rules[] = {
		"",
		ZERO_RULE("r", "first..last"),
		ZERO_RULE("q", "first..last"),
		ZERO_RULE("r", "first..middle"),
		ZERO_RULE("r", "middle..last"),
		ZERO_RULE("r", "first+16"),
		ZERO_RULE("r", "first..middle") ZERO_RULE("s", "middle..last"),
	};
	struct digest_of d[sizeof(rules) / sizeof(rules[0])];

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		d[i] = under(rules[i]);
		if (!d[i].text[0])
			fail_msg("%s: %s", rules[i], d[i].error.message);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(strrchr(d[i].text, ':'), strrchr(d[j].text, ':'));
	}
}

static void overlapping_rules(void **state)
{
	const struct digest_of d = under(ZERO_RULE("r", "first..last") ZERO_RULE("s", "middle..last"));

	(void)state;
	assert_string_equal(d.text, "");
	assert_non_null(strstr(d.error.message, "excluded ranges overlap"));
}

static void range_over_the_cap(void **state)
{
	const struct digest_of d =
		under("[rule r]\nreason = x\ncontent = zero\nmax-size = 15\nmatch = range first..last\n");

	(void)state;
	assert_string_equal(d.text, "");
	assert_non_null(strstr(d.error.message, "16 bytes would be excluded, the policy allows 15"));
}

static void no_alternative_holds(void **state)
{
	const struct digest_of d = under(ZERO_RULE("r", "absent..last"));

	(void)state;
	assert_string_equal(d.text, "");
	assert_non_null(strstr(d.error.message, "no match line of the rule holds"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builtin_texts),
		cmocka_unit_test(format_has_the_linux_policy),
		cmocka_unit_test(file_text),
		cmocka_unit_test(file_errors),
		cmocka_unit_test(digest_binds_the_policy),
		cmocka_unit_test(overlapping_rules),
		cmocka_unit_test(range_over_the_cap),
		cmocka_unit_test(no_alternative_holds),
	};

	return cmocka_run_group_tests_name("policies", tests, NULL, NULL);
}
