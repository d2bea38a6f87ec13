// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modules/signature_verdict.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "image/module_trailer.h"
#include "image/pe_verdict.h"
#include "trust/cms_outline.h"

static void set(struct module_verdict *v, enum signature_status status, const char *reason)
{
	v->status = status;
	error_set(&v->reason, "%s", reason);
}

/* Several certificates may carry one name: each is tried. */
static void try_certificates(const uint8_t *content, uint64_t size, const struct signers *signers,
			     struct module_verdict *v)
{
	size_t position = 0;
	X509 *certificate;

	set(v, SIGNATURE_NO_CERTIFICATE, "the certificate of its signer was not given");
	while ((certificate = signers_next(signers, &v->signature, &position))) {
		EVP_PKEY *key = X509_get0_pubkey(certificate);
		int ret = key ? cms_verify(&v->signature, content, size, key, &v->reason)
			      : failure(&v->reason, ENOPKG, "the key of the certificate cannot be decoded");

		v->certificate = certificate;
		v->status = signature_status_of(ret);
		if (!ret) {
			*v->reason.message = '\0';
			return;
		}
	}
}

/* A signature that could be read. */
static void judge_signature(const uint8_t *content, uint64_t size, const struct signers *signers,
			    struct module_verdict *v)
{
	v->has_signature = true;
	if (v->signature.hash_accepted) {
		try_certificates(content, size, signers, v);
		return;
	}
	error_set(&v->reason, "the hash algorithm %s is not accepted", v->signature.hash);
	v->status = SIGNATURE_UNSUPPORTED;
}

/* What ends where it should is not malformed: others may know what it is. */
static void judge_pkcs7(const uint8_t *bytes, const struct module_trailer *trailer, const struct signers *signers,
			struct module_verdict *v)
{
	const uint8_t *message = bytes + trailer->data_offset;
	struct elfsect_error reason;
	int ret;

	if (cms_check_outside(message, trailer->data_size, &v->reason)) {
		v->status = SIGNATURE_MALFORMED;
		return;
	}
	ret = cms_read(message, trailer->data_size, &v->signature, &reason);
	if (!ret) {
		judge_signature(bytes, trailer->content_size, signers, v);
		return;
	}
	v->status = SIGNATURE_UNSUPPORTED;
	error_set(&v->reason, "%s%s",
		  ret == -ENOPKG ? "" : "not of the profile that this tool verifies: ", reason.message);
}

void module_judge(const uint8_t *bytes, uint64_t size, const struct signers *signers, struct module_verdict *v)
{
	static const char place[] = "it";
	struct module_trailer trailer;
	struct elfsect_error reason;
	int ret;

	memset(v, 0, sizeof(*v));
	ret = module_trailer_parse(bytes, size, place, &trailer, &reason);
	if (ret) {
		set(v, SIGNATURE_MALFORMED, reason.message + strlen(place) + strlen(": "));
		return;
	}
	switch (trailer.kind) {
	case TRAILER_NONE:
		set(v, SIGNATURE_UNSIGNED, "there is no signature");
		return;
	case TRAILER_MERKLE:
		set(v, SIGNATURE_UNSIGNED, "a Merkle proof, but no signature");
		return;
	case TRAILER_UNKNOWN:
		error_set(&v->reason, "a trailer with the unknown id_type %u", trailer.id_type);
		v->status = SIGNATURE_UNSUPPORTED;
		return;
	case TRAILER_NAMED:
		error_set(&v->reason, "a signature as kernels before 4.3 have it (id_type %u)", trailer.id_type);
		v->status = SIGNATURE_UNSUPPORTED;
		return;
	case TRAILER_PKCS7:
		judge_pkcs7(bytes, &trailer, signers, v);
		return;
	}
}

static int verify_pe(struct image *image, size_t i, const struct image_layer *layer, const struct signers *signers,
		     struct elfsect_error *error)
{
	struct pe_verdict v;
	int ret = pe_judge(layer->outside, layer->outside_size, signers, &v, error);

	if (!ret && v.status == SIGNATURE_BAD)
		ret = failure(error, EKEYREJECTED, "%s: PE signature: %s", image_name(image), v.reason.message);
	if (!ret && v.status == SIGNATURE_GOOD)
		image_set_verified(image, i);
	pe_verdict_clear(&v);
	return ret;
}

int image_verify_signatures(struct image *image, const struct signers *signers, struct elfsect_error *error)
{
	size_t count;
	const struct image_layer *layers = image_layers(image, &count);

	for (size_t i = 0; i < count; i++) {
		struct module_verdict v = {.signature = layers[i].signature};

		if (layers[i].kind->form == LAYER_PE_SIGNATURE) {
			const int ret = verify_pe(image, i, &layers[i], signers, error);

			if (ret)
				return ret;
		}
		if (layers[i].kind->form != LAYER_SIGNATURE || layers[i].status != LAYER_WELL_FORMED)
			continue;
		judge_signature(layers[i].content, layers[i].content_size, signers, &v);
		if (v.status == SIGNATURE_BAD)
			return failure(error, EKEYREJECTED, "%s: module signature: %s", image_name(image),
				       v.reason.message);
		if (v.status == SIGNATURE_GOOD)
			image_set_verified(image, i);
	}
	return 0;
}
