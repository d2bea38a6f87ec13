// SPDX-License-Identifier: GPL-2.0-or-later
/* Signatures of modules: what is read, what is refused, and that nothing but the signed bytes is ever good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "make_signature.h"
#include "report/cms.h"
#include "modules/signature_verdict.h"

enum { CONTENT_SIZE = 200, TAIL = 40 };

static uint8_t content[CONTENT_SIZE];

static const struct certificate_spec p256 = {.curve = "P-256"}, p384 = {.curve = "P-384"}, p521 = {.curve = "P-521"},
				     rsa = {.rsa_bits = 2048};

static struct signers signers_of(const struct certificate_spec *spec)
{
	struct signers signers = {0};
	struct elfsect_error error;
	size_t size;
	uint8_t *der = make_certificate(spec, &size);

	assert_int_equal(signers_add(&signers, der, size, "certificate", &error), 0);
	assert_int_equal(signers.count, 1);
	OPENSSL_free(der);
	return signers;
}

static struct module_verdict judge(const uint8_t *bytes, size_t size, const struct signers *signers)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct module_verdict verdict;

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	module_judge(copy, size, signers, &verdict);
	free(copy);
	/* It borrowed from the copy. */
	memset(&verdict.signature.issuer, 0, sizeof(verdict.signature.issuer));
	assert_int_equal(ERR_peek_error(), 0);
	assert_int_equal(verdict.status == SIGNATURE_GOOD, !*verdict.reason.message);
	return verdict;
}

/* ----------------------------------------------------------------------------------------------------- good ones */

static void test_kinds(void **state)
{
	static const struct certificate_spec *const specs[] = {&p256, &p384, &p521, &rsa};
	static const char *const hashes[] = {"SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-384", "SHA3-512"};

	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++)
		for (size_t j = 0; j < sizeof(hashes) / sizeof(hashes[0]); j++)
			for (int key_id = 0; key_id < 2; key_id++) {
				const struct signature_spec spec = {
					.signer = specs[i],
					.hash = hashes[j],
					.key_id = key_id,
				};
				struct signers signers = signers_of(specs[i]);
				struct module_verdict verdict;
				size_t size;
				uint8_t *file = make_signed(&spec, content, sizeof(content), &size);

				verdict = judge(file, size, &signers);
				if (verdict.status != SIGNATURE_GOOD)
					fail_msg("%s with %s: %s", specs[i]->curve ?: "RSA", hashes[j],
						 verdict.reason.message);
				assert_string_equal(verdict.signature.hash, hashes[j]);
				assert_ptr_equal(verdict.certificate, signers.list[0]);
				free(file);
				signers_clear(&signers);
			}
}

static void test_report(void **state)
{
	const struct signature_spec by_name = {.signer = &p256}, by_id = {.signer = &p256, .key_id = true};
	struct cms_signature signature;
	struct elfsect_error error;
	char text[256];
	size_t size;
	uint8_t *der = make_signature(&by_name, content, sizeof(content), &size);

	(void)state;
	assert_int_equal(cms_read(der, size, &signature, &error), 0);
	cms_describe_signer(&signature, text, sizeof(text));
	assert_string_equal(text, "issuer CN=Test key, serial 01234567");
	assert_string_equal(signature.algorithm, "ECDSA with SHA256");
	free(der);
	der = make_signature(&by_id, content, sizeof(content), &size);
	assert_int_equal(cms_read(der, size, &signature, &error), 0);
	cms_describe_signer(&signature, text, sizeof(text));
	assert_memory_equal(text, "key id ", 7);
	assert_int_equal(strlen(text), 7 + 40);
	free(der);
}

/* ----------------------------------------------------------------------------------------------------- bad ones */

static void assert_status(const uint8_t *bytes, size_t size, const struct signers *signers,
			  enum signature_status status, const char *word)
{
	const struct module_verdict verdict = judge(bytes, size, signers);

	if (verdict.status != status || !strstr(verdict.reason.message, word))
		fail_msg("%s (%s), not %s (%s)", signature_status_name(verdict.status), verdict.reason.message,
			 signature_status_name(status), word);
}

static void test_other_bytes(void **state)
{
	const struct signature_spec spec = {.signer = &p256};
	struct signers signers = signers_of(&p256);
	uint8_t longer[CONTENT_SIZE + 1] = {0}, *signature, *file;
	size_t signature_size, size;

	(void)state;
	signature = make_signature(&spec, content, sizeof(content), &signature_size);
	memcpy(longer, content, sizeof(content));
	for (size_t length = 1; length <= sizeof(longer); length++) {
		file = make_trailer(longer, length, signature, signature_size, 2, &size);
		if (length != sizeof(content))
			assert_status(file, size, &signers, SIGNATURE_BAD, "not that of the module's bytes");
		else
			assert_int_equal(judge(file, size, &signers).status, SIGNATURE_GOOD);
		free(file);
	}
	free(signature);
	signers_clear(&signers);
}

