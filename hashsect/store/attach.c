// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/attach.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "store/attach_kind.h"

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
	const struct attach_kind *kind;
	struct attach_file file;
	const struct signers *signers;
};

/* -------------------------------------------------------------------------------------------------------- judgement */

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

/* Whether an outcome says more than the one that is there. A bad signature is told of, whatever the others are:
 * somebody put it there. */
static bool outweighs(enum attach_outcome outcome, const struct attach_result *there)
{
	if (!there->signature || outcome == ATTACH_BAD)
		return true;
	return outcome == ATTACH_DONE && there->outcome != ATTACH_BAD;
}

/* One signature of the store. */
static int try_piece(const struct attaching *a, struct store_piece *piece, struct attach_result *result, size_t *good,
		     struct elfsect_error *error)
{
	enum signature_status status;
	struct elfsect_error reason;
	autofree uint8_t *whole = NULL;
	enum attach_outcome outcome;
	uint64_t size = 0;
	int ret = a->kind->join(&a->file, piece, &whole, &size, error);

	if (!ret)
		ret = a->kind->judge(whole, size, a->signers, &status, &reason, error);
	if (ret)
		return ret;
	outcome = outcome_of(status);
	*good += outcome == ATTACH_DONE;
	if (!outweighs(outcome, result))
		return 0;
	attach_result_clear(result);
	*result = (struct attach_result){
		.outcome = outcome,
		.reason = reason,
		.kind = a->kind->kind,
		.signature_size = piece->size,
		.whole_size = size,
	};
	result->signature = steal(piece->bytes);
	result->whole = steal(whole);
	return 0;
}

static int try_all(const struct attaching *a, struct store_found *found, struct attach_result *result,
		   struct elfsect_error *error)
{
	size_t good = 0;
	int ret = 0;

	result->outcome = ATTACH_NOTHING;
	for (size_t i = 0; i < found->count && !ret; i++)
		ret = try_piece(a, &found->list[i], result, &good, error);
	if (ret || result->outcome != ATTACH_DONE || good == 1)
		return ret;
	result->outcome = ATTACH_SEVERAL;
	error_set(&result->reason, "%zu signatures would do: say by which certificate (--certificates)", good);
	return 0;
}

/* A file that is signed: is it by one that the store has? */
static void compare(const struct attaching *a, struct store_found *found, const struct span *there,
		    struct attach_result *result)
{
	result->outcome = ATTACH_SIGNED;
	error_set(&result->reason, "it has a signature, or another trailer, that is not the one in the store");
	for (size_t i = 0; i < found->count; i++) {
		struct store_piece *piece = &found->list[i];

		if (!there->bytes || piece->size != there->size || memcmp(piece->bytes, there->bytes, there->size))
			continue;
		result->outcome = ATTACH_PRESENT;
		*result->reason.message = '\0';
		result->kind = a->kind->kind;
		result->signature_size = piece->size;
		result->signature = steal(piece->bytes);
		return;
	}
}

/* ------------------------------------------------------------------------------------------------------------ files */

/* Compressed as it was, or not at all. */
static int put_back(const struct image *image, struct attach_result *result, struct elfsect_error *error)
{
	uint8_t *wrapped;
	uint64_t size;
	int ret;

	if (result->outcome != ATTACH_DONE || !image_is_compressed(image))
		return 0;
	ret = image_wrap(image, result->whole, result->whole_size, &wrapped, &size, error);
	if (ret == -ENOTSUP) {
		result->outcome = ATTACH_COMPRESSED;
		error_set(&result->reason, "compressed: a signature is attached before a module is compressed");
		return 0;
	}
	if (ret)
		return ret;
	free(result->whole);
	result->whole = wrapped;
	result->whole_size = size;
	return 0;
}

static int find(const struct attaching *a, const struct store *store, struct attach_result *result,
		struct elfsect_error *error)
{
	struct store_found found = {0};
	uint8_t digest[SHA256_SIZE];
	struct span there = {0};
	bool is_other;
	int ret = a->kind->look(&a->file, digest, &there, &is_other, error);

	if (!ret)
		ret = store_find(store, a->kind->kind, digest, &found, error);
	if (!ret && (is_other || there.bytes))
		compare(a, &found, &there, result);
	else if (!ret)
		ret = try_all(a, &found, result, error);
	store_found_clear(&found);
	return ret;
}

int attach_find(const struct image *image, const struct store *store, const struct signers *signers,
		struct attach_result *result, struct elfsect_error *error)
{
	struct attaching a = {&attach_module, {.name = image_name(image)}, signers};
	int ret;

	*result = (struct attach_result){.outcome = ATTACH_NOTHING};
	a.file.bytes = image_bytes(image, &a.file.size);
	/* A kernel takes no signature of nothing. */
	if (!a.file.size)
		return 0;
	if (attach_image.recognise(a.file.bytes, a.file.size))
		a.kind = &attach_image;
	ret = find(&a, store, result, error);
	return ret ? ret : put_back(image, result, error);
}
