// SPDX-License-Identifier: LGPL-2.1-or-later
#include "trust/dsse.h"

#include <errno.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"

/* ------------------------------------------------------------------------------------------------------------- keys
 */

/* Kind and strength: 112 bits are the least, as RSA-2048 and P-224 have. A provider may not say how long a key is. */
static int judge_key(EVP_PKEY *key, const char *name, struct elfsect_error *error)
{
	const bool is_rsa = EVP_PKEY_is_a(key, "RSA"), is_ec = EVP_PKEY_is_a(key, "EC");
	const int bits = EVP_PKEY_get_bits(key), least = is_rsa ? 2048 : 224;

	if (!is_rsa && !is_ec && !EVP_PKEY_is_a(key, "ED25519"))
		return failure(error, ENOPKG, "%s: a key of this kind is not taken: Ed25519, EC and RSA are", name);
	if (bits > 0 && bits < least)
		return failure(error, ENOPKG, "%s: a key of %d bits is too weak: %d are the least", name, bits, least);
	return 0;
}

/* The first private key of what a store shows. */
static EVP_PKEY *first_key(OSSL_STORE_CTX *store)
{
	EVP_PKEY *key = NULL;

	while (!key && !OSSL_STORE_eof(store)) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(store);

		if (!info)
			continue;
		if (OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
			key = OSSL_STORE_INFO_get1_PKEY(info);
		OSSL_STORE_INFO_free(info);
	}
	return key;
}

static int no_answer(char *buffer, int size, int rwflag, void *data)
{
	(void)buffer, (void)size, (void)rwflag, (void)data;
	return -1;
}

void dsse_key_clear(struct dsse_key *key)
{
	EVP_PKEY_free(key->key);
	for (size_t i = 0; i < 2; i++)
		if (key->providers[i])
			OSSL_PROVIDER_unload(key->providers[i]);
	*key = (struct dsse_key){NULL, {NULL, NULL}};
}

/* Loading one turns the default one off, which is asked for as well. */
static bool load_provider(const char *provider, struct dsse_key *key)
{
	key->providers[0] = OSSL_PROVIDER_load(NULL, "default");
	key->providers[1] = OSSL_PROVIDER_load(NULL, provider);
	return key->providers[0] && key->providers[1];
}

int dsse_private_key(const char *where, const char *provider, struct dsse_key *key, struct elfsect_error *error)
{
	UI_METHOD *silent = UI_UTIL_wrap_read_pem_callback(no_answer, 0);
	OSSL_STORE_CTX *store;

	*key = (struct dsse_key){NULL, {NULL, NULL}};
	if (provider && !load_provider(provider, key)) {
		UI_destroy_method(silent);
		ERR_clear_error();
		return failure(error, ENOENT, "provider %s: OpenSSL cannot load it", provider);
	}
	store = OSSL_STORE_open(where, silent, NULL, NULL, NULL);
	if (store) {
		(void)OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY);
		key->key = first_key(store);
		OSSL_STORE_close(store);
	}
	UI_destroy_method(silent);
	ERR_clear_error();
	if (!store)
		return failure(error, ENOENT, "%s: no key there", where);
	return key->key ? judge_key(key->key, where, error)
			: failure(error, EBADMSG, "%s: no private key that can be read without a passphrase", where);
}

int dsse_public_key(const uint8_t *bytes, uint64_t size, const char *name, EVP_PKEY **key, struct elfsect_error *error)
{
	BIO *bio = size <= INT_MAX ? BIO_new_mem_buf(bytes, (int)size) : NULL;
	X509 *certificate = NULL;
	int ret;

	*key = bio ? PEM_read_bio_PUBKEY(bio, NULL, no_answer, NULL) : NULL;
	if (bio && !*key && BIO_reset(bio) == 1)
		certificate = PEM_read_bio_X509(bio, NULL, no_answer, NULL);
	if (certificate)
		*key = X509_get_pubkey(certificate);
	X509_free(certificate);
	BIO_free(bio);
	ERR_clear_error();
	ret = *key ? judge_key(*key, name, error)
		   : failure(error, EBADMSG, "%s: neither a public key nor a certificate in PEM", name);
	if (ret) {
		EVP_PKEY_free(*key);
		*key = NULL;
	}
	return ret;
}

