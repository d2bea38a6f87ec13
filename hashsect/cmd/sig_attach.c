// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attach_from.h"
#include "commands.h"
#include "sig_pe.h"
#include "trust/cms_outline.h"
#include "base/cleanup.h"

/* The bytes to put behind the module: a whole trailer, or a signature that gets its tail here. */
struct addition {
	uint8_t *bytes; /* owned */
	uint64_t size;
};

/* Of a module: the signature, and behind it what says so. */
static int make_trailer(const char *path, struct addition *a)
{
	struct elfsect_error reason;
	uint8_t *grown;

	if (cms_check_outside(a->bytes, a->size, &reason))
		return cli_trouble("%s: not a detached signature in DER: %s", path, reason.message);
	grown = realloc(a->bytes, a->size + TRAILER_TAIL_SIZE);
	if (!grown)
		return cli_trouble("%s: %s", path, strerror(ENOMEM));
	module_trailer_tail(TRAILER_ID_PKCS7, (uint32_t)a->size, grown + a->size);
	a->bytes = grown;
	a->size += TRAILER_TAIL_SIZE;
	return STATUS_OK;
}

/* All that the parser is told is one byte of a module and the trailer: it must find that byte. */
static int check_trailer(const char *path, const struct addition *a)
{
	struct module_trailer trailer;
	struct elfsect_error error;
	autofree uint8_t *whole = NULL;
	uint64_t size;

	if (module_trailer_append((const uint8_t *)"", 1, a->bytes, a->size, &whole, &size))
		return cli_trouble("%s: %s", path, strerror(ENOMEM));
	if (module_trailer_parse(whole, size, path, &trailer, &error))
		return cli_error(&error);
	if (trailer.kind == TRAILER_NONE || trailer.content_size != 1)
		return cli_trouble("%s: not one whole module trailer", path);
	return STATUS_OK;
}

static int attach_open(const struct sig_file *file, const struct addition *a, const char *out)
{
	struct module_trailer there;
	struct elfsect_error error;
	autofree uint8_t *whole = NULL;
	uint64_t size;
	int status;

	if (!file->size)
		return cli_trouble("%s: it is empty, and a kernel takes no signature of nothing", file->path);
	if (module_trailer_parse(file->bytes, file->size, file->path, &there, &error))
		return cli_error(&error);
	if (module_trailer_append(file->bytes, file->size, a->bytes, a->size, &whole, &size))
		return cli_trouble("%s: %s", file->path, strerror(ENOMEM));
	status = sig_file_write(file, out, whole, size);
	if (!status && there.kind != TRAILER_NONE)
		cli_note("%s: note: it had a trailer already (id_type %u), which is beneath the new one", file->path,
			 there.id_type);
	return status;
}

struct attach_values {
	const char *signature;
	const char *trailer;
	const char *checksum;
	struct attach_from from; /* with -o and --max-size of all forms */
};

static const struct option_row attach_rows[] = {
	STRING_ROW(0, "signature", "DER", struct attach_values, signature,
		   "a detached signature: FILE.p7s, as the kernel's sign-file -d or -p leaves it; of a PE file that of "
		   "'sbattach --detach'"),
	STRING_ROW(0, "trailer", "TRAILER", struct attach_values, trailer,
		   "a whole trailer or certificate table, as 'sig extract --trailer' prints it"),
	OFFER_ROW(0, "checksum", "RULE", OPTION_WORDS("recompute", "keep", "zero"), struct attach_values, checksum,
		  "CheckSum of a PE file afterwards: recompute (the default), keep, zero, or a number (0x...)"),
	STRING_ROW(0, "from", "STORE", struct attach_values, from.store,
		   "whatever this store has for the files, and for the modules in folders"),
	EFFECT_ROW(EFFECT_FILE, 'o', "output", "OUT", struct attach_values, from.out,
		   "write the result there; needed if FILE is compressed"),
	GROUP_ROW(signer_option_rows, struct signer_options, struct attach_values, from.signers),
	FLAG_ROW(0, "require", struct attach_values, from.require,
		 "with --from: exit status 1 if a file stays without a signature"),
	FLAG_ROW(0, "json", struct attach_values, from.json, "with --from: print the result as JSON"),
	FLAG_ROW('v', "verbose", struct attach_values, from.verbose, "with --from: a line for each file"),
	FLAG_ROW('q', "quiet", struct attach_values, from.quiet,
		 "with --from: print only files that stay without a signature"),
	JOBS_ROW(struct attach_values, from.jobs),
	MAX_SIZE_ROW(struct attach_values, from.max_size),
	RULE_ROW(RULE_ONE_OF, "signature", "trailer", "from"),
	RULE_ROW(RULE_GOES_WITH, "from", "certificates", "keyring", "require", "json", "verbose", "quiet", "jobs"),
	RULE_ROW(RULE_EXCLUDE, "from", "checksum"),
	{0},
};

static int attach_to(const struct sig_file *file, const struct attach_values *v, const char *out, struct addition *a)
{
	const char *name = v->signature ? v->signature : v->trailer;
	int status;

	if (sig_is_pe(file))
		return sig_pe_attach(file, out, v->checksum, name, a->bytes, a->size, v->trailer);
	if (v->checksum)
		return cli_trouble("%s: --checksum is for PE files", file->path);
	status = v->signature ? make_trailer(name, a) : check_trailer(name, a);
	return status ? status : attach_open(file, a, out);
}

static int attach(void *values, int count, char **paths)
{
	const struct attach_values *v = values;
	const char *name = v->signature ? v->signature : v->trailer;
	const bool is_stdin = !strcmp(paths[0], "-");
	struct addition addition = {0};
	struct sig_file file = {0};
	int status;

	if (v->from.store)
		return attach_from_store(&v->from, count, paths);
	if (count != 1)
		return cli_usage("exactly one file is needed");
	if (is_stdin && !strcmp(name, "-"))
		return cli_usage("only one of the two can be standard input");
	status = cli_read_file(name, CLI_SMALL_FILE_MAX, &addition.bytes, &addition.size);
	if (!status)
		status = sig_file_open(paths[0], v->from.max_size, &file);
	if (!status)
		status = attach_to(&file, v, v->from.out ? v->from.out : is_stdin ? "-" : NULL, &addition);
	sig_file_close(&file);
	free(addition.bytes);
	return status;
}

#define NOTES                                                                                                          \
	"Whether the signature is one of this module is a question for 'sig verify'. On a PE file it is only put if "  \
	"it is over exactly these bytes; who made it is a question for 'sig verify'.\n\n"                              \
	"From a store nothing is attached that is not a signature of the file: it is looked up by the digest of the "  \
	"file, and verified by a certificate of the store, or only by those given. Exit status: 0 done, also if the "  \
	"store had nothing for some files; 1 a signature of other bytes, or a file that is signed already, or with "   \
	"--require one that stays without; 2 trouble."

const struct command command_sig_attach = {
	.name = "sig attach",
	.synopsis = "{--signature DER | --trailer TRAILER} [options] FILE\n--from STORE [options] FILE...",
	.summary = "append a signature to a module or PE file, or to many what a store has",
	.notes = NOTES,
	.options = attach_rows,
	.values_size = sizeof(struct attach_values),
	.least = 1,
	.operands = "a file is needed",
	.use = OPERANDS_EDITED_WITHOUT_OUTPUT,
	.run = attach,
};
