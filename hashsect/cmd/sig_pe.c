// SPDX-License-Identifier: GPL-2.0-or-later
#include "sig_pe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "image/pe_verdict.h"

bool sig_is_pe(const struct sig_file *file)
{
	return pe_recognise(file->bytes, file->size);
}

/* ----------------------------------------------------------------------------------------------------------- rules */

/* Size and CheckSum are those of another file: the one that was signed, or another rebuild of it. */
static int take_reference(const char *path, struct pe_removal_options *options)
{
	struct elfsect_error error;
	struct sig_file file;
	struct pe pe;
	int status = sig_file_open(path, 0, &file);

	if (!status && pe_read(file.bytes, file.size, path, &pe, &error))
		status = cli_error(&error);
	if (!status && pe.table_size)
		status = cli_trouble("%s: it is signed itself", path);
	if (!status) {
		options->rule = PE_CHECKSUM_GIVEN;
		options->checksum = pe_checksum_stored(&pe);
		options->size = pe.size;
	}
	sig_file_close(&file);
	return status;
}

static bool parse_value(const char *word, uint32_t *value)
{
	char *end;
	unsigned long long number;

	if (strncmp(word, "0x", 2) != 0)
		return false;
	errno = 0;
	number = strtoull(word, &end, 16);
	*value = (uint32_t)number;
	return !errno && !*end && end > word + 2 && number <= UINT32_MAX;
}

/* Of strip and attach: words that both know. */
static bool parse_rule(const char *word, struct pe_removal_options *options)
{
	static const struct {
		const char *word;
		enum pe_checksum_rule rule;
	} words[] = {{"zero", PE_CHECKSUM_ZERO}, {"recompute", PE_CHECKSUM_RECOMPUTE}, {"keep", PE_CHECKSUM_KEEP}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(word, words[i].word)) {
			options->rule = words[i].rule;
			return true;
		}
	options->rule = PE_CHECKSUM_GIVEN;
	return parse_value(word, &options->checksum);
}

/* ----------------------------------------------------------------------------------------------------------- strip */

static int strip_options(const char *checksum, uint64_t size, struct pe_removal_options *options)
{
	static const char from[] = "from=";

	*options = (struct pe_removal_options){.size = size};
	if (!checksum || !strcmp(checksum, "auto"))
		return STATUS_OK;
	if (!strncmp(checksum, from, sizeof(from) - 1)) {
		const int status = take_reference(checksum + sizeof(from) - 1, options);

		if (size && !status)
			return cli_usage(
				"--checksum from=FILE gives the size as well: --original-size is one too many");
		return status;
	}
	if (parse_rule(checksum, options))
		return STATUS_OK;
	return cli_usage(
		"--checksum %s: not auto, zero, recompute, keep, from=FILE, or a number in hexadecimal (0x...)",
		checksum);
}

static void say_what_was_restored(const struct sig_file *file, const struct pe *pe,
				  const struct pe_removal_options *options, const struct pe_removal *r)
{
	if (r->proved)
		cli_note("%s: note: CheckSum 0x%x and %ju bytes of padding, proved by the CRC-32 of the image",
			 file->path, r->checksum, (uintmax_t)(pe->table - r->size));
	else if (options->rule == PE_CHECKSUM_AUTO)
		cli_note("%s: note: CheckSum is assumed to have been 0 (--checksum)", file->path);
	if (r->maybe_padding)
		cli_note("%s: note: the last %ju bytes are zero and stay; some may be padding of the signer "
			 "(--original-size)",
			 file->path, (uintmax_t)r->maybe_padding);
}

int sig_pe_strip(const struct sig_file *file, const char *out, const char *checksum, uint64_t size)
{
	struct pe_removal_options options;
	struct pe_removal removal;
	struct elfsect_error error;
	autofree struct pe_table *table = malloc(sizeof(*table));
	autofree uint8_t *bare = NULL;
	struct pe pe;
	int status = strip_options(checksum, size, &options);

	if (status)
		return status;
	if (!table)
		return cli_trouble("%s: %s", file->path, strerror(ENOMEM));
	if (pe_read(file->bytes, file->size, file->path, &pe, &error))
		return cli_error(&error);
	if (!pe.table_size) {
		cli_note("%s: nothing to strip", file->path);
		return out ? sig_file_write(file, out, file->bytes, file->size) : STATUS_OK;
	}
	if (pe_table_read(file->bytes + pe.table, pe.table_size, file->path, table, &error) ||
	    pe_check_order(&pe, &error) || pe_removal_plan(&pe, &options, &removal, &error))
		return cli_error(&error);
	bare = malloc(removal.size);
	if (!bare)
		return cli_trouble("%s: %s", file->path, strerror(ENOMEM));
	pe_remove(&pe, &removal, bare);
	status = sig_file_write(file, out, bare, removal.size);
	if (!status)
		say_what_was_restored(file, &pe, &options, &removal);
	return status;
}

