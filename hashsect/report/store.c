// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/store.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/text.h"
#include "report/certificate.h"
#include "report/cms.h"
#include "report/signer_groups.h"

/* ----------------------------------------------------------------------------------------------------------- index */

static struct json_object *origins_array(const struct store_entry *e)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < e->origin_count; i++) {
		struct json_object *o = json_object_new_object();

		if (e->origins[i].package)
			json_set(&o, "package", json_name(e->origins[i].package));
		json_set(&o, "path", json_name(e->origins[i].path));
		if (e->origins[i].place)
			json_set(&o, "place", json_string(e->origins[i].place));
		json_append(&array, o);
	}
	return array;
}

static struct json_object *file_name(const struct store_entry *e)
{
	char name[STORE_NAME_MAX], path[STORE_NAME_MAX + 16];

	store_entry_name(e->kind, e->digest, e->number, name);
	snprintf(path, sizeof(path), "%s/%s", store_kind_folder(e->kind), name);
	return json_string(path);
}

static void set_content(struct json_object **o, const struct store_entry *e)
{
	struct elfsect_certificate certificate;
	struct cms_signature signature;

	if (e->kind != STORE_CERTIFICATE && store_signature_read(e->kind, e->bytes, e->size, &signature))
		json_set(o, "signature", cms_object(&signature));
	if (e->kind == STORE_CERTIFICATE && !elfsect_certificate_describe(e->bytes, e->size, &certificate, NULL))
		json_set(o, "certificate", certificate_object(&certificate));
	if (e->kind != STORE_CERTIFICATE)
		json_set(o, "signed_size", json_number(e->signed_size));
	if (e->has_checksum)
		json_set(o, "checksum", json_number(e->checksum));
}

static struct json_object *entry_object(const struct store_entry *e)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "file", file_name(e));
	json_set(&o, "kind", json_string(store_kind_name(e->kind)));
	json_set(&o, "size", json_number(e->size));
	json_set(&o, "sha256", json_hex(e->sha256, sizeof(e->sha256)));
	set_content(&o, e);
	json_set(&o, "origins", origins_array(e));
	return o;
}

static struct json_object *index_object(const struct store_entries *entries)
{
	struct json_object *o = json_object_new_object(), *files = json_object_new_array();

	for (size_t i = 0; i < entries->count; i++)
		json_append(&files, entry_object(&entries->list[i]));
	json_set(&o, "schema", json_number(STORE_INDEX_SCHEMA));
	json_set(&o, "files", files);
	return o;
}

char *store_index(const struct store_entries *entries)
{
	autofree char *text = json_text(index_object(entries));
	char *lines;

	return text && asprintf(&lines, "%s\n", text) >= 0 ? lines : NULL;
}

/* ------------------------------------------------------------------------------------------------------------ text */

static int print_signers(FILE *out, const struct store_entries *entries)
{
	struct signer_groups groups = {0};
	int ret = 0;

	for (size_t i = 0; i < entries->count && !ret; i++)
		if (entries->list[i].kind != STORE_CERTIFICATE)
			ret = signer_groups_add(&groups, entries->list[i].kind, entries->list[i].bytes,
						entries->list[i].size);
	if (!ret)
		signer_groups_print(out, &groups);
	signer_groups_clear(&groups);
	return ret;
}

static void print_certificates(FILE *out, const struct store_entries *entries)
{
	struct elfsect_certificate certificate;

	for (size_t i = 0; i < entries->count; i++) {
		const struct store_entry *e = &entries->list[i];

		if (e->kind != STORE_CERTIFICATE || elfsect_certificate_describe(e->bytes, e->size, &certificate, NULL))
			continue;
		fputs("  ", out);
		certificate_print(out, &certificate);
		fputc('\n', out);
	}
}

int store_print(FILE *out, const char *folder, const struct store_entries *entries)
{
	size_t counts[STORE_KINDS] = {0};

	for (size_t i = 0; i < entries->count; i++)
		counts[entries->list[i].kind]++;
	text_print(out, folder);
	fprintf(out, ": signatures: modules %zu, images %zu; certificates %zu\n", counts[STORE_MODULE],
		counts[STORE_IMAGE], counts[STORE_CERTIFICATE]);
	print_certificates(out, entries);
	return print_signers(out, entries);
}
