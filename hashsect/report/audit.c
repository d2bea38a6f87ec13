// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/audit.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "report/certificate.h"

/* Of one kind so many are printed by name. */
enum { ALIKE_MAX = 5 };

static const struct {
	const char *name; /* for programs */
	const char *text; /* for readers */
	enum audit_severity severity;
} kinds[AUDIT_KINDS] = {
	[AUDIT_PRIVATE_KEY] = {"private-key", "a private key", AUDIT_ERROR},
	[AUDIT_UNEXPLAINED] = {"unexplained", "no digest", AUDIT_ERROR},
	[AUDIT_SIGNATURE] = {"signature", "a signature that is not good", AUDIT_ERROR},
	[AUDIT_STRANGER] = {"stranger", "signed by a key that no kernel here trusts", AUDIT_ERROR},
	[AUDIT_FOREIGN] = {"foreign", "signed by a key that its own kernel does not trust", AUDIT_ERROR},
	[AUDIT_BANNERS] = {"banners", "a kernel of several releases", AUDIT_ERROR},
	[AUDIT_NOT_LISTED] = {"not-listed", "a module that the kernel does not list", AUDIT_ERROR},
	[AUDIT_WEAK_KEY] = {"weak-key", "a weak key", AUDIT_ERROR},
	[AUDIT_WEAK_HASH] = {"weak-hash", "signed with a weak hash", AUDIT_WARNING},
	[AUDIT_UNSIGNED] = {"unsigned", "unsigned, beside signed modules", AUDIT_WARNING},
	[AUDIT_EXPIRED] = {"expired", "an expired certificate", AUDIT_WARNING},
	[AUDIT_NOT_UNDERSTOOD] = {"not-understood", "not judged", AUDIT_WARNING},
	[AUDIT_AUTHORITY] = {"authority", "a certificate that may certify others", AUDIT_NOTE},
	[AUDIT_SIGNS_NOTHING] = {"signs-nothing", "a certificate that signed nothing here", AUDIT_NOTE},
	[AUDIT_OTHER_RELEASE] = {"other-release", "trusts a key of another kernel's modules", AUDIT_NOTE},
	[AUDIT_PUBLISHED_KEY] = {"published-key", "a private key that everybody has", AUDIT_NOTE},
	[AUDIT_ROOM] = {"room", "excluded room that holds nothing", AUDIT_NOTE},
};

static const char *const severities[AUDIT_SEVERITIES] = {
	[AUDIT_ERROR] = "error",
	[AUDIT_WARNING] = "warning",
	[AUDIT_NOTE] = "note",
};

enum audit_severity audit_severity(enum audit_kind kind)
{
	return kinds[kind].severity;
}

const char *audit_severity_name(enum audit_severity severity)
{
	return severities[severity];
}

const char *audit_kind_text(enum audit_kind kind)
{
	return kinds[kind].text;
}

static void count_severities(const struct audit_result *r, size_t counts[AUDIT_SEVERITIES])
{
	memset(counts, 0, AUDIT_SEVERITIES * sizeof(*counts));
	for (size_t i = 0; i < r->finding_count; i++)
		counts[kinds[r->findings[i].kind].severity]++;
}

bool audit_failed(const struct audit_result *r)
{
	size_t counts[AUDIT_SEVERITIES];

	count_severities(r, counts);
	return counts[AUDIT_ERROR] > 0;
}

/* ------------------------------------------------------------------------------------------------------------ text */

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void print_verdict(const struct audit_result *r, FILE *out)
{
	size_t counts[AUDIT_SEVERITIES];

	count_severities(r, counts);
	fputs(counts[AUDIT_ERROR] ? "FAILED: " : "OK: ", out);
	for (enum audit_severity s = AUDIT_ERROR; s < AUDIT_SEVERITIES; s++)
		fprintf(out, "%zu %s%s, ", counts[s], severities[s], plural(counts[s]));
	fprintf(out, "in %zu file%s, %" PRIu64 " bytes\n", r->files, plural(r->files), r->bytes);
}

static void print_images(const struct audit_result *r, FILE *out)
{
	for (enum signature_status s = 0; s <= SIGNATURE_UNSUPPORTED; s++)
		if (r->images[s])
			fprintf(out, "signed PE files: %zu %s\n", r->images[s],
				s == SIGNATURE_GOOD ? "verified by a certificate that was given"
						    : signature_status_name(s));
}

static void print_signatures(const struct audit_result *r, FILE *out)
{
	print_images(r, out);
	if (!r->modules)
		return;
	fprintf(out, "modules: %zu", r->modules);
	for (enum signature_status s = 0; s <= SIGNATURE_UNSUPPORTED; s++)
		if (r->signatures[s])
			fprintf(out, ", %zu %s", r->signatures[s],
				s == SIGNATURE_GOOD ? "verified by a certificate below" : signature_status_name(s));
	fputc('\n', out);
	if (r->has_list)
		fprintf(out, "module hashes: %zu of %zu modules are listed by the kernel\n", r->listed, r->modules);
}

