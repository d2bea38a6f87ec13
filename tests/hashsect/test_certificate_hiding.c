// SPDX-License-Identifier: GPL-2.0-or-later
/* Certificates as carriers: extensions that hold other things, and flipped bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "trust/certificate.h"
#include "make_certificate.h"

struct extension {
	const char *oid;
	const uint8_t *value;
	size_t size;
};

static int check(const uint8_t *bytes, size_t size, struct elfsect_error *error)
{
	return certificate_list_check(bytes, size, "x", NULL, NULL, error);
}

static void add(X509 *x509, void *context)
{
	const struct extension *e = context;

	add_extension(x509, e->oid, e->value, e->size);
}

/* @word is NULL if the extension is fine. The certificate is signed as it is. */
static void try_extension(const char *oid, const uint8_t *value, size_t size, const char *word)
{
	struct extension extension = {oid, value, size};
	const struct certificate_spec spec = {.curve = "P-256", .change = add, .context = &extension};
	struct elfsect_error error = {""};
	size_t length;
	uint8_t *der = make_certificate(&spec, &length);
	const int ret = check(der, length, &error);

	if (ret != (word ? -EBADMSG : 0) || (word && !strstr(error.message, word)))
		fail_msg("extension %s: expected \"%s\", got %d: %s", oid, word ? word : "acceptance", ret,
			 error.message);
	OPENSSL_free(der);
}

static void extensions(void **state)
{
	static const uint8_t ok[] = {0x03, 0x02, 0x07, 0x80};
	static const uint8_t trailing[] = {0x03, 0x02, 0x07, 0x80, 0x00};
	static const uint8_t two[] = {0x05, 0x00, 0x05, 0x00};
	static const uint8_t not_minimal[] = {0x04, 0x81, 0x01, 0x00};
	static const uint8_t not_filled[] = {0x30, 0x03, 0x04, 0x02, 0x00};
	static const uint8_t cut[] = {0x04, 0x05, 0x00};
	uint8_t big[257] = {0x04, 0x81, 253}, large[2000] = {0x04, 0x82, 0x07, 0xcc};

	(void)state;
	try_extension("2.5.29.15", ok, sizeof(ok), NULL);
	try_extension("2.5.29.15", big, 256, NULL);
	big[2] = 254;
	try_extension("2.5.29.15", big, 257, "more than 256");
	try_extension("1.2.3.4.5.6.7", ok, sizeof(ok), "not known");
	try_extension("1.2.3.4.5.6.7", large, sizeof(large), "not known");
	try_extension("2.5.29.30", ok, sizeof(ok), "not known");
	try_extension("2.5.29.14", ok, sizeof(ok), "twice");
	try_extension("2.5.29.17", large, sizeof(large), "more than 256");
	try_extension("2.5.29.15", trailing, sizeof(trailing), "after its last");
	try_extension("2.5.29.15", two, sizeof(two), "after its last");
	try_extension("2.5.29.15", not_minimal, sizeof(not_minimal), "shortest");
	try_extension("2.5.29.15", not_filled, sizeof(not_filled), "does not fit");
	try_extension("2.5.29.15", cut, sizeof(cut), "does not fit");
	try_extension("2.5.29.15", cut, 0, "missing");
}

/* The certificate is at level 1; an extension's value starts again at 1. */
static void nesting(void **state)
{
	uint8_t nested[2 * 17];

	(void)state;
	for (size_t i = 0; i < 17; i++) {
		nested[2 * i] = i < 16 ? 0x30 : 0x05;
		nested[2 * i + 1] = (uint8_t)(2 * (16 - i));
	}
	try_extension("2.5.29.17", nested, sizeof(nested), "16 levels");
	try_extension("2.5.29.17", nested + 2, sizeof(nested) - 2, NULL);
}

static void every_known_extension(void **state)
{
	static const char *const known[] = {"2.5.29.15", "2.5.29.17",	      "2.5.29.19",
					    "2.5.29.31", "2.5.29.32",	      "2.5.29.35",
					    "2.5.29.37", "1.3.6.1.5.5.7.1.1", "2.16.840.1.113730.1.1"};
	static const uint8_t null[] = {0x05, 0x00};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		try_extension(known[i], null, sizeof(null), NULL);
}

/* Where the issuer's content and the subject's lie, header excluded. */
static bool in_a_name(const uint8_t *der, size_t size, size_t at)
{
	const uint8_t *p = der;
	X509 *x509 = d2i_X509(NULL, &p, (long)size);
	const uint8_t *name;
	size_t length;
	bool inside = false;

	X509_NAME_get0_der(X509_get_subject_name(x509), &name, &length);
	for (const uint8_t *q = der; (q = memmem(q, size - (size_t)(q - der), name, length)); q++)
		inside |= at >= (size_t)(q - der) + 2 && at < (size_t)(q - der) + length;
	X509_free(x509);
	return inside;
}

/*
 * In the issuer or the subject a flip makes a certificate that another one is said to have signed: its signature cannot
 * be checked, and it is a certificate. Everywhere else a flip is refused.
 */
static void flip_every_bit(const struct certificate_spec *spec)
{
	struct elfsect_error error;
	size_t size;
	uint8_t *der = make_certificate(spec, &size);
	uint8_t *copy = test_malloc(size);

	for (size_t bit = 0; bit < 8 * size; bit++) {
		memcpy(copy, der, size);
		copy[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		if (check(copy, size, &error) == -EBADMSG)
			continue;
		if (!in_a_name(der, size, bit / 8))
			fail_msg("bit %zu of byte 0x%zx counts for nothing", bit % 8, bit / 8);
	}
	test_free(copy);
	OPENSSL_free(der);
}

static void every_bit_p256(void **state)
{
	(void)state;
	flip_every_bit(&(const struct certificate_spec){.curve = "P-256"});
}

static void every_bit_rsa(void **state)
{
	(void)state;
	flip_every_bit(&(const struct certificate_spec){.rsa_bits = 2048});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extensions),
		cmocka_unit_test(nesting),
		cmocka_unit_test(every_known_extension),
		cmocka_unit_test(every_bit_p256),
		cmocka_unit_test(every_bit_rsa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
