// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "certificates.h"
#include "commands.h"
#include "keyring_option.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "elfsect_keyring.h"
#include "elfsect_cleanup.h"
#include "base/text.h"

/* Version of the JSON form. New members do not change it. */
enum { KEYRING_SCHEMA = 1 };

enum form { FORM_TEXT, FORM_JSON, FORM_PEM };

/* One certificate of a file, with its description. */
struct entry {
	const char *path;
	const char *section;
	const struct elfsect_keyring_certificate *at;
	struct elfsect_certificate is;
};

/* Without the zero byte that only keeps the number positive: as openssl prints it. */
static const char *serial_number(const struct elfsect_certificate *c)
{
	return !strncmp(c->serial, "00", 2) && c->serial[2] ? c->serial + 2 : c->serial;
}

static const char *or_none(const char *text)
{
	return *text ? text : "-";
}

static void print_field(const char *label, const char *text)
{
	printf("\n  %-13s", label);
	text_print(stdout, text);
}

static void print_entry(const struct entry *e)
{
	const struct elfsect_certificate *c = &e->is;

	text_print(stdout, e->path);
	printf(": %s", e->at->slot);
	if (*e->section) {
		fputs(" (section ", stdout);
		text_print(stdout, e->section);
		putchar(')');
	}
	printf(", offset 0x%jx, %ju bytes", (uintmax_t)e->at->offset, (uintmax_t)e->at->size);
	print_field("subject", c->subject);
	print_field("issuer", c->issuer);
	print_field("serial", serial_number(c));
	print_field("key", c->key_type);
	print_field("valid", c->not_before);
	printf(" to %s", c->not_after);
	print_field("sha256", c->fingerprint);
	print_field("key id", or_none(c->key_id));
	print_field("key usage", or_none(c->key_usage));
	if (*c->extended_key_usage) {
		fputs("; ", stdout);
		text_print(stdout, c->extended_key_usage);
	}
	fputs(c->is_ca ? "; CA" : "", stdout);
	if (c->accepted) {
		printf("\n  %-12s %ju", "free bytes", (uintmax_t)c->free_bytes);
		fputs(!c->self_issued	? ", its issuer's signature not checked\n"
		      : !c->self_signed ? ", its signature not checked\n"
					: "\n",
		      stdout);
	} else {
		print_field("no digest", c->refused);
		putchar('\n');
	}
}

static void add_string(struct json_object **object, const char *name, const char *text)
{
	if (*text)
		json_set(object, name, json_string(text));
	else
		json_set_null(object, name);
}

static struct json_object *entry_object(const struct entry *e)
{
	const struct elfsect_certificate *c = &e->is;
	struct json_object *o = json_object_new_object();

	add_string(&o, "slot", e->at->slot);
	if (*e->section)
		json_set(&o, "section", json_name(e->section));
	else
		json_set_null(&o, "section");
	json_set(&o, "offset", json_number(e->at->offset));
	json_set(&o, "size", json_number(e->at->size));
	add_string(&o, "subject", c->subject);
	add_string(&o, "issuer", c->issuer);
	add_string(&o, "serial", serial_number(c));
	add_string(&o, "key", c->key_type);
	add_string(&o, "not_before", c->not_before);
	add_string(&o, "not_after", c->not_after);
	add_string(&o, "sha256", c->fingerprint);
	add_string(&o, "key_id", c->key_id);
	add_string(&o, "key_usage", c->key_usage);
	add_string(&o, "extended_key_usage", c->extended_key_usage);
	json_set(&o, "ca", json_boolean(c->is_ca));
	json_set(&o, "self_issued", json_boolean(c->self_issued));
	json_set(&o, "self_signed", json_boolean(c->self_signed));
	json_set(&o, "accepted", json_boolean(c->accepted));
	if (c->accepted)
		json_set(&o, "free_bytes", json_number(c->free_bytes));
	else
		json_set_null(&o, "free_bytes");
	add_string(&o, "refused", c->refused);
	return o;
}

static int show(const struct entry *e, enum form form, struct json_object **list)
{
	if (form == FORM_PEM)
		return certificate_print_pem(e->at->der, e->at->size);
	if (form == FORM_JSON)
		json_append(list, entry_object(e));
	else
		print_entry(e);
	return STATUS_OK;
}

struct list_values {
	struct keyring_option keyring;
	bool json, pem;
};

static const struct option_row list_rows[] = {
	KEYRING_ROWS(struct list_values, keyring),
	FLAG_ROW(0, "json", struct list_values, json, "as JSON"),
	FLAG_ROW(0, "pem", struct list_values, pem, "the certificates themselves, for openssl"),
	RULE_ROW(RULE_EXCLUDE, "json", "pem"),
	{0},
};

struct listing {
	enum form form;
	struct keyring_option keyring;
	struct json_object *files; /* for FORM_JSON */
};

