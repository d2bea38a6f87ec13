/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The certificates that signatures are verified against, on the command line. */
#ifndef HASHSECT_CMD_SIGNER_OPTIONS_H
#define HASHSECT_CMD_SIGNER_OPTIONS_H

#include "base/tool/options.h"
#include "trust/signers.h"

/* NULL or 0: not given. */
struct signer_options {
	struct option_strings certificates;
	const char *keyring, *system_map;
};

extern const struct option_row signer_option_rows[];

bool signer_options_given(const struct signer_options *options);

/* Read the certificates; the caller clears them, also after a failure. Returns an exit status. */
int signer_options_take(const struct signer_options *options, struct signers *signers);

#endif
