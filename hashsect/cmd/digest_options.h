/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of the commands that compute digests, and what is made of them before the first file is opened. */
#ifndef HASHSECT_CMD_DIGEST_OPTIONS_H
#define HASHSECT_CMD_DIGEST_OPTIONS_H

#include "base/tool/options.h"
#include "hashsect.h"
#include "signer_options.h"

/* NULL or 0: not given. */
struct digest_options {
	const char *policy_name;	/* built-in, or a path */
	struct option_strings excluded; /* --exclude-section, in order */
	const char *hash;
	const char *scope;
	const char *map_path;
	unsigned int threads;
	uint64_t max_size; /* of a decompressed file */
	const char *modules;
	struct signer_options signer_options;
	bool require_proof;
	bool accept_build_id;
	struct hashsect_policy *policy;	  /* owned; NULL until digest_options_ready() */
	struct signers signers;		  /* owned; none until digest_options_begin() */
	struct hashsect_map *map;	  /* owned; NULL until digest_options_begin() */
	struct hashsect_workers *workers; /* for all files of a run; owned; NULL until digest_options_begin() */
};

/* What decides what is excluded; and the limits on time and space. */
extern const struct option_row policy_option_rows[];
extern const struct option_row limit_option_rows[];

/* What decides which records there are, and what they are. */
extern const struct option_row record_option_rows[];

/* All of them: those of records, and evidence. */
extern const struct option_row digest_option_rows[];

#define DIGEST_ROWS(rows, structure, field) GROUP_ROW(rows, struct digest_options, structure, field)

/* For commands that open files and compute no digest. */
#define MAX_SIZE_ROW(structure, field)                                                                                 \
	SIZE_ROW(0, "max-size", "N", structure, field,                                                                 \
		 "refuse a file that decompresses to more than N bytes (1073741824)")

/* Load the policy. Returns an exit status. */
int digest_options_ready(struct digest_options *options);

/* Make the pool of threads, and read what was named: the map, certificates. Returns an exit status. */
int digest_options_begin(struct digest_options *options);

void digest_options_clear(struct digest_options *options);

#endif
