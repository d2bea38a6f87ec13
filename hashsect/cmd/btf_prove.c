// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "btf_file.h"
#include "commands.h"
#include "report/btf.h"

struct prove_values {
	const char *base, *official;
	bool json, quiet;
};

static const struct option_row prove_rows[] = {
	STRING_ROW(0, "official", "FILE", struct prove_values, official, "whose types are to be proved; always needed"),
	STRING_ROW(0, "base", "FILE", struct prove_values, base, "the vmlinux that the types of modules continue"),
	FLAG_ROW(0, "json", struct prove_values, json, "print the result as JSON"),
	FLAG_ROW('q', "quiet", struct prove_values, quiet, "print nothing"),
	RULE_ROW(RULE_NEEDED, "official"),
	{0},
};

/* The files, and what the library takes of them. */
struct proving {
	struct btf_file base, official;
	struct btf_file *runs;
	const struct btf **btf;
	int count;
};

static int open_files(const struct prove_values *v, char **paths, struct proving *p, struct elfsect_error *error)
{
	int ret = v->base ? btf_file_open(v->base, NULL, &p->base, error) : 0;

	ret = ret ?: btf_file_open(v->official, p->base.btf, &p->official, error);
	for (int i = 0; i < p->count && !ret; i++) {
		ret = btf_file_open(paths[i], p->base.btf, &p->runs[i], error);
		p->btf[i] = p->runs[i].btf;
	}
	return ret;
}

static void close_files(struct proving *p)
{
	for (int i = 0; i < p->count; i++)
		btf_file_close(&p->runs[i]);
	btf_file_close(&p->official);
	btf_file_close(&p->base);
}

static int finish(const struct prove_values *v, const struct proving *p)
{
	struct btf_proof proof;
	struct elfsect_error error;

	if (btf_prove(p->official.btf, p->btf, (size_t)p->count, &proof, &error))
		return cli_error(&error);
	if (v->json) {
		if (btf_proof_print_json(&proof, v->official, stdout))
			return cli_trouble("%s", strerror(ENOMEM));
	} else if (!v->quiet) {
		btf_proof_print(&proof, v->official, stdout);
	}
	return btf_proven(&proof) ? STATUS_OK : STATUS_DIFFERENT;
}

static int run(void *values, int count, char **paths)
{
	const struct prove_values *v = values;
	struct proving p = {.count = count};
	struct elfsect_error error;
	int status;

	p.runs = calloc((size_t)count, sizeof(*p.runs));
	p.btf = calloc((size_t)count, sizeof(*p.btf));
	if (!p.runs || !p.btf)
		status = cli_trouble("%s", strerror(ENOMEM));
	else
		status = open_files(v, paths, &p, &error) ? cli_error(&error) : finish(v, &p);
	if (p.runs)
		close_files(&p);
	free(p.btf);
	free(p.runs);
	return status;
}

const struct command command_btf_prove = {
	.name = "btf prove",
	.synopsis = "--official FILE [options] RUN...",
	.summary = "prove that another build's .BTF describes this build",
	.notes =
		"Each RUN is what pahole wrote for this build: an ELF file with a section .BTF, or such a section. The "
		"official one describes the build if all its types but functions and prototypes are those of the first "
		"RUN, "
		"its functions have the same names, and each function and prototype is one that some RUN has: pahole "
		"before "
		"1.29, with several threads, differs in nothing else.\n"
		"Exit status: 0 proved, 1 not proved, 2 trouble.",
	.options = prove_rows,
	.values_size = sizeof(struct prove_values),
	.least = 1,
	.operands = "no file given",
	.run = run,
};
