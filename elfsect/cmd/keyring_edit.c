// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <stdio.h>
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "certificates.h"
#include "commands.h"
#include "base/tool/edit.h"
#include "elfsect_keyring.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

/* A fingerprint or key id that a certificate to remove has. */
struct wanted {
	bool is_key_id;
	char hex[2 * ELFSECT_KEY_ID_MAX + 1];
};

struct arguments {
	const char *slot;
	const char *map;
	bool all;
	struct wanted *wanted; /* owned */
	size_t wanted_count;
	struct output_option output;
	const char *path;
	int file_count; /* of certificates */
	char **files;
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

static int session_open(struct session *s, const struct arguments *a)
{
	struct elfsect_error error;
	int ret;

	ret = edit_open(a->path, &a->output, &s->view, &error);
	if (!ret && a->map)
		ret = elfsect_system_map_open(a->map, &s->map, &error);
	s->slot = a->slot;
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

static int add(const struct arguments *a)
{
	__attribute__((cleanup(cleanup_certificates))) struct certificates new = {0};
	__attribute__((cleanup(cleanup_session))) struct session s = {0};
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	struct elfsect_error error;
	int status = STATUS_OK;

	for (int i = 0; i < a->file_count && status == STATUS_OK; i++)
		status = certificates_read(&new, a->files[i]);
	if (status == STATUS_OK)
		status = session_open(&s, a);
	if (status)
		return status;
	if (elfsect_plan_keyring_add(s.keyring, new.bytes, new.size, &plan, &error))
		return cli_error(&error);
	note_present(&s, a->path, &new);
	return edit_write_data(s.view, plan, a->path, &a->output);
}

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
static int mark_all(const struct arguments *a, const struct session *s, const struct certificates *named, bool *marks)
{
	int status = STATUS_OK;
	uint64_t size;

	for (size_t i = 0; i < a->wanted_count; i++) {
		const struct wanted *w = &a->wanted[i];

		if (mark_wanted(s->keyring, w, marks))
			continue;
		cli_trouble("%s: no certificate with the %s %s in %s%s", a->path,
			    w->is_key_id ? "key id" : "fingerprint", w->hex, s->slot, elsewhere(s, w, NULL, 0));
		status = STATUS_DIFFERENT;
	}
	for (uint64_t at = 0; at < named->size; at += size) {
		size = size_of(named->bytes + at, named->size - at);
		if (mark_certificate(s->keyring, named->bytes + at, size, marks))
			continue;
		say(a->path, named->bytes + at, size, "not in", s->slot, elsewhere(s, NULL, named->bytes + at, size));
		status = STATUS_DIFFERENT;
	}
	return status;
}

static int remove_certificates(const struct arguments *a)
{
	__attribute__((cleanup(cleanup_certificates))) struct certificates named = {0};
	__attribute__((cleanup(cleanup_session))) struct session s = {0};
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	autofree bool *marks = NULL;
	struct elfsect_error error;
	int status = STATUS_OK;
	size_t count;

	for (int i = 0; i < a->file_count && status == STATUS_OK; i++)
		status = certificates_read(&named, a->files[i]);
	if (status == STATUS_OK)
		status = session_open(&s, a);
	if (status)
		return status;
	elfsect_keyring_certificates(s.keyring, &count);
	marks = calloc(count + 1, sizeof(*marks));
	if (!marks)
		return cli_trouble("%s", strerror(ENOMEM));
	memset(marks, a->all, count);
	status = mark_all(a, &s, &named, marks);
	if (status)
		return status;
	if (elfsect_plan_keyring_remove(s.keyring, marks, &plan, &error))
		return cli_error(&error);
	return edit_write_data(s.view, plan, a->path, &a->output);
}

/* ------------------------------------------------------------------------------------------------------ options */

static int parse_wanted(struct arguments *a, bool is_key_id, const char *word)
{
	struct wanted *grown = reallocarray(a->wanted, a->wanted_count + 1, sizeof(*grown));
	struct wanted *w;

	if (!grown)
		return cli_trouble("%s", strerror(ENOMEM));
	a->wanted = grown;
	w = &grown[a->wanted_count];
	w->is_key_id = is_key_id;
	if (!certificate_parse_hex(word, w->hex, sizeof(w->hex)) || (!is_key_id && strlen(w->hex) != 64))
		return cli_usage("keyring remove: %s: not %s", word,
				 is_key_id ? "bytes in hexadecimal" : "the 32 bytes of a SHA-256 in hexadecimal");
	a->wanted_count++;
	return STATUS_OK;
}

static int parse_arguments(struct arguments *a, bool removes, int argc, char **argv)
{
	static const struct option options[] = {
		{"slot", required_argument, NULL, 'l'},
		{"system-map", required_argument, NULL, 'm'},
		{"fingerprint", required_argument, NULL, 'f'},
		{"key-id", required_argument, NULL, 'k'},
		{"all", no_argument, NULL, 'a'},
		OUTPUT_OPTIONS,
		{0},
	};
	int c, status = STATUS_OK;

	while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1 && status == STATUS_OK) {
		if (!removes && (c == 'f' || c == 'k' || c == 'a'))
			return cli_usage("keyring add: %s goes with keyring remove", argv[optind - 1]);
		if (c == 'l')
			a->slot = optarg;
		else if (c == 'm')
			a->map = optarg;
		else if (c == 'f' || c == 'k')
			status = parse_wanted(a, c == 'k', optarg);
		else if (c == 'a')
			a->all = true;
		else if (!output_option_parse(&a->output, c, optarg))
			return cli_bad_option(c, argv);
	}
	if (status)
		return status;
	if (optind == argc)
		return cli_usage("keyring %s: a file is needed", argv[0]);
	a->path = argv[optind];
	a->files = argv + optind + 1;
	a->file_count = argc - optind - 1;
	return output_option_check(&a->output) ? STATUS_OK : STATUS_TROUBLE;
}

int cmd_keyring_add(int argc, char **argv)
{
	struct arguments arguments = {0};
	int status = parse_arguments(&arguments, false, argc, argv);

	if (status == STATUS_OK && !arguments.file_count)
		status = cli_usage("keyring add: a certificate is needed");
	return status ? status : add(&arguments);
}

int cmd_keyring_remove(int argc, char **argv)
{
	struct arguments arguments = {0};
	int status = parse_arguments(&arguments, true, argc, argv);

	if (status == STATUS_OK && arguments.all == (arguments.file_count || arguments.wanted_count))
		status = cli_usage("keyring remove: either certificates (files, --fingerprint, --key-id) or --all");
	if (status == STATUS_OK)
		status = remove_certificates(&arguments);
	free(arguments.wanted);
	return status;
}
