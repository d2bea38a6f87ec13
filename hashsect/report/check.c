// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/check.h"

#include "base/json.h"
#include "base/text.h"

/* Version of the JSON. New members do not change it. */
enum { CHECK_SCHEMA = 1 };

static const char *const words[CHECK_RESULTS] = {"OK", "FAILED", "missing", "additional", "not checked"};

static void count_results(const struct checked_file *files, size_t count, size_t counts[CHECK_RESULTS])
{
	for (size_t i = 0; i < CHECK_RESULTS; i++)
		counts[i] = 0;
	for (size_t i = 0; i < count; i++)
		counts[files[i].result]++;
}

static void print_verdict(FILE *out, size_t count, const size_t counts[CHECK_RESULTS])
{
	static const char *const others[CHECK_RESULTS] = {
		[CHECK_FAILED] = "with another digest",
		[CHECK_MISSING] = "missing",
		[CHECK_ADDITIONAL] = "not in the list",
		[CHECK_ERROR] = "not checked",
	};
	const size_t listed = count - counts[CHECK_ADDITIONAL];

	fprintf(out, "%s: %zu of %zu file%s %s the digest of the list", counts[CHECK_OK] == count ? "OK" : "FAILED",
		counts[CHECK_OK], listed, listed == 1 ? "" : "s", listed == 1 ? "has" : "have");
	for (size_t i = CHECK_FAILED; i < CHECK_RESULTS; i++)
		if (counts[i])
			fprintf(out, ", %zu %s", counts[i], others[i]);
	fputc('\n', out);
}

void check_print(FILE *out, enum loudness loudness, const struct checked_file *files, size_t count)
{
	size_t counts[CHECK_RESULTS];

	count_results(files, count, counts);
	if (loudness != REPORT_QUIET)
		print_verdict(out, count, counts);
	for (size_t i = 0; i < count; i++) {
		if (files[i].result == CHECK_OK && loudness != REPORT_VERBOSE)
			continue;
		text_print(out, files[i].path);
		fprintf(out, ": %s\n", words[files[i].result]);
	}
}

int check_print_json(FILE *out, const struct checked_file *files, size_t count)
{
	static const char *const results[CHECK_RESULTS] = {"ok", "failed", "missing", "additional", "error"};
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	size_t counts[CHECK_RESULTS];

	count_results(files, count, counts);
	for (size_t i = 0; i < count; i++) {
		struct json_object *file = json_object_new_object();

		json_set(&file, "path", json_name(files[i].path));
		json_set(&file, "result", json_string(results[files[i].result]));
		json_append(&list, file);
	}
	json_set(&o, "schema", json_number(CHECK_SCHEMA));
	json_set(&o, "verdict", json_string(counts[CHECK_OK] == count ? "ok" : "failed"));
	for (size_t i = 0; i < CHECK_RESULTS; i++)
		json_set(&o, results[i], json_number(counts[i]));
	json_set(&o, "files", list);
	return json_print(o, out);
}
