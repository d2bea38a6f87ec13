/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "sig attach --from": signatures from a store, for any number of files. */
#ifndef HASHSECT_CMD_ATTACH_FROM_H
#define HASHSECT_CMD_ATTACH_FROM_H

#include "signer_options.h"

struct attach_from {
	const char *store;
	const char *out;
	struct signer_options signers;
	bool require, json, verbose, quiet;
	unsigned int jobs;
	uint64_t max_size;
};

/** attach_from_store() - attach what a store has to files, and to those in folders; returns an exit status */
int attach_from_store(const struct attach_from *values, int count, char **paths);

#endif