/* Signed again: the outer one counts, and it covers the inner one. */
static void test_nested(void **state)
{
	static const struct certificate_spec other = {.curve = "P-384", .subject = "Other key"};
	const struct signature_spec inner_spec = {.signer = &p256}, outer_spec = {.signer = &other};
	struct signers inner_signer = signers_of(&p256), outer_signer = signers_of(&other);
	size_t inner_size, size;
	uint8_t *inner = make_signed(&inner_spec, content, sizeof(content), &inner_size);
	uint8_t *outer = make_signed(&outer_spec, inner, inner_size, &size);

	(void)state;
	assert_int_equal(judge(outer, size, &outer_signer).status, SIGNATURE_GOOD);
	assert_status(outer, size, &inner_signer, SIGNATURE_NO_CERTIFICATE, "not given");
	assert_int_equal(judge(outer, inner_size, &inner_signer).status, SIGNATURE_GOOD);
	outer[CONTENT_SIZE + 20] ^= 1;
	assert_status(outer, size, &outer_signer, SIGNATURE_BAD, "");
	free(inner);
	free(outer);
	signers_clear(&inner_signer);
	signers_clear(&outer_signer);
}

static void test_certificates(void **state)
{
	static const struct certificate_spec other_subject = {.curve = "P-256", .subject = "Other key"};
	/* The name of the signer, with another key. */
	static const struct certificate_spec impostor = {.curve = "P-384"}, impostor_rsa = {.rsa_bits = 2048};
	const struct signature_spec spec = {.signer = &p256};
	struct signers none = {0}, signers = signers_of(&p256);
	struct elfsect_error error;
	size_t size, der_size;
	uint8_t *file = make_signed(&spec, content, sizeof(content), &size), *der;
	struct signers wrong;

	(void)state;
	assert_status(file, size, &none, SIGNATURE_NO_CERTIFICATE, "not given");
	wrong = signers_of(&other_subject);
	assert_status(file, size, &wrong, SIGNATURE_NO_CERTIFICATE, "not given");
	signers_clear(&wrong);
	wrong = signers_of(&impostor);
	assert_status(file, size, &wrong, SIGNATURE_BAD, "not that of");
	/* Behind the impostor stands the right one. */
	der = make_certificate(&p256, &der_size);
	assert_int_equal(signers_add(&wrong, der, der_size, "certificate", &error), 0);
	assert_int_equal(judge(file, size, &wrong).status, SIGNATURE_GOOD);
	OPENSSL_free(der);
	signers_clear(&wrong);
	wrong = signers_of(&impostor_rsa);
	assert_status(file, size, &wrong, SIGNATURE_BAD, "an ECDSA signature, but an RSA key");
	signers_clear(&wrong);
	signers_clear(&signers);
	free(file);
}

static void test_algorithms(void **state)
{
	static const struct certificate_spec brainpool = {.curve = "brainpoolP256r1"}, k1 = {.curve = "secp256k1"};
	const struct {
		struct signature_spec spec;
		const char *word;
	} cases[] = {
		{{.signer = &rsa, .hash = "SHA1"}, "SHA1"},
		{{.signer = &p256, .hash = "SHA1"}, "SHA1"},
		{{.signer = &p256, .hash = "SHA224"}, "SHA224"},
		{{.signer = &rsa, .hash = "SHA512-256"}, "hash algorithm sha512-256"},
		{{.signer = &rsa, .hash = "MD5"}, "hash algorithm md5"},
		{{.signer = &brainpool}, "brainpoolP256r1"},
		{{.signer = &k1}, "secp256k1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct signers signers = signers_of(cases[i].spec.signer);
		size_t size;
		uint8_t *file = make_signed(&cases[i].spec, content, sizeof(content), &size);

		assert_status(file, size, &signers, SIGNATURE_UNSUPPORTED, cases[i].word);
		free(file);
		signers_clear(&signers);
	}
}

/* What CMS allows, and sign-file does not make. */
static void test_extras(void **state)
{
	const struct {
		struct signature_spec spec;
		const char *word;
	} cases[] = {
		{{.signer = &p256, .flags = CMS_NOATTR}, "signed attributes"},
		{{.signer = &p256, .flags = CMS_NOCERTS}, "certificates"},
		{{.signer = &p256, .flags = CMS_DETACHED}, "detached"},
		{{.signer = &p256, .signers = 2}, "signers"},
		{{.signer = &p256, .streamed = true}, "indefinite length"},
	};
	struct signers signers = signers_of(&p256);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t size;
		uint8_t *file = make_signed(&cases[i].spec, content, sizeof(content), &size);

		/* Where it is DER it ends where it should, and somebody else may know what it is. */
		assert_status(file, size, &signers,
			      cases[i].spec.streamed ? SIGNATURE_MALFORMED : SIGNATURE_UNSUPPORTED, cases[i].word);
		free(file);
	}
	signers_clear(&signers);
}

