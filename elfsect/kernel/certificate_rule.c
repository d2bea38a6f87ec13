// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernel/certificate_rule.h"

#include <errno.h>
#include <string.h>

#include "base/certificate_outline.h"
#include "base/error.h"
#include "kernel/certificate_key.h"
#include "kernel/certificate_profile.h"

enum { SERIAL_BYTES_MAX = 20, TBS_BYTES_MAX = 2048 };

/* crypto/asymmetric_keys/x509_loader.c stops reading a list at any other header. */
static int check_header(const struct der *whole, struct elfsect_error *error)
{
	if (whole->size > CERTIFICATE_BYTES_MAX)
		return failure(error, EBADMSG, "%ju bytes, more than %d", (uintmax_t)whole->size,
			       CERTIFICATE_BYTES_MAX);
	if (whole->size < 2 || whole->bytes[0] != DER_SEQUENCE || whole->bytes[1] != 0x82)
		return failure(error, EBADMSG, "%ju bytes: kernels read only certificates of 260 bytes and more",
			       (uintmax_t)whole->size);
	return 0;
}

static int check_version(const struct der *version, struct elfsect_error *error)
{
	static const uint8_t v3[] = {DER_CONTEXT_0, 3, DER_INTEGER, 1, 2};

	if (version->size == sizeof(v3) && !memcmp(version->bytes, v3, sizeof(v3)))
		return 0;
	return failure(error, EBADMSG, "not an X.509 certificate of version 3");
}

static int check_fields(const struct certificate_outline *o, struct elfsect_error *error)
{
	int ret = check_version(&o->version, error);

	if (ret)
		return ret;
	if (o->other.size)
		return failure(error, EBADMSG, "an element with the tag 0x%02x, which certificates here do not have",
			       o->other.tag);
	if (o->serial.length > SERIAL_BYTES_MAX)
		return failure(error, EBADMSG, "a serial number of %ju bytes, not of 1 to %d",
			       (uintmax_t)o->serial.length, SERIAL_BYTES_MAX);
	if (!der_equal(&o->algorithm, &o->outer_algorithm))
		return failure(error, EBADMSG, "the two signature algorithm fields differ");
	if (o->tbs.size - o->key.size > TBS_BYTES_MAX)
		return failure(error, EBADMSG, "%ju bytes beside key and signature, more than %d",
			       (uintmax_t)(o->tbs.size - o->key.size), TBS_BYTES_MAX);
	ret = profile_check_name(&o->issuer, "issuer", error);
	if (!ret)
		ret = profile_check_name(&o->subject, "subject", error);
	return ret ? ret : profile_check_validity(&o->validity, error);
}

static bool same_content(const struct der *a, const struct der *b)
{
	return a->size && a->length == b->length && !memcmp(a->content, b->content, a->length);
}

/* Linux (x509_check_for_self_signed()) rejects a certificate that says two things about who issued it. */
static int check_authority(const struct certificate_outline *o, const struct profile_extensions *e,
			   struct elfsect_error *error)
{
	const bool same_key = same_content(&e->key_id, &e->authority_key);
	const bool same_name = e->authority_name.size && der_equal(&e->authority_name, &o->issuer) &&
			       same_content(&e->authority_serial, &o->serial);

	if (!e->authority_key.size || !e->authority_serial.size || same_key == same_name)
		return 0;
	return failure(error, EBADMSG, "its authorityKeyIdentifier contradicts itself");
}

static bool is_ml_dsa(enum key_family kind)
{
	return kind != KEY_RSA && kind != KEY_EC;
}

/* Of a certificate whose issuer and subject are the same. Whether an ML-DSA signature verifies decides nothing. */
static int check_self_issued(const struct certificate_outline *o, const struct profile_extensions *extensions,
			     const struct signature_kind *kind, enum key_family key,
			     struct certificate_judgement *judgement, struct elfsect_error *error)
{
	int ret;

	if (kind->key != key)
		return failure(error, EBADMSG, "the signature algorithm does not go with the certificate's own key");
	ret = signature_verifies(&o->key, kind, &o->tbs, o->signature.content + 1, o->signature.length - 1);
	if (ret < 0)
		return failure_errno(error, -ret, "signature");
	judgement->self_signed = ret;
	if (!ret && !is_ml_dsa(key))
		return failure(error, EBADMSG, "it is self-signed, but its signature is not valid");
	return check_authority(o, extensions, error);
}

static int check_key_and_signature(const struct certificate_outline *o, const struct profile_extensions *extensions,
				   struct certificate_judgement *judgement, struct elfsect_error *error)
{
	const uint64_t size = o->signature.length - 1;
	struct signature_kind kind;
	uint64_t key_bytes = 0;
	enum key_family key;
	int ret;

	ret = signature_kind_read(&o->outer_algorithm, &kind, error);
	if (!ret)
		ret = signature_check_form(&kind, o->signature.content + 1, size, error);
	if (!ret)
		ret = public_key_check(&o->key, &key, &key_bytes, error);
	if (!ret && der_equal(&o->issuer, &o->subject))
		ret = check_self_issued(o, extensions, &kind, key, judgement, error);
	judgement->free_bytes = o->serial.length + profile_primitive_size(&o->validity) +
				profile_primitive_size(&o->issuer) + profile_primitive_size(&o->subject) +
				extensions->free_bytes + key_bytes;
	/* PKCS #1 v1.5 leaves nothing to choose. */
	if (kind.key != KEY_RSA || !judgement->self_signed)
		judgement->free_bytes += size;
	return ret;
}

int certificate_judge(const struct der *whole, struct certificate_judgement *judgement, struct elfsect_error *error)
{
	struct profile_extensions extensions;
	struct certificate_outline o;
	int ret;

	*judgement = (struct certificate_judgement){0};
	ret = check_header(whole, error);
	if (!ret)
		ret = certificate_outline_read(whole, &o, error);
	if (ret)
		return ret;
	if (!o.signature.length || o.signature.content[0])
		return failure(error, EBADMSG, "signature: not a whole number of bytes");
	ret = check_fields(&o, error);
	if (!ret)
		ret = profile_check_extensions(&o.extensions, &extensions, error);
	return ret ? ret : check_key_and_signature(&o, &extensions, judgement, error);
}