int dsse_key_id(EVP_PKEY *key, char id[DSSE_KEY_ID_SIZE])
{
	uint8_t *der = NULL, sum[SHA256_SIZE];
	const int size = i2d_PUBKEY(key, &der);
	const int ret = size > 0 ? hash_once("sha256", der, (size_t)size, sum) : -ENOMEM;

	OPENSSL_free(der);
	text_hex(sum, ret ? 0 : sizeof(sum), id, DSSE_KEY_ID_SIZE);
	return ret;
}

/* The hash that goes with a key. */
static const EVP_MD *hash_for(EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "ED25519") ? NULL : EVP_sha256();
}

/* -------------------------------------------------------------------------------------------------------- signatures
 */

/* What is signed; the caller frees it. */
static uint8_t *encoding(const char *type, const void *payload, uint64_t payload_size, uint64_t *size)
{
	char *head;
	uint8_t *all;
	const int length = asprintf(&head, "DSSEv1 %zu %s %ju ", strlen(type), type, (uintmax_t)payload_size);

	if (length < 0)
		return NULL;
	*size = (uint64_t)length + payload_size;
	all = malloc(*size + 1);
	if (all) {
		memcpy(all, head, (size_t)length);
		memcpy(all + length, payload, payload_size);
	}
	free(head);
	return all;
}

int dsse_sign(EVP_PKEY *key, const char *type, const void *payload, uint64_t payload_size, uint8_t *signature,
	      size_t *size, struct elfsect_error *error)
{
	uint64_t all_size = 0;
	autofree uint8_t *all = encoding(type, payload, payload_size, &all_size);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const EVP_MD *hash = hash_for(key);
	int ret = 0;

	*size = DSSE_SIGNATURE_MAX;
	if (!all || !context)
		ret = failure_errno(error, ENOMEM, "signature");
	else if (EVP_DigestSignInit(context, NULL, hash, NULL, key) != 1 ||
		 EVP_DigestSign(context, signature, size, all, all_size) != 1)
		ret = failure(error, EIO, "the key does not sign");
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return ret;
}

int dsse_verify(EVP_PKEY *key, const char *type, const void *payload, uint64_t payload_size, const uint8_t *signature,
		size_t size, struct elfsect_error *error)
{
	uint64_t all_size = 0;
	autofree uint8_t *all = encoding(type, payload, payload_size, &all_size);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const EVP_MD *hash = hash_for(key);
	int ret = 0;

	if (!all || !context)
		ret = failure_errno(error, ENOMEM, "signature");
	else if (EVP_DigestVerifyInit(context, NULL, hash, NULL, key) != 1 ||
		 EVP_DigestVerify(context, signature, size, all, all_size) != 1)
		ret = failure(error, EKEYREJECTED, "the signature is not that of the payload by this key");
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return ret;
}

/* ----------------------------------------------------------------------------------------------------------- base64
 */

char *dsse_base64(const void *bytes, uint64_t size)
{
	char *text;

	if (size > INT_MAX / 2)
		return NULL;
	text = malloc((size + 2) / 3 * 4 + 1);
	if (text)
		EVP_EncodeBlock((unsigned char *)text, bytes, (int)size);
	return text;
}

uint8_t *dsse_base64_parse(const char *text, uint64_t *size)
{
	const size_t length = strlen(text);
	uint8_t *bytes = length <= INT_MAX / 2 ? malloc(length / 4 * 3 + 1) : NULL;
	int got = bytes && length % 4 == 0 ? EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)length) : -1;
	autofree char *again = NULL;

	if (got >= 0 && length)
		got -= (text[length - 1] == '=') + (text[length - 2] == '=');
	if (got >= 0)
		again = dsse_base64(bytes, (uint64_t)got);
	if (!again || strcmp(again, text) != 0) {
		free(bytes);
		return NULL;
	}
	bytes[got] = '\0';
	*size = (uint64_t)got;
	return bytes;
}
