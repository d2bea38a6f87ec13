// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modules/signature_verdict.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "image/module_trailer.h"

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
	case TRAILER_PKCS7:
		break;
	}
	ret = cms_read(bytes + trailer.data_offset, trailer.data_size, &v->signature, &v->reason);
	if (ret) {
		v->status = status_of(ret);
		return;
	}
	v->has_signature = true;
	if (!v->signature.hash_accepted) {
		error_set(&v->reason, "the hash algorithm %s is not accepted", v->signature.hash);
		v->status = MODULE_UNSUPPORTED;
		return;
	}
	try_certificates(bytes, trailer.content_size, signers, v);
}

const char *module_status_name(enum module_status status)
{
	static const char *const names[] = {"good", "bad", "no certificate", "unsigned", "malformed", "unsupported"};

	return names[status];
}