/* --------------------------------------------------------------------------------------------------------- extract */

int sig_pe_extract(const struct sig_file *file, const char *out, bool whole)
{
	autofree struct pe_table *table = malloc(sizeof(*table));
	const struct pe_certificate *first;
	struct elfsect_error error;
	uint32_t checksum;
	struct pe pe;
	int status;

	if (!table)
		return cli_trouble("%s: %s", file->path, strerror(ENOMEM));
	if (pe_read(file->bytes, file->size, file->path, &pe, &error))
		return cli_error(&error);
	if (!pe.table_size)
		return cli_trouble("%s: there is no signature", file->path);
	if (pe_table_read(file->bytes + pe.table, pe.table_size, file->path, table, &error))
		return cli_error(&error);
	first = &table->list[0];
	if (!whole && (table->count != 1 || first->type != PE_TYPE_PKCS7))
		return cli_trouble("%s: %ju entries in its certificate table, the first of type 0x%x: not one PKCS#7 "
				   "message; --trailer extracts the table",
				   file->path, (uintmax_t)table->count, first->type);
	status = whole ? cli_write_output(out, file->bytes + pe.table, pe.table_size)
		       : cli_write_output(out, first->data, first->data_size);
	if (!status && image_unchanged(file->image, &error))
		return cli_error(&error);
	checksum = pe_checksum_stored(&pe);
	if (!status && whole && checksum != pe_checksum_of(pe.bytes, pe.size, pe.checksum))
		cli_note("%s: note: its CheckSum is not the sum of its bytes: to make this file again from the table, "
			 "'sig attach --checksum 0x%x'",
			 file->path, checksum);
	return status;
}

/* ---------------------------------------------------------------------------------------------------------- attach */

/* A table with one entry, as sbsign makes it: the length is that of the message, the padding follows. */
static uint8_t *make_table(const uint8_t *message, uint64_t size, uint64_t *table_size)
{
	enum { REVISION = 0x200 };
	const uint64_t length = PE_CERTIFICATE_HEADER + size;
	uint8_t *table;

	*table_size = (length + PE_ALIGNMENT - 1) / PE_ALIGNMENT * PE_ALIGNMENT;
	table = calloc(1, *table_size);
	if (!table)
		return NULL;
	store_u32(table, ELFDATA2LSB, (uint32_t)length);
	store_u16(table + 4, ELFDATA2LSB, REVISION);
	store_u16(table + 6, ELFDATA2LSB, PE_TYPE_PKCS7);
	memcpy(table + PE_CERTIFICATE_HEADER, message, size);
	return table;
}

static int put_on(const struct sig_file *file, const char *out, const struct pe_removal_options *rule,
		  const struct pe *pe, const uint8_t *table, uint64_t table_size, const char *name)
{
	autofree uint8_t *whole = NULL;
	struct elfsect_error error;
	uint64_t size;

	if (pe->table_size)
		return cli_trouble("%s: it is signed already; 'sig strip' first", file->path);
	if (pe_covers(pe, table, table_size, name, &error) ||
	    pe_attach(pe, table, table_size, rule->rule, rule->checksum, &whole, &size, &error))
		return cli_error(&error);
	return sig_file_write(file, out, whole, size);
}

int sig_pe_attach(const struct sig_file *file, const char *out, const char *checksum, const char *name,
		  const uint8_t *addition, uint64_t size, bool is_table)
{
	struct pe_removal_options rule = {.rule = PE_CHECKSUM_RECOMPUTE};
	autofree uint8_t *made = NULL;
	struct elfsect_error error;
	struct pe pe;

	if (checksum && !parse_rule(checksum, &rule))
		return cli_usage("--checksum %s: not zero, recompute, keep, or a number in hexadecimal (0x...)",
				 checksum);
	if (pe_read(file->bytes, file->size, file->path, &pe, &error))
		return cli_error(&error);
	if (is_table)
		return put_on(file, out, &rule, &pe, addition, size, name);
	made = make_table(addition, size, &size);
	if (!made)
		return cli_trouble("%s: %s", name, strerror(ENOMEM));
	return put_on(file, out, &rule, &pe, made, size, name);
}
