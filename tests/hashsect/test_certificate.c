// SPDX-License-Identifier: GPL-2.0-or-later
/* Each rule of hashsect/FORMAT.md, 7.1, with a certificate that breaks it and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <string.h>

#include "trust/certificate.h"
#include "base/error.h"
#include "make_certificate.h"

#define WHERE "vmlinux.o: section .keyring, offset 0x0"

static const struct certificate_spec p256 = {.curve = "P-256"};

struct seen {
	unsigned int count;
	struct elfsect_certificate last;
};

static int remember(const struct elfsect_certificate *info, void *context, struct elfsect_error *error)
{
	struct seen *seen = context;

	(void)error;
	seen->count++;
	seen->last = *info;
	return 0;
}

static int check(const uint8_t *bytes, size_t size, struct elfsect_error *error)
{
	const int ret = certificate_list_check(bytes, size, WHERE, NULL, NULL, error);

	assert_int_equal(ERR_peek_error(), 0);
	return ret;
}

/* Refused, with the prefix and this word in the message. */
static void assert_refused(const uint8_t *bytes, size_t size, const char *word)
{
	struct elfsect_error error = {""};

	assert_int_equal(check(bytes, size, &error), -EBADMSG);
	if (!strstr(error.message, word) || strncmp(error.message, WHERE ": ", strlen(WHERE) + 2) != 0)
		fail_msg("\"%s\" is not in: %s", word, error.message);
}

static void assert_accepted(const uint8_t *bytes, size_t size)
{
	struct elfsect_error error = {""};

	if (check(bytes, size, &error))
		fail_msg("%s", error.message);
}

static void refuse_changed(void (*change)(X509 *x509, void *context), const char *word)
{
	struct certificate_spec spec = {.curve = "P-256", .change = change};
	size_t size;
	uint8_t *der = make_certificate(&spec, &size);

	assert_refused(der, size, word);
	OPENSSL_free(der);
}

/* Replace @cut bytes at @at of a certificate by @size others; the copy is the caller's. */
static uint8_t *splice(const uint8_t *der, size_t *size, size_t at, size_t cut, const uint8_t *insert, size_t length)
{
	uint8_t *copy = test_malloc(*size + length);

	memcpy(copy, der, at);
	memcpy(copy + at, insert, length);
	memcpy(copy + at + length, der + at + cut, *size - at - cut);
	*size = *size - cut + length;
	return copy;
}

/* ------------------------------------------------------------------------------------------------------ accepted */

static void every_key_and_hash(void **state)
{
	static const struct {
		struct certificate_spec spec;
		const char *type;
	} cases[] = {
		{{.rsa_bits = 2048, .hash = "SHA1"}, "RSA-2048"},
		{{.rsa_bits = 2048, .hash = "SHA256"}, "RSA-2048"},
		{{.rsa_bits = 2048, .hash = "SHA384"}, "RSA-2048"},
		{{.rsa_bits = 4096, .hash = "SHA512"}, "RSA-4096"},
		{{.rsa_bits = 2048, .hash = "SHA3-256"}, "RSA-2048"},
		{{.rsa_bits = 2048, .hash = "SHA3-384"}, "RSA-2048"},
		{{.rsa_bits = 2048, .hash = "SHA3-512"}, "RSA-2048"},
		{{.curve = "P-256", .hash = "SHA256"}, "EC-P-256"},
		{{.curve = "P-384", .hash = "SHA384"}, "EC-P-384"},
		{{.curve = "P-521", .hash = "SHA512"}, "EC-P-521"},
		{{.curve = "P-256", .hash = "SHA3-256"}, "EC-P-256"},
		{{.curve = "P-384", .hash = "SHA3-384"}, "EC-P-384"},
		{{.curve = "P-521", .hash = "SHA3-512"}, "EC-P-521"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct seen seen = {0};
		struct elfsect_error error;
		size_t size;
		uint8_t *der = make_certificate(&cases[i].spec, &size);

		if (certificate_list_check(der, size, WHERE, remember, &seen, &error))
			fail_msg("%s %s: %s", cases[i].type, cases[i].spec.hash, error.message);
		assert_int_equal(seen.count, 1);
		assert_string_equal(seen.last.key_type, cases[i].type);
		OPENSSL_free(der);
	}
}

static void use_utf8_name(X509 *x509, void *context)
{
	(void)context;
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "O", MBSTRING_UTF8,
				   (const unsigned char *)"B\xc3\xbcro", -1, -1, 0);
}