/* @view: NULL: no ELF file. */
static int list_keyring(struct listing *a, const char *path, const struct elfsect_view *view,
			const struct elfsect_keyring *keyring)
{
	struct json_object *file = json_object_new_object(), *certificates = json_object_new_array();
	uint32_t sections;
	struct entry entry = {.path = path};
	struct elfsect_error error;
	size_t count;
	int status = STATUS_OK;

	entry.at = elfsect_keyring_certificates(keyring, &count);
	if (!count && a->form == FORM_TEXT) {
		text_print(stdout, path);
		printf(": no certificates\n");
	}
	for (size_t i = 0; i < count && status == STATUS_OK; i++, entry.at++) {
		entry.section = view ? elfsect_view_sections(view, &sections)[entry.at->region.section].name : "";
		if (elfsect_certificate_describe(entry.at->der, entry.at->size, &entry.is, &error))
			status = cli_error(&error);
		else
			status = show(&entry, a->form, &certificates);
	}
	json_set(&file, "file", json_name(path));
	json_set(&file, "certificates", certificates);
	json_append(&a->files, file);
	return status;
}

/* Without symbols: say so, for others may find it in another way. */
static void note_content(const char *path, const struct elfsect_keyring *keyring)
{
	size_t count;
	const struct elfsect_keyring_certificate *list = elfsect_keyring_certificates(keyring, &count);

	if (count)
		cli_note("%s: note: there are no symbols; found by content: %zu certificate%s with %s length behind "
			 "%s, at 0x%jx",
			 path, count, count == 1 ? "" : "s", count == 1 ? "its" : "their", count == 1 ? "it" : "them",
			 (uintmax_t)list->region.offset);
}

static int list_elf(struct listing *a, const char *path, const struct elfsect_view *view)
{
	elfsect_automap struct elfsect_system_map *map = NULL;
	struct elfsect_keyring *keyring = NULL;
	struct elfsect_error error;
	int status;

	if ((a->keyring.map && elfsect_system_map_open(a->keyring.map, &map, &error)) ||
	    elfsect_keyring_open(view, map, a->keyring.slot, &keyring, &error))
		return cli_error(&error);
	if (!map && !elfsect_view_symtab(view))
		note_content(path, keyring);
	status = list_keyring(a, path, view, keyring);
	elfsect_keyring_close(keyring);
	if (status == STATUS_OK && elfsect_view_unchanged(view, &error))
		status = cli_error(&error);
	return status;
}

/* arm64's Image, and what else is linked and then made a flat file. */
static int list_bytes(struct listing *a, const char *path)
{
	struct elfsect_keyring *keyring = NULL;
	struct elfsect_error error;
	autofree uint8_t *bytes = NULL;
	uint64_t size;
	int status = cli_read_file(path, CLI_DATA_FILE_MAX, &bytes, &size);

	if (status)
		return status;
	if (elfsect_keyring_of_bytes(bytes, size, path, &keyring, &error))
		return cli_error(&error);
	note_content(path, keyring);
	status = list_keyring(a, path, NULL, keyring);
	elfsect_keyring_close(keyring);
	return status;
}

static int list_file(struct listing *a, const char *path)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_error error;
	const int ret = elfsect_view_open(path, &view, &error);

	if (!ret)
		return list_elf(a, path, view);
	if (ret == -ENOEXEC && !a->keyring.map && !a->keyring.slot)
		return list_bytes(a, path);
	return cli_error(&error);
}

static int list_keyrings(void *values, int count, char **paths)
{
	const struct list_values *v = values;
	struct listing a = {.form = v->json ? FORM_JSON : v->pem ? FORM_PEM : FORM_TEXT, .keyring = v->keyring};
	int status = STATUS_OK;
	struct json_object *root;

	if (v->keyring.map && count != 1)
		return cli_usage("a System.map is of one file");
	a.files = json_object_new_array();
	for (int i = 0; i < count; i++)
		if (list_file(&a, paths[i]))
			status = STATUS_TROUBLE;
	root = json_object_new_object();
	json_set(&root, "schema", json_number(KEYRING_SCHEMA));
	json_set(&root, "files", a.files);
	if (!v->json || status)
		json_object_put(root);
	else if (json_print(root, stdout))
		status = cli_trouble("out of memory");
	return status;
}

const struct command command_keyring_list = {
	.name = "keyring list",
	.synopsis = "[options] FILE...",
	.summary = "list the X.509 certificates in a kernel",
	.notes = "Without --slot all certificates that the kernel will load. Bytes that are not exactly a list of "
		 "certificates, or length words that do not fit, are an error. In a file without symbols, for which no "
		 "System.map is given, they are found by content: certificates in a row, followed by the words that "
		 "hold their length, in exactly one place.",
	.options = list_rows,
	.values_size = sizeof(struct list_values),
	.least = 1,
	.operands = "a file is needed",
	.run = list_keyrings,
};
