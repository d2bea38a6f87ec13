// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/attach.h"

#include <errno.h>

#include "base/json.h"
#include "base/text.h"
#include "report/cms.h"
#include "report/signer_groups.h"

/* For programs, and for readers. */
static const struct {
	const char *name, *text;
} outcomes[ATTACH_OUTCOMES] = {
	[ATTACH_DONE] = {"attached", "attached"},
	[ATTACH_PRESENT] = {"present", "there already"},
	[ATTACH_NOTHING] = {"none", "no signature in the store for these bytes"},
	[ATTACH_NO_CERTIFICATE] = {"no certificate", "not attached"},
	[ATTACH_UNSUPPORTED] = {"unsupported", "not attached"},
	[ATTACH_SEVERAL] = {"several", "not attached"},
	[ATTACH_COMPRESSED] = {"compressed", "not attached"},
	[ATTACH_SIGNED] = {"signed", "refused"},
	[ATTACH_BAD] = {"bad", "refused"},
};

static void print_file(FILE *out, const struct attach_report_file *file)
{
	const struct attach_result *r = file->result;

	fputs("  ", out);
	text_print(out, file->path);
	fprintf(out, ": %s", outcomes[r->outcome].text);
	if (*r->reason.message) {
		fputs(": ", out);
		text_print(out, r->reason.message);
	}
	fputc('\n', out);
}

static void print_verdict(FILE *out, size_t count, const size_t counts[ATTACH_OUTCOMES])
{
	const size_t with = counts[ATTACH_DONE] + counts[ATTACH_PRESENT];
	const size_t refused = counts[ATTACH_SIGNED] + counts[ATTACH_BAD];

	fprintf(out, "%zu file%s: ", count, count == 1 ? "" : "s");
	fprintf(out, "attached to %zu", counts[ATTACH_DONE]);
	if (counts[ATTACH_PRESENT])
		fprintf(out, ", there already: %zu", counts[ATTACH_PRESENT]);
	if (count - with - refused)
		fprintf(out, ", without a signature: %zu", count - with - refused);
	if (refused)
		fprintf(out, ", refused: %zu", refused);
	fputc('\n', out);
}

static int print_signers(FILE *out, const struct attach_report_file *files, size_t count)
{
	struct signer_groups groups = {0};
	int ret = 0;

	for (size_t i = 0; i < count && !ret; i++)
		if (attach_is_signed(files[i].result->outcome))
			ret = signer_groups_add(&groups, files[i].result->kind, files[i].result->signature,
						files[i].result->signature_size);
	if (!ret)
		signer_groups_print(out, &groups);
	signer_groups_clear(&groups);
	return ret;
}

int attach_print(FILE *out, const struct attach_report_file *files, size_t count, bool every)
{
	size_t counts[ATTACH_OUTCOMES] = {0};
	int ret;

	for (size_t i = 0; i < count; i++)
		counts[files[i].result->outcome]++;
	print_verdict(out, count, counts);
	ret = print_signers(out, files, count);
	for (size_t i = 0; i < count; i++)
		if (every || !attach_is_signed(files[i].result->outcome))
			print_file(out, &files[i]);
	return ret;
}

static struct json_object *file_object(const struct attach_report_file *file)
{
	struct json_object *o = json_object_new_object();
	struct cms_signature signature;

	json_set(&o, "path", json_name(file->path));
	json_set(&o, "status", json_string(outcomes[file->result->outcome].name));
	if (*file->result->reason.message)
		json_set(&o, "reason", json_name(file->result->reason.message));
	if (file->result->signature &&
	    store_signature_read(file->result->kind, file->result->signature, file->result->signature_size, &signature))
		json_set(&o, "signature", cms_object(&signature));
	return o;
}

int attach_print_json(FILE *out, const struct attach_report_file *files, size_t count)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		json_append(&list, file_object(&files[i]));
	json_set(&o, "schema", json_number(ATTACH_SCHEMA));
	json_set(&o, "files", list);
	return json_print(o, out);
}
