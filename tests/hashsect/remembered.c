// SPDX-License-Identifier: GPL-2.0-or-later
#include "remembered.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

/* The functions that stand in for those of libcrypto, and the true ones. */
X509 *__real_d2i_X509(X509 **out, const unsigned char **in, long size);
X509 *__wrap_d2i_X509(X509 **out, const unsigned char **in, long size);
EVP_PKEY *__real_d2i_PUBKEY(EVP_PKEY **out, const unsigned char **in, long size);
EVP_PKEY *__wrap_d2i_PUBKEY(EVP_PKEY **out, const unsigned char **in, long size);
int __real_i2d_PUBKEY(const EVP_PKEY *key, unsigned char **out);
int __wrap_i2d_PUBKEY(const EVP_PKEY *key, unsigned char **out);
int __real_EVP_DigestVerify(EVP_MD_CTX *c, const unsigned char *signature, size_t signature_size,
			    const unsigned char *text, size_t size);
int __wrap_EVP_DigestVerify(EVP_MD_CTX *c, const unsigned char *signature, size_t signature_size,
			    const unsigned char *text, size_t size);

enum { ROOM = 64 };
enum function { X509_OF, KEY_OF, BYTES_OF_KEY, VERIFY };

struct bytes {
	const void *at;
	size_t size;
};

/* What was asked. Keys are those that are remembered, so that their addresses stay theirs. */
struct question {
	enum function function;
	const void *key;
	int hash;
	struct bytes parts[2];
};

struct answer {
	struct question question; /* its parts are copies */
	void *object;		  /* a certificate or a key, held */
	uint8_t *bytes;
	int number; /* bytes used or written, or the status */
};

static struct answer answers[ROOM];
static size_t count;
static bool recording;

void remembered_record(bool on)
{
	recording = on;
}

void remembered_forget(void)
{
	for (size_t i = 0; i < count; i++) {
		struct answer *a = &answers[i];

		if (a->question.function == X509_OF)
			X509_free(a->object);
		if (a->question.function == KEY_OF)
			EVP_PKEY_free(a->object);
		free(a->bytes);
		for (size_t j = 0; j < 2; j++)
			free((void *)(uintptr_t)a->question.parts[j].at);
	}
	count = 0;
}

static bool same_bytes(const struct bytes *a, const struct bytes *b)
{
	return a->size == b->size && (!a->size || memcmp(a->at, b->at, a->size) == 0);
}

static const struct answer *find(const struct question *q)
{
	for (size_t i = 0; i < count; i++) {
		const struct question *p = &answers[i].question;

		if (p->function == q->function && p->key == q->key && p->hash == q->hash &&
		    same_bytes(&p->parts[0], &q->parts[0]) && same_bytes(&p->parts[1], &q->parts[1]))
			return &answers[i];
	}
	return NULL;
}

static bool is_held(const void *key)
{
	for (size_t i = 0; i < count; i++)
		if (answers[i].object == key)
			return true;
	return false;
}

/* A new answer, or NULL if this one is not to be remembered. */
static struct answer *add(const struct question *q)
{
	struct answer *a = &answers[count];

	if (!recording || count == ROOM || (q->key && !is_held(q->key)))
		return NULL;
	*a = (struct answer){.question = *q};
	for (size_t i = 0; i < 2; i++) {
		void *copy = malloc(q->parts[i].size + 1);

		if (!copy)
			abort();
		if (q->parts[i].size)
			memcpy(copy, q->parts[i].at, q->parts[i].size);
		a->question.parts[i].at = copy;
	}
	count++;
	return a;
}

X509 *__wrap_d2i_X509(X509 **out, const unsigned char **in, long size)
{
	const struct question q = {.function = X509_OF, .parts = {{*in, (size_t)size}}};
	const unsigned char *start = *in;
	const struct answer *known = out ? NULL : find(&q);
	struct answer *a;
	X509 *certificate;

	if (known) {
		*in += known->number;
		X509_up_ref(known->object);
		return known->object;
	}
	certificate = __real_d2i_X509(out, in, size);
	a = certificate && !out ? add(&q) : NULL;
	if (a) {
		X509_up_ref(certificate);
		a->object = certificate;
		a->number = (int)(*in - start);
	}
	return certificate;
}

EVP_PKEY *__wrap_d2i_PUBKEY(EVP_PKEY **out, const unsigned char **in, long size)
{
	const struct question q = {.function = KEY_OF, .parts = {{*in, (size_t)size}}};
	const unsigned char *start = *in;
	const struct answer *known = out ? NULL : find(&q);
	struct answer *a;
	EVP_PKEY *key;

	if (known) {
		*in += known->number;
		EVP_PKEY_up_ref(known->object);
		return known->object;
	}
	key = __real_d2i_PUBKEY(out, in, size);
	a = key && !out ? add(&q) : NULL;
	if (a) {
		EVP_PKEY_up_ref(key);
		a->object = key;
		a->number = (int)(*in - start);
	}
	return key;
}

int __wrap_i2d_PUBKEY(const EVP_PKEY *key, unsigned char **out)
{
	const struct question q = {.function = BYTES_OF_KEY, .key = key};
	const bool usual = out && !*out;
	const struct answer *known = usual ? find(&q) : NULL;
	struct answer *a;
	int size;

	if (known) {
		*out = OPENSSL_memdup(known->bytes, (size_t)known->number);
		return *out ? known->number : -1;
	}
	size = __real_i2d_PUBKEY(key, out);
	a = usual && size > 0 ? add(&q) : NULL;
	if (a) {
		a->bytes = malloc((size_t)size);
		if (!a->bytes)
			abort();
		memcpy(a->bytes, *out, (size_t)size);
		a->number = size;
	}
	return size;
}

int __wrap_EVP_DigestVerify(EVP_MD_CTX *c, const unsigned char *signature, size_t signature_size,
			    const unsigned char *text, size_t size)
{
	const struct question q = {
		.function = VERIFY,
		.key = EVP_PKEY_CTX_get0_pkey(EVP_MD_CTX_get_pkey_ctx(c)),
		.hash = EVP_MD_get_type(EVP_MD_CTX_get0_md(c)),
		.parts = {{signature, signature_size}, {text, size}},
	};
	const struct answer *known = find(&q);
	struct answer *a;
	int status;

	if (known)
		return known->number;
	status = __real_EVP_DigestVerify(c, signature, signature_size, text, size);
	a = add(&q);
	if (a)
		a->number = status;
	return status;
}
