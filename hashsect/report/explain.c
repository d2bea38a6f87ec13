// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/explain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "report/certificate.h"
#include "report/compare_print.h"
#include "report/explain_json.h"

/* So many causes, unless all are asked for. */
enum { CAUSES_SHOWN = 40 };

static const struct {
	const char *name; /* for programs */
	const char *text; /* for readers; %s is the subject */
} kinds[EXPLAIN_KINDS] = {
	[EXPLAIN_EXCLUDED] = {"excluded", "left out by rule "},
	[EXPLAIN_VERSION] = {"version", "version string "},
	[EXPLAIN_BUILD_PATH] = {"build-path", "build "},
	[EXPLAIN_CONFIG] = {"config", "configuration: "},
	[EXPLAIN_COMPILER] = {"compiler", "compiler or linker: "},
	[EXPLAIN_OPTIONS] = {"options", "compiler options of "},
	[EXPLAIN_RANDSTRUCT] = {"randstruct", "seed of the layout of structures: "},
	[EXPLAIN_BTF_ORDER] = {"btf-order", "the same types in another order: "},
	[EXPLAIN_BUILD_ID] = {"build-id", "build-id: "},
	[EXPLAIN_HEADERS] = {"headers", "archive of headers: "},
	[EXPLAIN_FUNCTION] = {"function", "function "},
	[EXPLAIN_DATA] = {"data", "data "},
	[EXPLAIN_STRING] = {"string", "string in "},
	[EXPLAIN_REFERENCE] = {"reference", "reference from "},
	[EXPLAIN_ADDED] = {"added", "only in B: "},
	[EXPLAIN_REMOVED] = {"removed", "only in A: "},
	[EXPLAIN_SECTION_ADDED] = {"section-added", "section only in B: "},
	[EXPLAIN_SECTION_REMOVED] = {"section-removed", "section only in A: "},
	[EXPLAIN_SECTION_MOVED] = {"section-moved", "sections in another order, from "},
	[EXPLAIN_ORDER] = {"order", "another order, from "},
	[EXPLAIN_INITCALLS] = {"initcalls", "initcalls in another order, from "},
	[EXPLAIN_ENTRIES] = {"entries", "entries in another order: "},
	[EXPLAIN_SECTION_HEADER] = {"section-header", "type, flags or alignment of section "},
	[EXPLAIN_HEADER] = {"header", "field of the ELF header: "},
	[EXPLAIN_SEGMENT] = {"segment", "program header "},
	[EXPLAIN_SYMBOL] = {"symbol", "symbol "},
	[EXPLAIN_AROUND] = {"around", "around the kernel: "},
	[EXPLAIN_PADDING] = {"padding", "alignment padding "},
	[EXPLAIN_BYTES] = {"bytes", "bytes of no symbol in "},
};

static const struct {
	const char *name, *text;
} following[FOLLOWS_KINDS] = {
	[FOLLOWS_ADDRESS] = {"addresses", "addresses of what moved"},
	[FOLLOWS_SYMBOLS] = {"symbols", "tables of symbols and names"},
	[FOLLOWS_KALLSYMS] = {"kallsyms", "the kernel's table of its symbols"},
	[FOLLOWS_UNWIND] = {"unwind", "unwind tables"},
	[FOLLOWS_DEBUG] = {"debug", "debug information and types"},
	[FOLLOWS_PADDING] = {"padding", "fill, and strings in another order"},
	[FOLLOWS_LAYOUT] = {"layout", "code and data, after the layout of structures"},
};

const char *explain_kind_text(enum explain_kind kind)
{
	return kinds[kind].text;
}

const char *explain_following_text(enum explain_following what)
{
	return following[what].text;
}

/* ------------------------------------------------------------------------------------------------------------- text */

bool explain_is_named(const struct explain_cause *cause)
{
	return cause->kind != EXPLAIN_EXCLUDED && cause->kind != EXPLAIN_BYTES;
}

