// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <errno.h>
#include <string.h>

#include "certificates.h"
#include "commands.h"
#include "keyring_option.h"
#include "base/tool/edit.h"
#include "elfsect_keyring.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

/* A fingerprint or key id that a certificate to remove has. */
struct wanted {
	bool is_key_id;
	char hex[2 * ELFSECT_KEY_ID_MAX + 1];
};

/* What both commands are told. */
struct edit_values {
	struct keyring_option keyring;
	struct output_option output;
};

struct remove_values {
	struct edit_values edit;
	struct option_strings fingerprints;
	struct option_strings key_ids;
	bool all;
};

static const struct option_row add_rows[] = {
	KEYRING_ROWS(struct edit_values, keyring),
	OUTPUT_ROWS(struct edit_values, output),
	{0},
};

static const struct option_row remove_rows[] = {
	KEYRING_ROWS(struct remove_values, edit.keyring),
	STRINGS_ROW(0, "fingerprint", "HEX", struct remove_values, fingerprints,
		    "the certificate with this SHA-256, with or without colons"),
	STRINGS_ROW(0, "key-id", "HEX", struct remove_values, key_ids, "those with this subject key id"),
	FLAG_ROW(0, "all", struct remove_values, all, "all of the slot"),
	OUTPUT_ROWS(struct remove_values, edit.output),
	{0},
};

/* A file that is open for an edit of one slot. */
struct session {
	struct elfsect_system_map *map;
	struct elfsect_view *view;
	struct elfsect_keyring *keyring;
	const char *slot;
};

static void cleanup_session(struct session *s)
{
	elfsect_keyring_close(s->keyring);
	elfsect_view_close(s->view);
	elfsect_system_map_close(s->map);
}

static void cleanup_certificates(struct certificates *certificates)
{
	free(certificates->bytes);
}

static int session_open(struct session *s, const struct edit_values *v, const char *path)
{
	struct elfsect_error error;
	int ret;

	ret = edit_open(path, &v->output, &s->view, &error);
	if (!ret && v->keyring.map)
		ret = elfsect_system_map_open(v->keyring.map, &s->map, &error);
	s->slot = v->keyring.slot;
	if (!ret && !s->slot)
		ret = elfsect_keyring_default_slot(s->view, s->map, &s->slot, &error);
	if (!ret)
		ret = elfsect_keyring_open(s->view, s->map, s->slot, &s->keyring, &error);
	return ret ? cli_error(&error) : STATUS_OK;
}

/* The size of the certificate that starts there; it has been read before. */
static uint64_t size_of(const uint8_t *der, uint64_t room)
{
	uint64_t size;

	return elfsect_certificate_read(der, room, &size, NULL, NULL) ? room : size;
}

/* "elfsect: FILE: SUBJECT (sha256 ...): WHAT SLOT...": one line on stderr. */
static void say(const char *path, const uint8_t *der, uint64_t size, const char *what, const char *slot,
		const char *more)
{
	struct elfsect_certificate c;

	if (!elfsect_certificate_describe(der, size, &c, NULL))
		cli_trouble("%s: %s (sha256 %s): %s %s%s", path, c.subject, c.fingerprint, what, slot, more);
}

/* --------------------------------------------------------------------------------------------------------- add */

static void note_present(const struct session *s, const char *path, const struct certificates *new)
{
	size_t count;
	uint64_t size;

	elfsect_keyring_certificates(s->keyring, &count);
	for (uint64_t at = 0; at < new->size; at += size) {
		size = size_of(new->bytes + at, new->size - at);
		if (elfsect_keyring_find(s->keyring, new->bytes + at, size) < count)
			say(path, new->bytes + at, size, "already in", s->slot, "");
	}
}

/* A file that holds such a certificate has no digest: who adds it should know before others ask for one. */
static void note_refused(const char *path, const struct certificates *new)
{
	uint64_t size;

	for (uint64_t at = 0; at < new->size; at += size) {
		struct elfsect_certificate c;

		size = size_of(new->bytes + at, new->size - at);
		if (!elfsect_certificate_describe(new->bytes + at, size, &c, NULL) && !c.accepted)
			cli_note("%s: note: %s: %s: hashsect makes no digest of a file with this certificate", path,
				 c.subject, c.refused);
	}
}