static void information(void **state)
{
	const struct certificate_spec spec = {.curve = "P-384",
					      .subject = "Build time key",
					      .issuer = "Some CA",
					      .hash = "SHA384",
					      .change = use_utf8_name};
	struct seen seen = {0};
	struct elfsect_error error;
	size_t size;
	uint8_t *der = make_certificate(&spec, &size);

	(void)state;
	assert_int_equal(certificate_list_check(der, size, WHERE, remember, &seen, &error), 0);
	assert_int_equal(seen.last.offset, 0);
	assert_int_equal(seen.last.size, size);
	assert_string_equal(seen.last.subject, "O=B\xc3\xbcro,CN=Build time key");
	assert_string_equal(seen.last.issuer, "CN=Some CA");
	assert_string_equal(seen.last.serial, "01234567");
	assert_int_equal(strlen(seen.last.fingerprint), 64);
	assert_int_equal(strlen(seen.last.key_id), 40);
	assert_string_equal(seen.last.not_before, "2025-01-31T12:00:00Z");
	assert_string_equal(seen.last.not_after, "2125-01-07T12:00:00Z");
	OPENSSL_free(der);
}

static void lists(void **state)
{
	struct elfsect_error error;
	struct seen seen = {0};
	size_t size;
	uint8_t *der = make_certificate(&p256, &size);
	uint8_t *list = test_malloc(65 * size + 2);

	(void)state;
	assert_accepted(NULL, 0);
	for (size_t i = 0; i < 65; i++)
		memcpy(list + i * size, der, size);
	assert_int_equal(certificate_list_check(list, 64 * size, WHERE, remember, &seen, &error), 0);
	assert_int_equal(seen.count, 64);
	assert_int_equal(seen.last.offset, 63 * size);
	assert_refused(list, 65 * size, "more than 64");
	list[size] = 0;
	assert_refused(list, size + 1, "certificate 2");
	memcpy(list + size + 1, der, size);
	assert_refused(list, 2 * size + 1, "certificate 2 (offset");
	test_free(list);
	OPENSSL_free(der);
}

static int stop(const struct elfsect_certificate *info, void *context, struct elfsect_error *error)
{
	(void)info;
	(void)context;
	return failure(error, EPERM, "not this one");
}

static void visit_ends_the_check(void **state)
{
	struct elfsect_error error;
	size_t size;
	uint8_t *der = make_certificate(&p256, &size);

	(void)state;
	assert_int_equal(certificate_list_check(der, size, WHERE, stop, NULL, &error), -EPERM);
	assert_string_equal(error.message, "not this one");
	OPENSSL_free(der);
}

/* ------------------------------------------------------------------------------------------------------- framing */

static void lengths(void **state)
{
	static const uint8_t long_form[] = {0x30, 0x83, 0x00}, too_long[] = {0x30, 0x84, 0x00, 0x00};
	static const uint8_t indefinite[] = {0x30, 0x80}, zeros[2] = {0};
	size_t size, n;
	uint8_t *der = make_certificate(&p256, &size), *copy, *longer;

	(void)state;
	assert_int_equal(der[1], 0x82);
	n = size;
	copy = splice(der, &n, 0, 2, long_form, sizeof(long_form));
	assert_refused(copy, n, "shortest form");
	test_free(copy);
	n = size;
	copy = splice(der, &n, 0, 2, too_long, sizeof(too_long));
	assert_refused(copy, n, "length bytes");
	test_free(copy);
	n = size;
	copy = splice(der, &n, 0, 4, indefinite, sizeof(indefinite));
	longer = splice(copy, &n, n, 0, zeros, sizeof(zeros));
	assert_refused(longer, n, "indefinite");
	test_free(longer);
	test_free(copy);
	for (n = 1; n < size; n++)
		assert_refused(der, n, "certificate 1");
	OPENSSL_free(der);
}

static void trailing_byte_inside(void **state)
{
	static const uint8_t zero[1] = {0};
	size_t size;
	uint8_t *der = make_certificate(&p256, &size);
	uint8_t *copy = splice(der, &size, size, 0, zero, 1);

	(void)state;
	assert_refused(copy, size, "certificate 2");
	copy[3]++; /* the outer length, which now takes the byte in */
	assert_refused(copy, size, "certificate 1");
	test_free(copy);
	OPENSSL_free(der);
}

static void long_signature(X509 *x509, size_t length)
{
	static const uint8_t bytes[70000];
	const ASN1_BIT_STRING *signature;

	X509_get0_signature(&signature, NULL, x509);
	ASN1_BIT_STRING_set((ASN1_BIT_STRING *)(uintptr_t)signature, (unsigned char *)(uintptr_t)bytes, (int)length);
}