static size_t named_causes(const struct explanation *e)
{
	size_t count = 0;

	for (size_t i = 0; i < e->count; i++)
		count += explain_is_named(&e->causes[i]);
	return count;
}

static void print_excluded(const struct comparison *c, FILE *out)
{
	char *reason = comparison_reason(c);

	fputs("equal but for the excluded bytes: ", out);
	text_print(out, reason ? reason : "key, certificate or build-id");
	fputc('\n', out);
	free(reason);
}

static void print_verdict(const struct explanation *e, const struct comparison *c, FILE *out)
{
	const size_t causes = named_causes(e);

	if (c->verdict == VERDICT_IDENTICAL)
		fputs("equal\n", out);
	else if (c->verdict == VERDICT_EXCLUDED)
		print_excluded(c, out);
	else if (!causes && e->count && !e->unexplained)
		fputs("different, by nothing but the bytes that the policy leaves out and what follows from them\n",
		      out);
	else if (!causes)
		fprintf(out, "different: no cause found for %" PRIu64 " bytes\n", e->unexplained);
	else
		fprintf(out, "different: %zu cause%s, %" PRIu64 " bytes that nothing explains\n", causes,
			causes == 1 ? "" : "s", e->unexplained);
}

static void print_certificates(char side, const struct manifest *m, const char *rule, FILE *out)
{
	for (size_t i = 0; i < m->exclusion_count; i++) {
		const struct manifest_exclusion *e = &m->exclusions[i];

		if (strcmp(e->rule, rule) != 0)
			continue;
		for (size_t k = 0; k < e->certificate_count; k++) {
			fprintf(out, "  %c: ", side);
			certificate_print(out, &e->certificates[k]);
			fputc('\n', out);
		}
	}
}

static bool is_in_b_alone(const struct explain_cause *c)
{
	return c->kind == EXPLAIN_ADDED || c->kind == EXPLAIN_SECTION_ADDED;
}

static void print_place(const struct explain_cause *c, FILE *out)
{
	if (c->section) {
		fputs(", ", out);
		text_print(out, c->section);
		fprintf(out, "+0x%" PRIx64, c->offset[is_in_b_alone(c)]);
		if (c->offset[1] != c->offset[0] && !is_in_b_alone(c) && c->kind != EXPLAIN_REMOVED)
			fprintf(out, " (B: +0x%" PRIx64 ")", c->offset[1]);
	}
	if (c->file) {
		fputs(", ", out);
		text_print(out, c->file);
		fprintf(out, ":%d", c->line);
	}
}

static void print_value(const char *side, const char *value, FILE *out)
{
	if (!value)
		return;
	fprintf(out, "  %s: ", side);
	text_print(out, value);
	fputc('\n', out);
}

void explain_cause_print(const struct explain_cause *c, const struct cause_files *files, FILE *out)
{
	fputs(kinds[c->kind].text, out);
	text_print(out, c->subject);
	fprintf(out, ": %" PRIu64 " bytes", files ? files->bytes : c->bytes);
	if (files && files->count > 1)
		fprintf(out, " in %zu files", files->count);
	else if (c->places > 1)
		fprintf(out, " in %zu places", c->places);
	if (files) {
		fputs(files->count > 1 ? ", the first: " : ", ", out);
		text_print(out, files->first);
	}
	print_place(c, out);
	fputc('\n', out);
	print_value("A", c->before, out);
	print_value("B", c->after, out);
}

static void print_cause(const struct explain_cause *c, const struct comparison *comparison, FILE *out)
{
	explain_cause_print(c, NULL, out);
	if (c->kind == EXPLAIN_EXCLUDED) {
		print_certificates('A', comparison->a, c->subject, out);
		print_certificates('B', comparison->b, c->subject, out);
	}
}

