// SPDX-License-Identifier: GPL-2.0-or-later
/* Certificates as carriers: flipped bits. */
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

static int check(const uint8_t *bytes, size_t size, struct elfsect_error *error)
{
	return certificate_list_check(bytes, size, "x", NULL, NULL, error);
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
		cmocka_unit_test(every_bit_p256),
		cmocka_unit_test(every_bit_rsa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
