// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/attach.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "image/module_trailer.h"

void attach_result_clear(struct attach_result *result)
{
	free(result->signature);
	free(result->whole);
	*result = (struct attach_result){0};
}

bool attach_is_failure(enum attach_outcome outcome)
{
	return outcome == ATTACH_SIGNED || outcome == ATTACH_BAD;
}

bool attach_is_signed(enum attach_outcome outcome)
{
	return outcome == ATTACH_DONE || outcome == ATTACH_PRESENT;
}

struct attaching {
	const char *name;
	const uint8_t *bytes; /* of the module, without its signature */
	uint64_t size;
	const struct signers *signers;
};

/* ------------------------------------------------------------------------------------------------------- judgement */

static int join(const struct attaching *a, const uint8_t *signature, uint64_t size, uint8_t **whole,
		uint64_t *whole_size, struct elfsect_error *error)
{
	autofree uint8_t *trailer = malloc(size + TRAILER_TAIL_SIZE);

	if (!trailer)
		return failure_errno(error, ENOMEM, "%s", a->name);
	memcpy(trailer, signature, size);
	module_trailer_tail(TRAILER_ID_PKCS7, (uint32_t)size, trailer + size);
	return module_trailer_append(a->bytes, a->size, trailer, size + TRAILER_TAIL_SIZE, whole, whole_size)
		       ? failure_errno(error, ENOMEM, "%s", a->name)
		       : 0;
}

static enum attach_outcome outcome_of(enum signature_status status)
{
	switch (status) {
	case SIGNATURE_GOOD:
		return ATTACH_DONE;
	case SIGNATURE_NO_CERTIFICATE:
		return ATTACH_NO_CERTIFICATE;
	case SIGNATURE_UNSUPPORTED:
		return ATTACH_UNSUPPORTED;
	case SIGNATURE_BAD:
	case SIGNATURE_UNSIGNED:
	case SIGNATURE_MALFORMED:
		break;
	}
	return ATTACH_BAD;
}

/* One signature of the store; it goes into the result if it says more than what is there. */
static int try_signature(const struct attaching *a, uint8_t **signature, uint64_t size, struct attach_result *result,
			 size_t *good, struct elfsect_error *error)
{
	struct module_verdict verdict;
	autofree uint8_t *whole = NULL;
	enum attach_outcome outcome;
	uint64_t whole_size;
	int ret = join(a, *signature, size, &whole, &whole_size, error);

	if (ret)
		return ret;
	module_judge(whole, whole_size, a->signers, &verdict);
	outcome = outcome_of(verdict.status);
	*good += outcome == ATTACH_DONE;
	/* A bad one is told of, whatever the others are: somebody put it there. */
	if (result->signature && (result->outcome == ATTACH_BAD || (outcome != ATTACH_DONE && outcome != ATTACH_BAD)))
		return 0;
	attach_result_clear(result);
	result->outcome = outcome;
	result->reason = verdict.reason;
	result->signature = steal(*signature);
	result->signature_size = size;
	result->whole = steal(whole);
	result->whole_size = whole_size;
	return 0;
}

static int try_all(const struct attaching *a, const struct store *store, struct attach_result *result,
		   struct elfsect_error *error)
{
	uint8_t digest[SHA256_SIZE];
	struct store_found found = {0};
	size_t good = 0;
	int ret;

	if (hash_once("sha256", a->bytes, a->size, digest))
		return failure_errno(error, ENOMEM, "%s", a->name);
	result->outcome = ATTACH_NOTHING;
	/* A kernel takes no signature of nothing. */
	ret = a->size ? store_find(store, STORE_MODULE, digest, &found, error) : 0;
	for (size_t i = 0; i < found.count && !ret; i++)
		ret = try_signature(a, &found.list[i].bytes, found.list[i].size, result, &good, error);
	store_found_clear(&found);
	if (ret || result->outcome != ATTACH_DONE || good == 1)
		return ret;
	result->outcome = ATTACH_SEVERAL;
	error_set(&result->reason, "%zu signatures would do: say by which certificate (--certificates)", good);
	return 0;
}

/* ----------------------------------------------------------------------------------------------------------- files */

/* A file with a trailer: is it the one that the store has for what is in front of it? */
static int judge_signed(const struct attaching *a, const struct module_trailer *trailer, const struct store *store,
			struct attach_result *result, struct elfsect_error *error)
{
	const uint8_t *there = a->bytes + trailer->data_offset;
	uint8_t digest[SHA256_SIZE];
	struct store_found found = {0};
	int ret;

	result->outcome = ATTACH_SIGNED;
	error_set(&result->reason, "it has a signature, or another trailer, that is not the one in the store");
	if (trailer->kind != TRAILER_PKCS7)
		return 0;
	if (hash_once("sha256", a->bytes, trailer->content_size, digest))
		return failure_errno(error, ENOMEM, "%s", a->name);
	ret = store_find(store, STORE_MODULE, digest, &found, error);
	for (size_t i = 0; i < found.count && !ret && result->outcome == ATTACH_SIGNED; i++) {
		if (found.list[i].size != trailer->data_size || memcmp(found.list[i].bytes, there, trailer->data_size))
			continue;
		result->outcome = ATTACH_PRESENT;
		*result->reason.message = '\0';
		result->signature_size = found.list[i].size;
		result->signature = steal(found.list[i].bytes);
	}
	store_found_clear(&found);
	return ret;
}

/* Compressed as it was, or not at all. */
static int put_back(const struct image *image, struct attach_result *result, struct elfsect_error *error)
{
	uint8_t *wrapped;
	uint64_t size;
	int ret;

	if (result->outcome != ATTACH_DONE || !image_is_compressed(image))
		return 0;
	ret = image_wrap(image, result->whole, result->whole_size, &wrapped, &size, error);
	if (ret && ret != -ENOTSUP)
		return ret;
	free(result->whole);
	result->whole = NULL;
	if (ret) {
		result->outcome = ATTACH_COMPRESSED;
		error_set(&result->reason, "compressed: a signature is attached before a module is compressed");
		return 0;
	}
	result->whole = wrapped;
	result->whole_size = size;
	return 0;
}

int attach_module(const struct image *image, const struct store *store, const struct signers *signers,
		  struct attach_result *result, struct elfsect_error *error)
{
	struct attaching a = {.name = image_name(image), .signers = signers};
	struct module_trailer trailer;
	int ret;

	*result = (struct attach_result){0};
	a.bytes = image_bytes(image, &a.size);
	ret = module_trailer_parse(a.bytes, a.size, a.name, &trailer, error);
	if (ret)
		return ret;
	if (trailer.kind != TRAILER_NONE)
		return judge_signed(&a, &trailer, store, result, error);
	ret = try_all(&a, store, result, error);
	return ret ? ret : put_back(image, result, error);
}
