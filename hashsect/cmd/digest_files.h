/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that compute digests have in common: options, and opening files. */
#ifndef HASHSECT_COMMON_H
#define HASHSECT_COMMON_H

#include <getopt.h>

#include "base/tool/cli.h"
#include "hashsect.h"
#include "image/image.h"
#include "limits.h"
#include "report/manifest.h"

/* Options of every command that computes a digest. */
struct digest_options {
	const char *policy_name;	/* built-in, or a path; NULL: not given */
	struct hashsect_policy *policy; /* owned; NULL until digest_options_ready() */
	const char **excluded;		/* --exclude-section, in order; owned list */
	size_t excluded_count;
	const char *hash;	  /* NULL: not given */
	const char *scope;	  /* NULL: not given */
	const char *map_path;	  /* NULL: not given */
	struct hashsect_map *map; /* owned; NULL until digest_options_begin() */
	unsigned int threads;
	struct hashsect_workers *workers; /* for all files of a run; owned; NULL until digest_options_begin() */
	uint64_t max_size;		  /* of a decompressed file; 0: not given */
	bool require_proof;
	const char *modules; /* NULL: not given */
};

enum {
	OPT_POLICY = 256,
	OPT_EXCLUDE,
	OPT_SCOPE,
	OPT_HASH,
	OPT_REQUIRE_PROOF,
	OPT_MAX_SIZE,
	OPT_MAP,
	OPT_MODULES,
	OPT_FIRST_OWN
};

/* For the option tables of commands. */
#define DIGEST_OPTIONS                                                                                                 \
	{"policy", required_argument, NULL, OPT_POLICY}, {"exclude-section", required_argument, NULL, OPT_EXCLUDE},    \
		{"scope", required_argument, NULL, OPT_SCOPE}, {"hash", required_argument, NULL, OPT_HASH},            \
		{"require-proof", no_argument, NULL, OPT_REQUIRE_PROOF},                                               \
		{"max-size", required_argument, NULL, OPT_MAX_SIZE}, {"map", required_argument, NULL, OPT_MAP},        \
		{"modules", required_argument, NULL, OPT_MODULES},                                                     \
	{                                                                                                              \
		"jobs", required_argument, NULL, 'j'                                                                   \
	}

/* What decides which records there are, and what they are. */
#define RECORD_OPTIONS_HELP                                                                                            \
	"  --policy NAME|FILE         linux (default), strict, or a policy file\n"                                     \
	"  --exclude-section NAME[:CLASS]\n"                                                                           \
	"                             exclude one more section; what it holds must be of CLASS (x509)\n"               \
	"  --scope file|loaded        everything (default), or what the machine would load\n"                          \
	"  --hash NAME                sha256 (default), sha384, sha512, sha3-256, blake2b512\n"                        \
	"  --map FILE                 where the unstripped file has its symbols, for a stripped one; made\n"           \
	"                             by 'hashsect policy resolve'\n" MAX_SIZE_HELP JOBS_HELP

#define DIGEST_OPTIONS_HELP                                                                                            \
	RECORD_OPTIONS_HELP                                                                                            \
	"  --modules ORDER|DIR        prove excluded module hashes by the modules: modules.order, or a\n"              \
	"                             directory with one\n"                                                            \
	"  --require-proof            refuse excluded bytes and layers that do not prove themselves\n"

/* Take one option that getopt_long() returned. Returns false if it is not one of these; a usage error sets *status. */
bool digest_options_take(struct digest_options *options, int c, int *status);

/* Check the options and load the policy. Returns an exit status. */
int digest_options_ready(struct digest_options *options);

/* Make the pool of threads, and load the map, if one was named. Returns an exit status. */
int digest_options_begin(struct digest_options *options);
void digest_options_clear(struct digest_options *options);

/* One file with its digest. The policy may be one made for this file (--exclude-section). */
struct file_digest {
	struct image *image;
	struct elfsect_view *view;
	struct hashsect_policy *own_policy; /* or NULL */
	struct hashsect_digest *digest;
};

/* The policy in force for a file that was digested. */
const struct hashsect_policy *file_policy(const struct digest_options *options, const struct file_digest *file);

/*
 * Open "-" (standard input) or a path, peel its layers, and look at the ELF file inside. What was opened is to be
 * closed by the caller also after a failure: view first. Returns 0 or -errno.
 */
int open_image(const char *path, const struct digest_options *options, struct image **image, struct elfsect_view **view,
	       struct elfsect_error *error);

/* Open a file and compute its digest under the options. Returns 0 or -errno; -EKEYREJECTED if evidence was refuted. */
int file_digest_make(const char *path, const struct digest_options *options, struct file_digest *file,
		     struct elfsect_error *error);
void file_digest_clear(struct file_digest *file);

/* The manifest of a file that was digested; the caller frees it. NULL: no memory. */
struct manifest *file_manifest(const struct file_digest *file, const struct hashsect_policy *policy, bool with_parts);

/* Print why file_digest_make() failed. Returns an exit status: refuted evidence is a failed verification. */
int file_digest_failed(int ret, const struct elfsect_error *error);

/* Turn options and a policy into the library's. */
struct hashsect_options library_options(const struct digest_options *options, const struct hashsect_policy *policy);

/* The policy for a view: the given one, or own_policy made from it for --exclude-section. */
int policy_for_view(const struct digest_options *options, const struct elfsect_view *view,
		    struct hashsect_policy **own_policy, struct elfsect_error *error);

#endif
