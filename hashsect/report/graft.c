// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/graft.h"

#include "base/json.h"
#include "base/text.h"

/* For programs, and for readers. */
static const struct {
	const char *name, *text;
} outcomes[GRAFT_OUTCOMES] = {
	[GRAFT_EQUAL] = {"equal", "equal"},
	[GRAFT_DIFFERENT] = {"different", "not equal"},
	[GRAFT_ALONE] = {"alone", "not equal"},
	[GRAFT_REFUSED] = {"refused", "refused"},
};

enum put { SIGNATURE, CERTIFICATES, BUILD_ID, COMPRESSION, PUTS };

static const struct {
	const char *name, *text;
} puts_on[PUTS] = {
	[SIGNATURE] = {"signature", "signature put on"},
	[CERTIFICATES] = {"certificates", "certificates put in"},
	[BUILD_ID] = {"build_id", "build-id put in"},
	[COMPRESSION] = {"compression", "compressed as the official file, equal in what is inside"},
};

static bool has_put(const struct graft_report_file *file, enum put put)
{
	const struct graft_result *r = &file->result;
	const bool has[PUTS] = {r->signature, r->certificates, r->build_id, r->compression};

	return !file->is_missing && r->outcome == GRAFT_EQUAL && has[put];
}

static bool is_equal(const struct graft_report_file *file)
{
	return !file->is_missing && file->result.outcome == GRAFT_EQUAL;
}

static void print_file(FILE *out, const struct graft_report_file *file)
{
	fputs("  ", out);
	text_print(out, file->path);
	if (file->is_missing) {
		fputs(": only in the official build\n", out);
		return;
	}
	fprintf(out, ": %s", outcomes[file->result.outcome].text);
	if (*file->result.reason.message) {
		fputs(": ", out);
		text_print(out, file->result.reason.message);
	}
	for (enum put put = 0; put < PUTS; put++)
		if (has_put(file, put))
			fprintf(out, ", %s", puts_on[put].text);
	fputc('\n', out);
}

int graft_print(FILE *out, const struct graft_report_file *files, size_t count, bool every)
{
	size_t equal = 0, with[PUTS] = {0};

	for (size_t i = 0; i < count; i++) {
		equal += is_equal(&files[i]);
		for (enum put put = 0; put < PUTS; put++)
			with[put] += has_put(&files[i], put);
	}
	if (equal == count)
		fprintf(out, "equal to the official files: %zu\n", count);
	else
		fprintf(out, "NOT EQUAL: %zu of %zu files; equal: %zu\n", count - equal, count, equal);
	for (enum put put = 0; put < PUTS; put++)
		if (with[put])
			fprintf(out, "  %zu: %s\n", with[put], puts_on[put].text);
	for (size_t i = 0; i < count; i++)
		if (every || !is_equal(&files[i]))
			print_file(out, &files[i]);
	return 0;
}

static struct json_object *file_object(const struct graft_report_file *file)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "path", json_name(file->path));
	json_set(&o, "status", json_string(file->is_missing ? "missing" : outcomes[file->result.outcome].name));
	if (*file->result.reason.message)
		json_set(&o, "reason", json_name(file->result.reason.message));
	for (enum put put = 0; put < PUTS; put++)
		json_set(&o, puts_on[put].name, json_boolean(has_put(file, put)));
	return o;
}

int graft_print_json(FILE *out, const struct graft_report_file *files, size_t count)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		json_append(&list, file_object(&files[i]));
	json_set(&o, "schema", json_number(GRAFT_SCHEMA));
	json_set(&o, "files", list);
	return json_print(o, out);
}