static void print_certificates(const struct audit_result *r, FILE *out)
{
	for (size_t i = 0; i < r->certificate_count; i++) {
		const struct audit_certificate *c = &r->certificates[i];

		fputs("trusted by ", out);
		text_print(out, c->path);
		fprintf(out, " (%s): ", c->slot);
		certificate_print(out, &c->description);
		fprintf(out, ", valid %s to %s, signed %zu module%s\n", c->description.not_before,
			c->description.not_after, c->modules, plural(c->modules));
	}
}

static bool is_key(const struct audit_finding *f)
{
	return f->kind == AUDIT_PRIVATE_KEY || f->kind == AUDIT_PUBLISHED_KEY;
}

static void print_finding(const struct audit_finding *f, FILE *out)
{
	fprintf(out, "%s: ", severities[kinds[f->kind].severity]);
	text_print(out, f->path);
	fprintf(out, ": %s", kinds[f->kind].text);
	if (is_key(f))
		fprintf(out, ", %s, at 0x%" PRIx64 "%s", private_key_form_name(f->form), f->offset,
			f->is_inside ? " of what is inside" : "");
	if (f->kind == AUDIT_ROOM)
		fprintf(out, ": %" PRIu64 " bytes", f->size);
	if (f->detail) {
		fputs(": ", out);
		text_print(out, f->detail);
	}
	fputc('\n', out);
}

static void print_findings(const struct audit_result *r, bool all, FILE *out)
{
	for (enum audit_kind kind = 0; kind < AUDIT_KINDS; kind++) {
		size_t count = 0;

		for (size_t i = 0; i < r->finding_count; i++)
			if (r->findings[i].kind == kind && (++count <= ALIKE_MAX || all))
				print_finding(&r->findings[i], out);
		if (count > ALIKE_MAX && !all)
			fprintf(out, "%s: %zu more: %s (-v and --json list all)\n", severities[kinds[kind].severity],
				count - ALIKE_MAX, kinds[kind].text);
	}
}

int audit_print(const struct audit_result *r, bool all, FILE *out)
{
	print_verdict(r, out);
	print_findings(r, all, out);
	print_signatures(r, out);
	print_certificates(r, out);
	fprintf(out, "digests: %zu of %zu files have one; what these leave out:\n", r->digested, r->files);
	account_print(r->account, out);
	return 0;
}

/* ------------------------------------------------------------------------------------------------------------ JSON */

static struct json_object *finding_object(const struct audit_finding *f)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "kind", json_string(kinds[f->kind].name));
	json_set(&o, "severity", json_string(severities[kinds[f->kind].severity]));
	json_set(&o, "path", json_name(f->path));
	if (f->detail)
		json_set(&o, "detail", json_name(f->detail));
	if (is_key(f)) {
		json_set(&o, "form", json_string(private_key_form_name(f->form)));
		json_set(&o, "offset", json_number(f->offset));
		json_set(&o, "inside", json_boolean(f->is_inside));
	}
	if (f->kind == AUDIT_ROOM)
		json_set(&o, "size", json_number(f->size));
	return o;
}

static struct json_object *certificate_entry(const struct audit_certificate *c)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "path", json_name(c->path));
	json_set(&o, "slot", json_string(c->slot));
	json_set(&o, "certificate", certificate_object(&c->description));
	json_set(&o, "modules", json_number(c->modules));
	return o;
}

static struct json_object *signatures_object(const size_t counts[SIGNATURE_UNSUPPORTED + 1])
{
	struct json_object *o = json_object_new_object();

	for (enum signature_status s = 0; s <= SIGNATURE_UNSUPPORTED; s++)
		json_set(&o, signature_status_name(s), json_number(counts[s]));
	return o;
}

int audit_print_json(const struct audit_result *r, FILE *out)
{
	struct json_object *o = json_object_new_object(), *findings = json_object_new_array(),
			   *certificates = json_object_new_array();

	for (size_t i = 0; i < r->finding_count; i++)
		json_append(&findings, finding_object(&r->findings[i]));
	for (size_t i = 0; i < r->certificate_count; i++)
		json_append(&certificates, certificate_entry(&r->certificates[i]));
	json_set(&o, "schema", json_number(AUDIT_SCHEMA));
	json_set(&o, "verdict", json_string(audit_failed(r) ? "failed" : "ok"));
	json_set(&o, "files", json_number(r->files));
	json_set(&o, "bytes", json_number(r->bytes));
	json_set(&o, "digested", json_number(r->digested));
	json_set(&o, "modules", json_number(r->modules));
	json_set(&o, "signatures", signatures_object(r->signatures));
	json_set(&o, "images", signatures_object(r->images));
	if (r->has_list)
		json_set(&o, "listed", json_number(r->listed));
	json_set(&o, "certificates", certificates);
	json_set(&o, "findings", findings);
	return json_print(o, out);
}