static void test_lengths(void **state)
{
	const struct signature_spec spec = {.signer = &p256};
	struct signers signers = signers_of(&p256);
	size_t signature_size, size;
	uint8_t *signature = make_signature(&spec, content, sizeof(content), &signature_size);
	uint8_t *longer = calloc(1, signature_size + 100), *file;

	(void)state;
	memcpy(longer, signature, signature_size);
	for (size_t length = 0; length <= signature_size + 100; length++) {
		file = make_trailer(content, sizeof(content), longer, length, 2, &size);
		if (length == signature_size)
			assert_int_equal(judge(file, size, &signers).status, SIGNATURE_GOOD);
		else
			assert_status(file, size, &signers, SIGNATURE_MALFORMED, "");
		free(file);
	}
	free(longer);
	free(signature);
	signers_clear(&signers);
}

/* Every bit of a signed module: verify never says good. */
/* The end of the message is SEQUENCE { r INTEGER, s INTEGER }. Zero, which no ECDSA signature has, is not positive. */
static void test_zero(void **state)
{
	const struct signature_spec spec = {.signer = &p256};
	struct cms_signature signature;
	struct elfsect_error error;
	size_t size;
	uint8_t *der = make_signature(&spec, content, sizeof(content), &size), *value, length;

	(void)state;
	assert_int_equal(cms_read(der, size, &signature, &error), 0);
	value = der + size - signature.signature.length + 2;
	length = value[-1];
	assert_int_equal(value + length - der, size);
	memcpy(value, (uint8_t[]){2, 1, 1, 2, length - 5, 1}, 6);
	assert_int_equal(cms_read(der, size, &signature, &error), 0);
	value[2] = 0;
	assert_int_equal(cms_read(der, size, &signature, &error), -EBADMSG);
	assert_non_null(strstr(error.message, "not positive"));
	free(der);
}

static void flip_all(const struct signature_spec *spec)
{
	struct signers signers = signers_of(spec->signer);
	unsigned int seen[6] = {0};
	size_t size;
	uint8_t *file = make_signed(spec, content, sizeof(content), &size);

	assert_int_equal(judge(file, size, &signers).status, SIGNATURE_GOOD);
	for (size_t bit = 0; bit < 8 * size; bit++) {
		struct module_verdict verdict;

		file[bit / 8] ^= (uint8_t)(1u << bit % 8);
		verdict = judge(file, size, &signers);
		if (verdict.status == SIGNATURE_GOOD)
			fail_msg("good with bit %zu of %zu bytes flipped", bit, size);
		if (bit < 8 * sizeof(content))
			assert_int_equal(verdict.status, SIGNATURE_BAD);
		seen[verdict.status]++;
		file[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	/* The flips reach every verdict. */
	for (enum signature_status s = SIGNATURE_BAD; s <= SIGNATURE_UNSUPPORTED; s++)
		assert_true(seen[s] > 0);
	/* The marker; and id_type 2 becomes 3, a Merkle proof, if the length happens to be one of a proof. */
	assert_int_equal(seen[SIGNATURE_UNSIGNED], 28 * 8 + ((size - TAIL - sizeof(content)) % 32 == 4));
	free(file);
	signers_clear(&signers);
}

static void test_flips_ecdsa(void **state)
{
	const struct signature_spec by_name = {.signer = &p256},
				    by_id = {.signer = &p384, .key_id = true, .hash = "SHA384"};

	(void)state;
	flip_all(&by_name);
	flip_all(&by_id);
}

static void test_flips_rsa(void **state)
{
	const struct signature_spec spec = {.signer = &rsa, .hash = "SHA512"};

	(void)state;
	flip_all(&spec);
}

/* The same signature, but for the two numbers of an ECDSA value. */
static uint8_t *with_value(const uint8_t *der, size_t size, const uint8_t *value, int value_size, int *new_size)
{
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &der, (long)size);
	CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	uint8_t *changed = NULL;

	assert_int_equal(ASN1_OCTET_STRING_set(CMS_SignerInfo_get0_signature(signer), value, value_size), 1);
	*new_size = i2d_CMS_ContentInfo(cms, &changed);
	assert_true(*new_size > 0);
	CMS_ContentInfo_free(cms);
	return changed;
}

/* No signature has a zero in it. */
static void test_zero_in_an_ecdsa_value(void **state)
{
	static const uint8_t values[][8] = {
		{0x30, 6, 2, 1, 1, 2, 1, 1}, {0x30, 6, 2, 1, 0, 2, 1, 1}, {0x30, 6, 2, 1, 1, 2, 1, 0}};
	const struct signature_spec spec = {.signer = &p256};
	struct cms_signature signature;
	size_t size;
	uint8_t *der = make_signature(&spec, content, sizeof(content), &size);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct elfsect_error error = {""};
		int changed_size;
		uint8_t *changed = with_value(der, size, values[i], sizeof(values[i]), &changed_size);

		assert_int_equal(cms_read(changed, (size_t)changed_size, &signature, &error), i ? -EBADMSG : 0);
		if (i)
			assert_non_null(strstr(error.message, "not positive"));
		OPENSSL_free(changed);
	}
	free(der);
}

