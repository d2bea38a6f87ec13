// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/pe.h"

#include "base/json.h"
#include "base/text.h"
#include "base/x509_names.h"
#include "report/cms.h"
#include "report/digest_line.h"

enum { HEX_MAX = 2 * AUTHENTICODE_DIGEST_MAX + 1 };

static void print_signature(FILE *out, const struct pe_signature *s)
{
	char text[2304];

	fputs(signature_status_name(s->status), out);
	if (*s->reason.message) {
		fputs(": ", out);
		text_print(out, s->reason.message);
	}
	if (!s->has_signature)
		return;
	cms_describe_signer(&s->signature.signer, text, sizeof(text));
	fprintf(out, " (%s, ", s->signature.signer.algorithm);
	text_print(out, text);
	if (s->anchor) {
		x509_name_text(X509_get_subject_name(s->anchor), text, sizeof(text));
		fputs(", certified by ", out);
		text_print(out, text);
	}
	if (s->signature.page_hashes)
		fputs("; page hashes in it were not checked", out);
	if (s->signature.unsigned_attributes)
		fprintf(out, "; %ju unsigned attributes were not checked%s%s",
			(uintmax_t)s->signature.unsigned_attributes, s->signature.timestamp ? ", a timestamp" : "",
			s->signature.nested ? ", another signature" : "");
	fputc(')', out);
}

static void print_verdict(FILE *out, const char *path, const struct pe_verdict *v)
{
	text_print(out, path);
	fputs(": ", out);
	if (v->count) {
		print_signature(out, &v->list[v->signer]);
	} else {
		fprintf(out, "%s: ", signature_status_name(v->status));
		text_print(out, v->reason.message);
	}
	fputc('\n', out);
	for (size_t i = 0; v->count > 1 && i < v->count; i++) {
		text_print(out, path);
		fprintf(out, ": signature %zu of %zu: ", i + 1, v->count);
		print_signature(out, &v->list[i]);
		fputc('\n', out);
	}
	if (v->count > 1) {
		text_print(out, path);
		fputs(": note: a Linux kernel that loads it (kexec) refuses more than one signature\n", out);
	}
}

/* ------------------------------------------------------------------------------------------------------------ JSON */

static struct json_object *signature_object(const struct pe_signature *s)
{
	struct json_object *o = json_object_new_object(), *signature;
	char text[2304];

	json_set(&o, "status", json_string(signature_status_name(s->status)));
	json_set(&o, "type", json_number(s->entry.type));
	json_set(&o, "length", json_number(s->entry.length));
	if (*s->reason.message)
		json_set(&o, "reason", json_name(s->reason.message));
	if (!s->has_signature)
		return o;
	signature = cms_object(&s->signature.signer);
	text_hex(s->signature.digest.content, s->signature.digest.length, text, sizeof(text));
	json_set(&signature, "file_digest", json_string(text));
	json_set(&signature, "page_hashes", json_boolean(s->signature.page_hashes));
	json_set(&signature, "unsigned_attributes", json_number(s->signature.unsigned_attributes));
	json_set(&signature, "timestamp", json_boolean(s->signature.timestamp));
	json_set(&signature, "nested_signature", json_boolean(s->signature.nested));
	json_set(&o, "signature", signature);
	if (s->anchor) {
		x509_name_text(X509_get_subject_name(s->anchor), text, sizeof(text));
		json_set(&o, "certified_by", json_name(text));
	}
	return o;
}

static struct json_object *verdict_object(const char *path, const struct pe_verdict *v)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();

	json_set(&o, "path", json_name(path));
	json_set(&o, "status", json_string(signature_status_name(v->status)));
	if (*v->reason.message)
		json_set(&o, "reason", json_name(v->reason.message));
	for (size_t i = 0; i < v->count; i++)
		json_append(&list, signature_object(&v->list[i]));
	json_set(&o, "signatures", list);
	return o;
}

void files_report_pe_verdict(struct files_report *r, const char *path, const struct pe_verdict *v)
{
	if (r->json)
		json_append(&r->list, verdict_object(path, v));
	else
		print_verdict(r->out, path, v);
}

/* --------------------------------------------------------------------------------------------------- authenticode */

static void print_digest(FILE *out, const char *path, const char *hash, const char *what, const uint8_t *digest,
			 size_t size)
{
	char hex[HEX_MAX], tagged[HEX_MAX + 64];

	text_hex(digest, size, hex, sizeof(hex));
	snprintf(tagged, sizeof(tagged), "authenticode:%s%s:%s", hash, what, hex);
	digest_line_print(out, tagged, path);
}

void files_report_authenticode(struct files_report *r, const char *path, const char *hash, const uint8_t *digest,
			       const uint8_t *padded, size_t size)
{
	struct json_object *o;
	char hex[HEX_MAX];

	if (!r->json) {
		print_digest(r->out, path, hash, "", digest, size);
		if (padded)
			print_digest(r->out, path, hash, ":padded", padded, size);
		return;
	}
	o = json_object_new_object();
	json_set(&o, "path", json_name(path));
	json_set(&o, "hash", json_string(hash));
	text_hex(digest, size, hex, sizeof(hex));
	json_set(&o, "authenticode", json_string(hex));
	if (padded) {
		text_hex(padded, size, hex, sizeof(hex));
		json_set(&o, "authenticode_padded", json_string(hex));
	}
	json_append(&r->list, o);
}
