// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit_work.h"
#include "base/error.h"
#include "image/pe_verdict.h"
#include "modules/module.h"
#include "modules/signature_verdict.h"

/* Kernels take none of them any more, older ones did. */
static bool is_weak_hash(const char *name)
{
	return !strcmp(name, "SHA1") || !strcmp(name, "MD5") || !strcmp(name, "MD4");
}

static int take_verdict(const struct auditing *a, const struct task *t, const struct module_verdict *v,
			struct audit_one *one)
{
	struct elfsect_certificate *description;
	uint8_t *der = NULL;
	int size;

	one->signature = v->status;
	if (v->has_signature && v->signature.hash && is_weak_hash(v->signature.hash) &&
	    !audit_add(one, AUDIT_WEAK_HASH, t->shown, v->signature.algorithm))
		return -ENOMEM;
	switch (v->status) {
	case SIGNATURE_GOOD:
		size = i2d_X509(v->certificate, &der);
		description = calloc(1, sizeof(*description));
		if (size > 0 && description && !elfsect_certificate_describe(der, (uint64_t)size, description, NULL))
			memcpy(one->signer, description->fingerprint, sizeof(one->signer));
		free(description);
		OPENSSL_free(der);
		return *one->signer ? 0 : -ENOMEM;
	case SIGNATURE_BAD:
	case SIGNATURE_MALFORMED:
		return audit_add(one, AUDIT_SIGNATURE, t->shown, v->reason.message) ? 0 : -ENOMEM;
	case SIGNATURE_NO_CERTIFICATE:
		return !a->signers.count || audit_add(one, AUDIT_STRANGER, t->shown, v->reason.message) ? 0 : -ENOMEM;
	case SIGNATURE_UNSUPPORTED:
		return audit_add(one, AUDIT_NOT_UNDERSTOOD, t->shown, v->reason.message) ? 0 : -ENOMEM;
	case SIGNATURE_UNSIGNED:
		break;
	}
	return 0;
}

static int look_up(const struct auditing *a, const struct task *t, const uint8_t *bytes, uint64_t size,
		   struct audit_one *one)
{
	const struct module_file file = {.bytes = bytes, .size = size, .body_size = size};
	struct hash_verdict verdict = {0};
	struct hash *hash = NULL;
	int ret = module_hash_new(&hash) ?: module_hash_verify(&a->listing.slot, &file, hash, &verdict);

	hash_free(hash);
	one->is_listed = !ret && !verdict.code;
	if (!ret && verdict.code && !audit_add(one, AUDIT_NOT_LISTED, t->shown, verdict.reason))
		ret = -ENOMEM;
	return ret;
}

static int digest_module(const struct auditing *a, const struct task *t, const struct shipped *s, struct audit_one *one)
{
	const struct image_options options = {.max_size = a->options->max_size};
	struct elfsect_error ignored;
	struct image *image;
	int ret;

	/* What cannot be opened was said before, and so was a signature that is not good. */
	if (one->signature == SIGNATURE_BAD || one->signature == SIGNATURE_MALFORMED)
		return 0;
	ret = image_open_memory(s->bytes, s->size, t->shown, &options, &image, &ignored);
	if (ret)
		return error_is_trouble(ret) ? ret : 0;
	return audit_digest(a, t, image, one);
}

/* Where the kernel reads it: words elsewhere in the file may say anything. */
static int take_release(const struct image *image, struct audit_one *one)
{
	const struct elfsect_section *modinfo;
	struct elfsect_view *view = NULL;
	struct elfsect_error ignored;
	const uint8_t *bytes;
	const int ret = image_view(image, &view, &ignored);

	if (!ret && !elfsect_section_find(view, ".modinfo", &modinfo, NULL)) {
		bytes = elfsect_section_bytes(view, modinfo);
		if (bytes)
			module_release(bytes, modinfo->size, one->release);
	}
	elfsect_view_close(view);
	return error_is_trouble(ret) ? ret : 0;
}

/* Against what all kernels of the run trust and list. */
static int judge_module(const struct auditing *a, const struct task *t, const struct shipped *s, struct audit_one *one)
{
	const struct image_options options = {.keep_trailers = true};
	struct module_verdict verdict;
	struct elfsect_error ignored;
	struct image *image;
	const uint8_t *bytes;
	uint64_t size;
	int ret;

	ret = image_open_memory(s->bytes, s->size, t->shown, &options, &image, &ignored);
	if (ret)
		return error_is_trouble(ret) ? ret : 0;
	bytes = image_bytes(image, &size);
	module_judge(bytes, size, &a->signers, &verdict);
	ret = take_release(image, one) ?: take_verdict(a, t, &verdict, one);
	if (!ret && a->listing.view)
		ret = look_up(a, t, bytes, size, one);
	image_close(image);
	return ret ? ret : digest_module(a, t, s, one);
}

/* Firmware has certificates of its own: those that were given stand for them. */
static int judge_pe(const struct auditing *a, const struct task *t, const struct shipped *s, struct audit_one *one)
{
	struct pe_verdict verdict;
	int ret = pe_judge(s->bytes, s->size, &a->options->signers, &verdict, NULL);

	if (!ret && verdict.status != SIGNATURE_UNSIGNED) {
		one->is_signed_image = true;
		one->signature = verdict.status;
	}
	if (!ret && (verdict.status == SIGNATURE_BAD || verdict.status == SIGNATURE_MALFORMED) &&
	    !audit_add(one, AUDIT_SIGNATURE, t->shown, verdict.reason.message))
		ret = -ENOMEM;
	pe_verdict_clear(&verdict);
	return ret;
}

int audit_judge(void *context, void *state, size_t i, struct elfsect_error *error)
{
	const struct auditing *a = context;
	const struct task *t = &a->tasks[i];
	struct audit_one *one = &a->ones[i];
	struct shipped s;
	int ret;

	(void)state;
	if (!t->entry->size || one->is_broken)
		return 0;
	ret = shipped_open(t, &s, error);
	if (ret)
		return ret;
	if (one->is_module)
		ret = judge_module(a, t, &s, one);
	else if (pe_recognise(s.bytes, s.size))
		ret = judge_pe(a, t, &s, one);
	shipped_close(&s);
	return ret ? failure_errno(error, -ret, "%s", t->shown) : 0;
}