/* ------------------------------------------------------------------------------------------- files of certificates */

static int add(const void *bytes, size_t size, size_t *count, struct elfsect_error *error)
{
	struct signers signers = {0};
	const int ret = signers_add(&signers, bytes, size, "file", error);

	*count = signers.count;
	signers_clear(&signers);
	assert_int_equal(ERR_peek_error(), 0);
	return ret;
}

static void test_certificate_files(void **state)
{
	struct elfsect_error error;
	size_t size, count, pem_size;
	uint8_t *der = make_certificate(&p256, &size), *two = malloc(2 * size);
	const uint8_t *p = der;
	X509 *x509 = d2i_X509(NULL, &p, (long)size);
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;

	(void)state;
	memcpy(two, der, size);
	memcpy(two + size, der, size);
	assert_int_equal(add(two, 2 * size, &count, &error), 0);
	assert_int_equal(count, 2);
	assert_int_equal(add(two, 2 * size - 1, &count, &error), -EBADMSG);
	assert_int_equal(add(two, size + 1, &count, &error), -EBADMSG);
	assert_int_equal(add("", 0, &count, &error), -EBADMSG);
	assert_non_null(strstr(error.message, "no certificate"));
	assert_int_equal(add("hello", 5, &count, &error), -EBADMSG);

	/* As certs/signing_key.pem is: the private key, then the certificate. */
	assert_true(PEM_write_bio_PrivateKey(bio, make_key("P-256", 0), NULL, NULL, 0, NULL, NULL));
	pem_size = (size_t)BIO_get_mem_data(bio, &pem);
	assert_int_equal(add(pem, pem_size, &count, &error), -EBADMSG);
	assert_true(PEM_write_bio_X509(bio, x509));
	assert_true(PEM_write_bio_X509(bio, x509));
	pem_size = (size_t)BIO_get_mem_data(bio, &pem);
	assert_int_equal(add(pem, pem_size, &count, &error), 0);
	assert_int_equal(count, 2);
	assert_int_equal(add(pem, pem_size - 40, &count, &error), -EBADMSG);
	assert_non_null(strstr(error.message, "damaged"));
	BIO_free(bio);
	X509_free(x509);
	OPENSSL_free(der);
	free(two);
}

static void test_not_signed(void **state)
{
	struct signers signers = signers_of(&p256);
	uint8_t proof[36] = {0}, *file;
	size_t size;

	(void)state;
	assert_status(content, sizeof(content), &signers, SIGNATURE_UNSIGNED, "no signature");
	assert_status(content, 0, &signers, SIGNATURE_UNSIGNED, "no signature");
	file = make_trailer(content, sizeof(content), proof, sizeof(proof), 3, &size);
	assert_status(file, size, &signers, SIGNATURE_UNSIGNED, "Merkle");
	free(file);
	file = make_trailer(content, sizeof(content), proof, sizeof(proof), 1, &size);
	assert_status(file, size, &signers, SIGNATURE_UNSUPPORTED, "before 4.3 have it (id_type 1)");
	free(file);
	signers_clear(&signers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_other_bytes),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_algorithms),
		cmocka_unit_test(test_extras),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_zero),
		cmocka_unit_test(test_flips_ecdsa),
		cmocka_unit_test(test_zero_in_an_ecdsa_value),
		cmocka_unit_test(test_flips_rsa),
		cmocka_unit_test(test_certificate_files),
		cmocka_unit_test(test_not_signed),
	};

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 7 + 3);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