static void print_trailers(const struct comparison *c, FILE *out)
{
	for (size_t i = 0;; i++) {
		const struct manifest_layer *p = manifest_trailer(c->a, i), *q = manifest_trailer(c->b, i);
		const char *difference = p && q ? trailers_difference(p, q) : p ? "only in A" : "only in B";

		if (!p && !q)
			return;
		if (!difference)
			continue;
		fputs("signature or proof behind the file: ", out);
		text_print(out, (p ? p : q)->kind);
		fprintf(out, ": %s\n", difference);
	}
}

void explain_following_print(const uint64_t bytes[FOLLOWS_KINDS], FILE *out)
{
	const char *separator = "follows from these: ";

	for (enum explain_following f = 0; f < FOLLOWS_KINDS; f++) {
		if (!bytes[f])
			continue;
		fprintf(out, "%s%" PRIu64 " bytes of %s", separator, bytes[f], following[f].text);
		separator = ", ";
	}
	if (*separator == ',')
		fputc('\n', out);
}

void explain_print(const struct explanation *e, const struct comparison *c, bool all, FILE *out)
{
	print_verdict(e, c, out);
	if (c->advice)
		fprintf(out, "note: %s\n", c->advice);
	if (e->following[FOLLOWS_LAYOUT])
		fputs("note: with another seed nearly all code differs, and what else was changed in it cannot be told "
		      "from that: "
		      "build both with one seed\n",
		      out);
	for (size_t i = 0; i < e->count && (all || i < CAUSES_SHOWN); i++)
		print_cause(&e->causes[i], c, out);
	if (e->count > CAUSES_SHOWN && !all)
		fprintf(out, "%zu more causes, smaller ones (-v and --json list all)\n", e->count - CAUSES_SHOWN);
	print_trailers(c, out);
	explain_following_print(e->following, out);
}

/* ------------------------------------------------------------------------------------------------------------- JSON */

static struct json_object *cause_object(const struct explain_cause *c)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "kind", json_string(kinds[c->kind].name));
	json_set(&o, "subject", json_name(c->subject));
	json_set(&o, "bytes", json_number(c->bytes));
	json_set(&o, "places", json_number(c->places));
	if (c->section) {
		json_set(&o, "section", json_name(c->section));
		json_set(&o, "offset_a", json_number(c->offset[0]));
		json_set(&o, "offset_b", json_number(c->offset[1]));
	}
	if (c->file) {
		json_set(&o, "file", json_name(c->file));
		json_set(&o, "line", json_number((uint64_t)c->line));
	}
	if (c->before)
		json_set(&o, "before", json_name(c->before));
	if (c->after)
		json_set(&o, "after", json_name(c->after));
	return o;
}

static void set_explanation(struct json_object **o, const struct explanation *e)
{
	struct json_object *causes = json_object_new_array(), *follows = json_object_new_object();

	for (size_t i = 0; i < e->count; i++)
		json_append(&causes, cause_object(&e->causes[i]));
	for (enum explain_following f = 0; f < FOLLOWS_KINDS; f++)
		json_set(&follows, following[f].name, json_number(e->following[f]));
	json_set(o, "causes", causes);
	json_set(o, "following", follows);
	json_set(o, "unexplained", json_number(e->unexplained));
	json_set(o, "has_lines", json_boolean(e->has_lines));
}

struct json_object *explanation_object(const struct explanation *e)
{
	struct json_object *o = json_object_new_object();

	set_explanation(&o, e);
	return o;
}

int explain_print_json(const struct explanation *e, const struct comparison *c, FILE *out)
{
	static const char *const verdicts[] = {"identical", "different", "excluded"};
	struct json_object *o = json_object_new_object();

	json_set(&o, "schema", json_number(EXPLAIN_SCHEMA));
	json_set(&o, "verdict", json_string(verdicts[c->verdict]));
	json_set(&o, "a", json_name(c->a->path));
	json_set(&o, "b", json_name(c->b->path));
	set_explanation(&o, e);
	return json_print(o, out);
}
