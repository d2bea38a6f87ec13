// SPDX-License-Identifier: GPL-2.0-or-later
/* What may stand in names, times and extensions: hashsect/FORMAT.md, 7.1, items 4 to 6; each value in a certificate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <openssl/crypto.h>
#include <string.h>

#include "trust/certificate.h"
#include "make_certificate.h"

#define BAD	    "its value is not what the extension is for"
#define SUBJECT_KEY "2.5.29.14"
#define KEY_USAGE   "2.5.29.15"
#define ALT_NAME    "2.5.29.17"
#define CONSTRAINTS "2.5.29.19"
#define AUTHORITY   "2.5.29.35"
#define PURPOSES    "2.5.29.37"
#define NETSCAPE    "2.16.840.1.113730.1.1"

struct extension {
	const char *oid;
	const char *value;
	size_t size;
	const char *word; /* in the reason; NULL: it is fine */
};

#define VALUE(oid, text, word)                                                                                         \
	{                                                                                                              \
		oid, text, sizeof(text) - 1, word                                                                      \
	}

static void add(X509 *x509, void *context)
{
	const struct extension *e = context;

	/* There is one of each at most. */
	if (!strcmp(e->oid, SUBJECT_KEY) && (!e->word || !strstr(e->word, "twice")))
		X509_EXTENSION_free(X509_delete_ext(x509, 0));
	add_extension(x509, e->oid, (const uint8_t *)e->value, e->size);
}

static void expect(const struct certificate_spec *spec, const char *what, const char *word)
{
	struct elfsect_error error = {""};
	size_t length;
	uint8_t *der = make_certificate(spec, &length);
	const int ret = certificate_list_check(der, length, "x", NULL, NULL, &error);

	if (ret != (word ? -EBADMSG : 0) || (word && !strstr(error.message, word)))
		fail_msg("%s: expected \"%s\", got %d: %s", what, word ? word : "acceptance", ret, error.message);
	OPENSSL_free(der);
}

static void try_extension(const struct extension *e)
{
	struct extension copy = *e;
	char what[64];

	snprintf(what, sizeof(what), "%s, %zu bytes, %02x...", e->oid, e->size, e->size ? (uint8_t)e->value[0] : 0);
	expect(&(const struct certificate_spec){.curve = "P-256", .change = add, .context = &copy}, what, e->word);
}

/* ----------------------------------------------------------------------------------------------------- extensions */

