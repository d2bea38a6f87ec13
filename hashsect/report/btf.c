// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/btf.h"

#include <inttypes.h>

#include "base/json.h"
#include "base/text.h"

/* Of each sort as many in text; in JSON, all that are known. */
enum { LINES_MAX = 16 };

/* ------------------------------------------------------------------------------------------------------------ text */

static void print_differences(const char *what, const struct btf_differences *d, const char *const sides[2], FILE *out)
{
	if (!d->count)
		return;
	fprintf(out, "%s: %" PRIu64 "\n", what, d->count);
	for (uint64_t i = 0; i < d->count && i < LINES_MAX; i++) {
		const struct btf_difference *t = &d->first[i];

		fprintf(out, "  %s: type %u, %s ", sides[t->side], t->id, btf_kind_name(t->kind));
		if (*t->name)
			text_print(out, t->name);
		else
			fputs("without a name", out);
		if (t->more > 1)
			fprintf(out, ", %u of these", t->more);
		fputc('\n', out);
	}
	if (d->count > LINES_MAX)
		fprintf(out, "  and %" PRIu64 " more\n", d->count - LINES_MAX);
}

static const char *comparison_verdict(const struct btf_comparison *c)
{
	if (c->identical)
		return "identical";
	if (btf_same_types(c))
		return "the same types in another order";
	if (!c->other.count && !c->names.count)
		return "different: the same types but for prototypes of functions";
	return "different";
}

const char *btf_comparison_advice(const struct btf_comparison *c)
{
	if (btf_same_types(c))
		return "the sections .BTF have the same types in another order, as pahole before 1.29 makes them with "
		       "several threads (see 'hashsect btf compare')";
	if (!c->other.count && !c->names.count)
		return "the sections .BTF have the same types but for prototypes of functions, as pahole before 1.29 "
		       "makes them with several threads (see 'hashsect btf compare')";
	return NULL;
}

void btf_comparison_print(const struct btf_comparison *c, const char *const names[2], FILE *out)
{
	static const char *const sides[2] = {"only in A", "only in B"};

	fprintf(out, "%s\n", comparison_verdict(c));
	for (int i = 0; i < 2; i++) {
		fprintf(out, "%c: ", "AB"[i]);
		text_print(out, names[i]);
		fprintf(out, ": %u types, %u functions\n", c->types[i], c->functions[i]);
	}
	print_differences("types that are neither functions nor prototypes", &c->other, sides, out);
	print_differences("names of functions", &c->names, sides, out);
	print_differences("functions with their prototypes", &c->function, sides, out);
	print_differences("prototypes", &c->prototype, sides, out);
}

void btf_proof_print(const struct btf_proof *p, const char *name, FILE *out)
{
	static const char *const sides[2] = {"only in it", "only in the build"};

	text_print(out, name);
	if (p->identical) {
		fputs(": proved to describe this build: identical to a run\n", out);
		return;
	}
	if (!btf_proven(p)) {
		fputs(": not proved to describe this build\n", out);
	} else if (btf_same_types(&p->against_first)) {
		fputs(": proved to describe this build: the same types in another order\n", out);
	} else {
		fprintf(out,
			": proved to describe this build: the same types, %" PRIu64
			" of them as other runs have them\n",
			p->from_runs);
	}
	if (btf_proven(p))
		return;
	print_differences("types that are missing", &p->missing, sides, out);
	print_differences("names of functions", &p->against_first.names, sides, out);
	print_differences("types, functions and prototypes that no run has", &p->unexplained, sides, out);
}

/* ------------------------------------------------------------------------------------------------------------ JSON */

static struct json_object *differences_array(const struct btf_differences *d)
{
	struct json_object *list = json_object_new_array();

	for (uint64_t i = 0; i < d->count && i < BTF_DIFFERENCES_MAX; i++) {
		const struct btf_difference *t = &d->first[i];
		struct json_object *o = json_object_new_object();

		json_set(&o, "side", json_string(t->side ? "B" : "A"));
		json_set(&o, "type", json_number(t->id));
		json_set(&o, "kind", json_string(btf_kind_name(t->kind)));
		json_set(&o, "name", json_name(t->name));
		json_set(&o, "more", json_number(t->more));
		json_append(&list, o);
	}
	return list;
}

static struct json_object *differences_object(const struct btf_differences *d)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "count", json_number(d->count));
	json_set(&o, "first", differences_array(d));
	return o;
}

static void set_comparison(struct json_object **o, const struct btf_comparison *c)
{
	json_set(o, "types", differences_object(&c->other));
	json_set(o, "function_names", differences_object(&c->names));
	json_set(o, "functions", differences_object(&c->function));
	json_set(o, "prototypes", differences_object(&c->prototype));
}

static struct json_object *side_object(const struct btf_comparison *c, int side, const char *name)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "path", json_name(name));
	json_set(&o, "types", json_number(c->types[side]));
	json_set(&o, "functions", json_number(c->functions[side]));
	return o;
}

int btf_comparison_print_json(const struct btf_comparison *c, const char *const names[2], FILE *out)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "schema", json_number(BTF_REPORT_SCHEMA));
	json_set(&o, "identical", json_boolean(c->identical));
	json_set(&o, "same_types", json_boolean(btf_same_types(c)));
	json_set(&o, "a", side_object(c, 0, names[0]));
	json_set(&o, "b", side_object(c, 1, names[1]));
	set_comparison(&o, c);
	return json_print(o, out);
}

int btf_proof_print_json(const struct btf_proof *p, const char *name, FILE *out)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "schema", json_number(BTF_REPORT_SCHEMA));
	json_set(&o, "path", json_name(name));
	json_set(&o, "proved", json_boolean(btf_proven(p)));
	json_set(&o, "identical", json_boolean(p->identical));
	set_comparison(&o, &p->against_first);
	json_set(&o, "from_other_runs", json_number(p->from_runs));
	json_set(&o, "missing", differences_object(&p->missing));
	json_set(&o, "unexplained", differences_object(&p->unexplained));
	return json_print(o, out);
}
