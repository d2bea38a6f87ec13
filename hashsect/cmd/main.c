// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>

#include "commands.h"
#include "common.h"

static const struct command commands[] = {
	{ "digest", cmd_digest, "print the digest of ELF files, less what the policy excludes",
	  "[options] FILE...\n"
	  "       hashsect digest [options] --check LIST|MANIFEST\n\n" DIGEST_OPTIONS_HELP
	  "  --manifest                 print the manifest of one file: JSON with the hash of every part\n"
	  "  --json                     print digests and exclusions as JSON\n"
	  "  --check LIST|MANIFEST      verify digests that were printed before, or a manifest\n"
	  "  -q, --quiet                do not list what was excluded; with --check: print failures only\n\n"
	  "FILE may be - for standard input. What is excluded is listed on standard error." },
	{ "dump", cmd_dump, "print the canonical records as text, so that two digests can be compared with diff",
	  "[options] FILE\n\n" DIGEST_OPTIONS_HELP },
	{ "compare", cmd_compare, "compare two ELF files, or a file and a manifest",
	  "[options] A B\n\n" DIGEST_OPTIONS_HELP
	  "  --accept-excluded          exit status 0 instead of 3 if only excluded bytes differ\n"
	  "  --json                     print the result as JSON\n"
	  "  -q, --quiet                print nothing\n\n"
	  "Exit status: 0 equal, 1 different, 2 trouble, 3 equal but for the excluded bytes." },
	{ 0 },
};

static const struct tool tool = {
	.name = "hashsect",
	.version = HASHSECT_VERSION " (digest scheme 1)",
	.summary = "Digests of kernel images that leave out key material, after proving that it is key material.",
	.commands = commands,
};

int main(int argc, char **argv)
{
	/* Whether a signature is valid must not depend on the policies of the machine's openssl.cnf. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	return cli_main(&tool, argc, argv);
}