static void values(void **state)
{
	static const struct extension cases[] = {
		VALUE(SUBJECT_KEY, "\x04\x01k", NULL),
		VALUE(SUBJECT_KEY, "\x04\x00", BAD),
		VALUE(SUBJECT_KEY, "\x30\x00", BAD),
		VALUE(SUBJECT_KEY, "\x04\x01k", NULL),
		VALUE(KEY_USAGE, "\x03\x02\x07\x80", NULL),
		VALUE(KEY_USAGE, "\x03\x03\x07\x80\x80", NULL),
		VALUE(KEY_USAGE, "\x03\x02\x06\x80", BAD),
		VALUE(KEY_USAGE, "\x03\x02\x07\x00", BAD),
		VALUE(KEY_USAGE, "\x03\x02\x00\x81", NULL),
		VALUE(KEY_USAGE, "\x03\x02\x08\x80", BAD),
		VALUE(KEY_USAGE, "\x03\x04\x07\x80\x80\x80", BAD),
		VALUE(KEY_USAGE, "\x04\x02\x07\x80", BAD),
		VALUE(NETSCAPE, "\x03\x02\x05\xa0", NULL),
		VALUE(NETSCAPE, "\x03\x03\x07\x80\x80", BAD),
		VALUE(CONSTRAINTS, "\x30\x00", NULL),
		VALUE(CONSTRAINTS, "\x30\x03\x01\x01\xff", NULL),
		VALUE(CONSTRAINTS, "\x30\x06\x01\x01\xff\x02\x01\x7f", NULL),
		VALUE(CONSTRAINTS, "\x30\x03\x01\x01\x00", BAD),
		VALUE(CONSTRAINTS, "\x30\x03\x02\x01\x00", BAD),
		VALUE(CONSTRAINTS, "\x30\x06\x01\x01\xff\x02\x01\x80", BAD),
		VALUE(CONSTRAINTS, "\x30\x07\x01\x01\xff\x02\x02\x01\x00", BAD),
		VALUE(PURPOSES, "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x03", NULL),
		VALUE(PURPOSES, "\x30\x00", BAD),
		VALUE(PURPOSES,
		      "\x30\x13\x06\x11\x2b\x06\x01\x05\x05\x07\x03\x03"
		      "123456789",
		      BAD),
		VALUE(PURPOSES, "\x30\x04\x06\x02\x2b\x80", BAD),
		VALUE(PURPOSES, "\x30\x05\x06\x03\x2b\x80\x01", BAD),
		VALUE(AUTHORITY, "\x30\x00", NULL),
		VALUE(AUTHORITY, "\x30\x03\x80\x01k", NULL),
		VALUE(AUTHORITY, "\x30\x02\x80\x00", BAD),
		VALUE(AUTHORITY, "\x30\x03\x82\x01\x01", BAD),
		VALUE(AUTHORITY, "\x30\x09\xa1\x04\xa4\x02\x30\x00\x82\x01\x01", NULL),
		VALUE(AUTHORITY, "\x30\x0a\xa1\x04\xa4\x02\x30\x00\x82\x02\x00\x01", BAD),
		VALUE(AUTHORITY, "\x30\x09\xa1\x04\xa4\x02\x31\x00\x82\x01\x01", BAD),
		VALUE(AUTHORITY, "\x30\x06\xa1\x04\xa4\x02\x30\x00", BAD),
		VALUE(ALT_NAME,
		      "\x30\x05\x82\x03"
		      "a.b",
		      NULL),
		VALUE(ALT_NAME,
		      "\x30\x05\x82\x03"
		      "a\x1b"
		      "b",
		      BAD),
		VALUE(ALT_NAME, "\x30\x06\x87\x04\x7f\x00\x00\x01", BAD),
		VALUE(ALT_NAME,
		      "\x30\x05\x04\x03"
		      "abc",
		      BAD),
		VALUE(ALT_NAME,
		      "\x04\x03"
		      "abc",
		      BAD),
		VALUE(ALT_NAME, "\x30\x00", BAD),
		VALUE(ALT_NAME,
		      "\x30\x08\xa0\x06\x06\x01\x2a\x0c\x01"
		      "x",
		      NULL),
		VALUE("2.5.29.31",
		      "\x30\x05\x86\x03"
		      "a:b",
		      NULL),
		VALUE("2.5.29.31", "\x30\x04\x03\x02\x08\x00", BAD),
		VALUE("2.5.29.32", "\x30\x03\x06\x01\x2a", NULL),
		VALUE("2.5.29.32", "\x30\x02\x05\x00", BAD),
		VALUE("1.3.6.1.5.5.7.1.1",
		      "\x30\x05\x86\x03"
		      "a:b",
		      NULL),
		/* what is in the OCTET STRING is one element, in DER */
		VALUE(KEY_USAGE, "\x03\x02\x07\x80\x00", "after its last"),
		VALUE(KEY_USAGE, "\x03\x81\x02\x07\x80", "shortest"),
		VALUE(ALT_NAME, "\x30\x03\x0c\x02x", "does not fit"),
		VALUE(ALT_NAME, "\x30\x04\x02\x02\x00\x01", "INTEGER"),
		VALUE(KEY_USAGE, "", "missing"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		try_extension(&cases[i]);
}

static void others_are_named(void **state)
{
	static const struct extension cases[] = {
		VALUE("2.5.29.30", "\x30\x00", "2.5.29.30 (X509v3 Name Constraints)"),
		VALUE("2.16.840.1.113730.1.13", "\x16\x01x", "2.16.840.1.113730.1.13 (Netscape Comment)"),
		VALUE("1.3.6.1.4.1.311.20.2", "\x1e\x02\x00x", "1.3.6.1.4.1.311.20.2 (Microsoft"),
		VALUE("1.2.3.4.5.6.7", "\x05\x00", "extension 1.2.3.4.5.6.7: not one"),
		VALUE(SUBJECT_KEY, "\x04\x01k", "2.5.29.14 (X509v3 Subject Key Identifier): it occurs twice"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		try_extension(&cases[i]);
}

static void sizes(void **state)
{
	/* SEQUENCE { UTF8String } of 512 bytes, and of 513 */
	char value[513] = "\x30\x82\x01\xfc\x0c\x82\x01\xf8";
	char key[67] = "\x04\x40";

	(void)state;
	memset(value + 8, 'x', sizeof(value) - 8);
	try_extension(&(const struct extension){ALT_NAME, value, 512, NULL});
	value[3]++;
	value[7]++;
	try_extension(&(const struct extension){ALT_NAME, value, 513, "more than 512"});
	try_extension(&(const struct extension){SUBJECT_KEY, key, 66, NULL});
	key[1]++;
	try_extension(&(const struct extension){SUBJECT_KEY, key, 67, BAD});
}

static void many(X509 *x509, void *context)
{
	const unsigned int *count = context;
	char oid[32];

	for (unsigned int i = 1; i < *count; i++) {
		snprintf(oid, sizeof(oid), "1.2.3.%u", i);
		add_extension(x509, oid, (const uint8_t *)"\x05", 2);
	}
}

/* The certificate is at level 1; an extension's value starts again at 1. */
static void nesting(void **state)
{
	char nested[2 * 17];

	(void)state;
	for (size_t i = 0; i < 17; i++) {
		nested[2 * i] = i < 16 ? '\x30' : '\x0c';
		nested[2 * i + 1] = (char)(2 * (16 - i));
	}
	try_extension(&(const struct extension){ALT_NAME, nested, sizeof(nested), "16 levels"});
	try_extension(&(const struct extension){ALT_NAME, nested + 2, sizeof(nested) - 2, NULL});
}

static void no_data_in_many_extensions(void **state)
{
	unsigned int count = 33;

	(void)state;
	expect(&(const struct certificate_spec){.curve = "P-256", .change = many, .context = &count}, "33 extensions",
	       "not one of those");
}

/* --------------------------------------------------------------------------------------------------- names and times
 */

struct string {
	int type;
	const char *bytes;
	size_t size;
	const char *word;
};

/* Z instead of the bytes, since libcrypto does not sign what it cannot read. */
static void add_string(X509 *x509, void *context)
{
	const struct string *s = context;
	unsigned char letters[32];

	memset(letters, 'Z', sizeof(letters));
	X509_NAME_add_entry_by_NID(X509_get_subject_name(x509), NID_organizationName, V_ASN1_UTF8STRING, letters,
				   (int)s->size, -1, 0);
}

/* The issuer is another one, so that nobody can ask for a signature of its own. */
static void try_string(const struct string *s, const char *what)
{
	static const uint8_t organization[] = {0x06, 0x03, 0x55, 0x04, 0x0a};
	const struct certificate_spec spec = {
		.curve = "P-256", .issuer = "CA", .change = add_string, .context = (void *)(uintptr_t)s};
	struct elfsect_error error = {""};
	size_t length;
	uint8_t *der = make_certificate(&spec, &length);
	uint8_t *at = memmem(der, length, organization, sizeof(organization));
	int ret;

	assert_non_null(at);
	at += sizeof(organization);
	*at = (uint8_t)s->type;
	memcpy(at + 2, s->bytes, s->size);
	ret = certificate_list_check(der, length, "x", NULL, NULL, &error);
	if (ret != (s->word ? -EBADMSG : 0) || (s->word && !strstr(error.message, s->word)))
		fail_msg("%s: expected \"%s\", got %d: %s", what, s->word ? s->word : "acceptance", ret, error.message);
	OPENSSL_free(der);
}

#define STRING(type, text, word)                                                                                       \
	{                                                                                                              \
		type, text, sizeof(text) - 1, word                                                                     \
	}
#define NOT_SHOWN "subject: not a name"

static void strings(void **state)
{
	static const struct string cases[] = {
		STRING(V_ASN1_UTF8STRING, "B\xc3\xbcro \xe2\x82\xac \xf0\x9f\x98\x80", NULL),
		STRING(V_ASN1_UTF8STRING, "", NULL),
		STRING(V_ASN1_UTF8STRING, "a\x1b[2J", NOT_SHOWN),
		STRING(V_ASN1_UTF8STRING,
		       "a\x00"
		       "b",
		       NOT_SHOWN),
		STRING(V_ASN1_UTF8STRING, "a\x7f", NOT_SHOWN),
		STRING(V_ASN1_UTF8STRING, "a\xc2\x9b", NOT_SHOWN),
		STRING(V_ASN1_UTF8STRING, "a\xc2\xa0", NULL),
		STRING(V_ASN1_UTF8STRING, "a\xc0\xaf", NOT_SHOWN),
		STRING(V_ASN1_UTF8STRING, "a\xe2\x82", NOT_SHOWN),
		STRING(V_ASN1_UTF8STRING, "a\xed\xa0\x80", NOT_SHOWN),
		STRING(V_ASN1_UTF8STRING, "a\xf4\x90\x80\x80", NOT_SHOWN),
		STRING(V_ASN1_PRINTABLESTRING, "abc*~", NULL),
		STRING(V_ASN1_PRINTABLESTRING, "abc\xfc", NOT_SHOWN),
		STRING(V_ASN1_T61STRING, "abc", NULL),
		STRING(V_ASN1_T61STRING, "abc\xfc", NOT_SHOWN),
		STRING(V_ASN1_IA5STRING, "abc", NULL),
		STRING(V_ASN1_IA5STRING, "abc\n", NOT_SHOWN),
		STRING(V_ASN1_BMPSTRING,
		       "\x20\xac\x00"
		       "b",
		       NULL),
		STRING(V_ASN1_BMPSTRING, "\x20\xac\x00", NOT_SHOWN),
		STRING(V_ASN1_BMPSTRING, "\xd8\x3d\xde\x00", NOT_SHOWN),
		STRING(V_ASN1_BMPSTRING, "\x00\x9b", NOT_SHOWN),
		STRING(V_ASN1_NUMERICSTRING, "123", NOT_SHOWN),
		STRING(V_ASN1_UNIVERSALSTRING,
		       "\x00\x00\x00"
		       "a",
		       NOT_SHOWN),
		STRING(V_ASN1_OCTET_STRING, "abc", NOT_SHOWN),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char what[64];

		snprintf(what, sizeof(what), "string %zu, of type %d", i, cases[i].type);
		try_string(&cases[i], what);
	}
}

static void set_time(X509 *x509, void *context)
{
	const char *text = context;
	ASN1_TIME *time = X509_getm_notAfter(x509);

	ASN1_STRING_set(time, text, -1);
	time->type = strlen(text) == 13 ? V_ASN1_UTCTIME : V_ASN1_GENERALIZEDTIME;
}

static void times(void **state)
{
	static const char *const good[] = {"491231235959Z",   "700101000000Z",	 "000229000000Z",   "720229000000Z",
					   "20500101000000Z", "99991231235959Z", "20520229000000Z", "24000229000000Z"};
	static const char *const bad[] = {"690101000000Z",  "500101000000Z",   "20491231235959Z", "210001290000Z",
					  "250001000000Z",  "251301000000Z",   "250100000000Z",	  "250132000000Z",
					  "250229000000Z",  "250431000000Z",   "250101240000Z",	  "250101006000Z",
					  "250101000060Z",  "21000229000000Z", "250101000000z",	  "2501010000 0Z",
					  "25010100000000Z"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		expect(&(const struct certificate_spec){.curve = "P-256",
							.change = set_time,
							.context = (void *)(uintptr_t)good[i]},
		       good[i], NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect(&(const struct certificate_spec){.curve = "P-256",
							.change = set_time,
							.context = (void *)(uintptr_t)bad[i]},
		       bad[i], "no time that Linux takes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),  cmocka_unit_test(others_are_named),		 cmocka_unit_test(sizes),
		cmocka_unit_test(nesting), cmocka_unit_test(no_data_in_many_extensions), cmocka_unit_test(strings),
		cmocka_unit_test(times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