/* All certificates of some files. */
static int read_certificates(struct certificates *certificates, int count, char **paths)
{
	int status = STATUS_OK;

	for (int i = 0; i < count && status == STATUS_OK; i++)
		status = certificates_read(certificates, paths[i]);
	return status;
}

/* The operands are a kernel and files of certificates. */
static int add(void *values, int count, char **paths)
{
	__attribute__((cleanup(cleanup_certificates))) struct certificates new = {0};
	__attribute__((cleanup(cleanup_session))) struct session s = {0};
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	const struct edit_values *v = values;
	struct elfsect_error error;
	int status;

	if (count < 2)
		return cli_usage("a certificate is needed");
	if (!output_option_check(&v->output))
		return STATUS_TROUBLE;
	status = read_certificates(&new, count - 1, paths + 1) ?: session_open(&s, v, paths[0]);
	if (status)
		return status;
	if (elfsect_plan_keyring_add(s.keyring, new.bytes, new.size, &plan, &error))
		return cli_error(&error);
	note_present(&s, paths[0], &new);
	note_refused(paths[0], &new);
	return edit_write_data(s.view, plan, paths[0], &v->output);
}

const struct command command_keyring_add = {
	.name = "keyring add",
	.synopsis = "[options] FILE CERT...",
	.summary = "add certificates to a kernel's keyring",
	.notes =
		"CERT holds certificates, PEM or DER, one or several; - is stdin. They go behind those that are there. "
		"Without --slot: into linux-extra-cert if FILE has it, else linux-keyring. What is there already is "
		"left out, with a note.",
	.options = add_rows,
	.values_size = sizeof(struct edit_values),
	.least = 1,
	.operands = "a file is needed",
	.use = OPERAND_EDITED,
	.run = add,
};

/* ------------------------------------------------------------------------------------------------------- remove */

/* Mark what has this fingerprint or key id; whether there is any. */
static bool mark_wanted(const struct elfsect_keyring *keyring, const struct wanted *wanted, bool *marks)
{
	size_t count;
	const struct elfsect_keyring_certificate *certificates = elfsect_keyring_certificates(keyring, &count);
	bool found = false;

	for (size_t i = 0; i < count; i++) {
		struct elfsect_certificate c;

		if (elfsect_certificate_describe(certificates[i].der, certificates[i].size, &c, NULL) ||
		    strcmp(wanted->is_key_id ? c.key_id : c.fingerprint, wanted->hex) != 0)
			continue;
		found = true;
		if (marks)
			marks[i] = true;
	}
	return found;
}

static bool mark_certificate(const struct elfsect_keyring *keyring, const uint8_t *der, uint64_t size, bool *marks)
{
	const struct elfsect_keyring_certificate *certificates;
	bool found = false;
	size_t count;

	certificates = elfsect_keyring_certificates(keyring, &count);
	for (size_t i = 0; i < count; i++) {
		if (certificates[i].size != size || memcmp(certificates[i].der, der, size) != 0)
			continue;
		found = true;
		if (marks)
			marks[i] = true;
	}
	return found;
}

/* Why it is not there: " (it is in linux-keyring)" if that is so. */
static const char *elsewhere(const struct session *s, const struct wanted *wanted, const uint8_t *der, uint64_t size)
{
	static const char *const slots[] = {"linux-extra-cert", "linux-keyring"};
	const char *other = strcmp(s->slot, slots[0]) ? slots[0] : slots[1];
	struct elfsect_keyring *keyring = NULL;
	bool found;

	if (elfsect_keyring_open(s->view, s->map, other, &keyring, NULL))
		return "";
	found = wanted ? mark_wanted(keyring, wanted, NULL) : mark_certificate(keyring, der, size, NULL);
	elfsect_keyring_close(keyring);
	return !found ? "" : other == slots[0] ? "; it is in linux-extra-cert" : "; it is in linux-keyring";
}