/* Nobody can verify these signatures here, so only the size tells. */
static void sizes_of_signatures(void **state)
{
	const struct certificate_spec spec = {.issuer = "Some CA"};
	static const struct {
		size_t length;
		const char *reason;
	} cases[] = {{63, "RSA signature of 63 bytes"},
		     {64, NULL},
		     {1024, NULL},
		     {1025, "RSA signature of 1025 bytes"},
		     {70000, "more than 65535"}};
	size_t size;
	uint8_t *der = make_certificate(&spec, &size);
	const uint8_t *p = der;
	X509 *x509 = d2i_X509(NULL, &p, (long)size);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *big = NULL;
		int n;

		long_signature(x509, cases[i].length);
		n = i2d_X509(x509, &big);
		assert_true(n > (int)cases[i].length);
		if (cases[i].reason)
			assert_refused(big, (size_t)n, cases[i].reason);
		else
			assert_accepted(big, (size_t)n);
		OPENSSL_free(big);
	}
	X509_free(x509);
	OPENSSL_free(der);
}

/* Kernels read no certificate of less than 260 bytes. */
static void make_small(X509 *x509, void *context)
{
	(void)context;
	while (X509_get_ext_count(x509))
		X509_EXTENSION_free(X509_delete_ext(x509, 0));
	X509_NAME_ENTRY_free(X509_NAME_delete_entry(X509_get_subject_name(x509), 0));
	X509_NAME_ENTRY_free(X509_NAME_delete_entry(X509_get_issuer_name(x509), 0));
}

static void too_small(void **state)
{
	(void)state;
	refuse_changed(make_small, "kernels read only certificates of 260 bytes");
}

/* -------------------------------------------------------------------------------------------------------- fields */

static void make_v1(X509 *x509, void *context)
{
	(void)context;
	X509_set_version(x509, X509_VERSION_1);
	while (X509_get_ext_count(x509))
		X509_EXTENSION_free(X509_delete_ext(x509, 0));
}

static void make_long_serial(X509 *x509, void *context)
{
	uint8_t serial[21];

	(void)context;
	memset(serial, 0x55, sizeof(serial));
	ASN1_STRING_set(X509_get_serialNumber(x509), serial, sizeof(serial));
}

static void make_long_name(X509 *x509, void *context)
{
	(void)context;
	for (int i = 0; i < 10; i++) {
		const unsigned char *text =
			(const unsigned char *)"0123456789012345678901234567890123456789012345678901234567890";

		X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "OU", MBSTRING_UTF8, text, -1, -1, 0);
	}
}

static void make_odd_time(X509 *x509, void *context)
{
	ASN1_TIME *time = X509_getm_notBefore(x509);

	(void)context;
	time->type = V_ASN1_PRINTABLESTRING;
}

static void fields(void **state)
{
	(void)state;
	refuse_changed(make_v1, "version");
	refuse_changed(make_long_serial, "serial number of 21 bytes");
	refuse_changed(make_long_name, "more than 512");
	refuse_changed(make_odd_time, "time");
}

/* The outer algorithm is the last place where its identifier occurs. */
static void algorithms_differ(void **state)
{
	static const uint8_t ecdsa_sha256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
	size_t size;
	uint8_t *der = make_certificate(&p256, &size), *found = NULL;

	(void)state;
	for (uint8_t *p = der; (p = memmem(p, size - (size_t)(p - der), ecdsa_sha256, sizeof(ecdsa_sha256))); p++)
		found = p;
	assert_non_null(found);
	found[7] = 3;
	assert_refused(der, size, "algorithm fields differ");
	OPENSSL_free(der);
}

static void keys_and_algorithms(void **state)
{
	static const struct {
		struct certificate_spec spec;
		const char *word;
	} cases[] = {
		{{.rsa_bits = 768}, "768 bits"},	  {{.rsa_bits = 2056}, "2056 bits"},
		{{.rsa_bits = 2047}, "2047 bits"},	  {{.hash = "SHA224"}, "signature algorithm"},
		{{.hash = "MD5"}, "signature algorithm"}, {{.curve = "P-256", .hash = "SHA1"}, "signature algorithm"},
		{{.curve = "secp256k1"}, "curve"},	  {{.curve = "brainpoolP256r1"}, "curve"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t size;
		uint8_t *der = make_certificate(&cases[i].spec, &size);

		assert_refused(der, size, cases[i].word);
		OPENSSL_free(der);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_and_hash),
		cmocka_unit_test(information),
		cmocka_unit_test(lists),
		cmocka_unit_test(visit_ends_the_check),
		cmocka_unit_test(lengths),
		cmocka_unit_test(trailing_byte_inside),
		cmocka_unit_test(sizes_of_signatures),
		cmocka_unit_test(too_small),
		cmocka_unit_test(fields),
		cmocka_unit_test(algorithms_differ),
		cmocka_unit_test(keys_and_algorithms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
