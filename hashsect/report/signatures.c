// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/signatures.h"

#include "base/json.h"
#include "base/text.h"
#include "elfsect_keyring.h"
#include "report/certificate.h"
#include "report/cms.h"

static void print_verdict(FILE *out, const char *path, const struct module_verdict *v)
{
	char signer[2304];

	text_print(out, path);
	fprintf(out, ": %s", signature_status_name(v->status));
	if (*v->reason.message) {
		fputs(": ", out);
		text_print(out, v->reason.message);
	}
	if (v->has_signature) {
		cms_describe_signer(&v->signature, signer, sizeof(signer));
		fprintf(out, " (%s, ", v->signature.algorithm);
		text_print(out, signer);
		fputc(')', out);
	}
	fputc('\n', out);
}

/* NULL: no memory, or elfsect does not read this certificate. */
static struct json_object *signer_object(const X509 *certificate)
{
	struct elfsect_certificate description;
	struct elfsect_error error;
	struct json_object *o = NULL;
	uint8_t *der = NULL;
	const int size = i2d_X509(certificate, &der);

	if (size > 0 && !elfsect_certificate_describe(der, (uint64_t)size, &description, &error))
		o = certificate_object(&description);
	OPENSSL_free(der);
	return o;
}

static struct json_object *verdict_object(const char *path, const struct module_verdict *v)
{
	struct json_object *o = json_object_new_object(), *certificate;

	json_set(&o, "path", json_name(path));
	json_set(&o, "status", json_string(signature_status_name(v->status)));
	if (*v->reason.message)
		json_set(&o, "reason", json_name(v->reason.message));
	if (v->has_signature)
		json_set(&o, "signature", cms_object(&v->signature));
	if (v->certificate) {
		certificate = signer_object(v->certificate);
		if (certificate)
			json_set(&o, "certificate", certificate);
		else
			json_set_null(&o, "certificate");
	}
	return o;
}

void files_report_signature_verdict(struct files_report *r, const char *path, const struct module_verdict *v)
{
	if (r->json)
		json_append(&r->list, verdict_object(path, v));
	else
		print_verdict(r->out, path, v);
}