/* All that is named has to be there. STATUS_DIFFERENT says that it is not. */
static int mark_all(const char *path, const struct session *s, const struct wanted *wanted, size_t wanted_count,
		    const struct certificates *named, bool *marks)
{
	int status = STATUS_OK;
	uint64_t size;

	for (size_t i = 0; i < wanted_count; i++) {
		const struct wanted *w = &wanted[i];

		if (mark_wanted(s->keyring, w, marks))
			continue;
		cli_trouble("%s: no certificate with the %s %s in %s%s", path, w->is_key_id ? "key id" : "fingerprint",
			    w->hex, s->slot, elsewhere(s, w, NULL, 0));
		status = STATUS_DIFFERENT;
	}
	for (uint64_t at = 0; at < named->size; at += size) {
		size = size_of(named->bytes + at, named->size - at);
		if (mark_certificate(s->keyring, named->bytes + at, size, marks))
			continue;
		say(path, named->bytes + at, size, "not in", s->slot, elsewhere(s, NULL, named->bytes + at, size));
		status = STATUS_DIFFERENT;
	}
	return status;
}

static int parse_wanted(const char *word, bool is_key_id, struct wanted *w)
{
	w->is_key_id = is_key_id;
	if (certificate_parse_hex(word, w->hex, sizeof(w->hex)) && (is_key_id || strlen(w->hex) == 64))
		return STATUS_OK;
	return cli_usage("%s: not %s", word,
			 is_key_id ? "bytes in hexadecimal" : "the 32 bytes of a SHA-256 in hexadecimal");
}

/* Fingerprints, then key ids; wanted has room for all of them. */
static int parse_all_wanted(const struct remove_values *v, struct wanted *wanted)
{
	const size_t first = v->fingerprints.count;
	int status = STATUS_OK;

	for (size_t i = 0; i < first && !status; i++)
		status = parse_wanted(v->fingerprints.words[i], false, &wanted[i]);
	for (size_t i = 0; i < v->key_ids.count && !status; i++)
		status = parse_wanted(v->key_ids.words[i], true, &wanted[first + i]);
	return status;
}

/* The operands are a kernel and files of certificates. */
static int remove_certificates(void *values, int count, char **paths)
{
	__attribute__((cleanup(cleanup_certificates))) struct certificates named = {0};
	__attribute__((cleanup(cleanup_session))) struct session s = {0};
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	const struct remove_values *v = values;
	const size_t wanted_count = v->fingerprints.count + v->key_ids.count;
	autofree struct wanted *wanted = calloc(wanted_count + 1, sizeof(*wanted));
	autofree bool *marks = NULL;
	struct elfsect_error error;
	size_t certificates;
	int status;

	if (!wanted)
		return cli_trouble("%s", strerror(ENOMEM));
	if (v->all == (count > 1 || wanted_count))
		return cli_usage("either certificates (files, --fingerprint, --key-id) or --all");
	if (parse_all_wanted(v, wanted) || !output_option_check(&v->edit.output))
		return STATUS_TROUBLE;
	status = read_certificates(&named, count - 1, paths + 1) ?: session_open(&s, &v->edit, paths[0]);
	if (status)
		return status;
	elfsect_keyring_certificates(s.keyring, &certificates);
	marks = calloc(certificates + 1, sizeof(*marks));
	if (!marks)
		return cli_trouble("%s", strerror(ENOMEM));
	memset(marks, v->all, certificates);
	status = mark_all(paths[0], &s, wanted, wanted_count, &named, marks);
	if (status)
		return status;
	if (elfsect_plan_keyring_remove(s.keyring, marks, &plan, &error))
		return cli_error(&error);
	return edit_write_data(s.view, plan, paths[0], &v->edit.output);
}

const struct command command_keyring_remove = {
	.name = "keyring remove",
	.synopsis = "[options] FILE {CERT | --fingerprint HEX | --key-id HEX}... | --all",
	.summary = "remove certificates from a kernel's keyring",
	.notes = "The slot is that of 'keyring add'. If something that is named is not there, nothing is changed, and "
		 "the exit status is 1. Removing what was added last gives the file back as it was.",
	.options = remove_rows,
	.values_size = sizeof(struct remove_values),
	.least = 1,
	.operands = "a file is needed",
	.use = OPERAND_EDITED,
	.run = remove_certificates,
};
