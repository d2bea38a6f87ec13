// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modules/signature_verdict.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "image/module_trailer.h"
#include "trust/cms_outline.h"

static void set(struct module_verdict *v, enum module_status status, const char *reason)
{
	v->status = status;
	error_set(&v->reason, "%s", reason);
}

/* Of a reason that is there already. */
static enum module_status status_of(int ret)
{
	return ret == -ENOPKG ? MODULE_UNSUPPORTED : ret == -EKEYREJECTED ? MODULE_BAD : MODULE_MALFORMED;
}

/* Several certificates may carry one name: each is tried. */
static void try_certificates(const uint8_t *content, uint64_t size, const struct signers *signers,
			     struct module_verdict *v)
{
	size_t position = 0;
	X509 *certificate;

	set(v, MODULE_NO_CERTIFICATE, "the certificate of its signer was not given");
	while ((certificate = signers_next(signers, &v->signature, &position))) {
		EVP_PKEY *key = X509_get0_pubkey(certificate);
		int ret = key ? cms_verify(&v->signature, content, size, key, &v->reason)
			      : failure(&v->reason, ENOPKG, "the key of the certificate cannot be decoded");

		v->certificate = certificate;
		v->status = ret ? status_of(ret) : MODULE_GOOD;
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
	v->status = MODULE_UNSUPPORTED;
}

/* What ends where it should is not malformed: others may know what it is. */
static void judge_pkcs7(const uint8_t *bytes, const struct module_trailer *trailer, const struct signers *signers,
			struct module_verdict *v)
{
	const uint8_t *message = bytes + trailer->data_offset;
	struct elfsect_error reason;
	int ret;

	if (cms_check_outside(message, trailer->data_size, &v->reason)) {
		v->status = MODULE_MALFORMED;
		return;
	}
	ret = cms_read(message, trailer->data_size, &v->signature, &reason);
	if (!ret) {
		judge_signature(bytes, trailer->content_size, signers, v);
		return;
	}
	v->status = MODULE_UNSUPPORTED;
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
		set(v, MODULE_MALFORMED, reason.message + strlen(place) + strlen(": "));
		return;
	}
	switch (trailer.kind) {
	case TRAILER_NONE:
		set(v, MODULE_UNSIGNED, "there is no signature");
		return;
	case TRAILER_MERKLE:
		set(v, MODULE_UNSIGNED, "a Merkle proof, but no signature");
		return;
	case TRAILER_UNKNOWN:
		error_set(&v->reason, "a trailer with the unknown id_type %u", trailer.id_type);
		v->status = MODULE_UNSUPPORTED;
		return;
	case TRAILER_NAMED:
		error_set(&v->reason, "a signature as kernels before 4.3 have it (id_type %u)", trailer.id_type);
		v->status = MODULE_UNSUPPORTED;
		return;
	case TRAILER_PKCS7:
		judge_pkcs7(bytes, &trailer, signers, v);
		return;
	}
}

int image_verify_signatures(struct image *image, const struct signers *signers, struct elfsect_error *error)
{
	size_t count;
	const struct image_layer *layers = image_layers(image, &count);

	for (size_t i = 0; i < count; i++) {
		struct module_verdict v = {.signature = layers[i].signature};

		if (layers[i].kind->form != LAYER_SIGNATURE || layers[i].status != LAYER_WELL_FORMED)
			continue;
		judge_signature(layers[i].content, layers[i].content_size, signers, &v);
		if (v.status == MODULE_BAD)
			return failure(error, EKEYREJECTED, "%s: module signature: %s", image_name(image),
				       v.reason.message);
		if (v.status == MODULE_GOOD)
			image_set_verified(image, i);
	}
	return 0;
}

const char *module_status_name(enum module_status status)
{
	static const char *const names[] = {"good", "bad", "no certificate", "unsigned", "malformed", "unsupported"};

	return names[status];
}
