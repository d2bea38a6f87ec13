// SPDX-License-Identifier: GPL-2.0-or-later

#include "commands.h"
#include "hashsect.h"
#include "image/spool.h"

/* In the order of the help text. */
/* clang-format off */
static const struct command *const commands[] = {
	&command_digest,
	&command_compare,
	&command_explain,
	&command_audit,
	&command_dump,
	&command_policy_show,
	&command_policy_resolve,
	&command_sig_show,
	&command_sig_verify,
	&command_sig_strip,
	&command_sig_extract,
	&command_sig_attach,
	&command_sig_collect,
	&command_graft,
	&command_attest,
	&command_verify_attestation,
	&command_btf_compare,
	&command_btf_prove,
	&command_modules_list,
	&command_modules_tree,
	&command_modules_embed,
	&command_modules_append,
	&command_modules_verify,
	NULL,
};
/* clang-format on */

static const struct tool tool = {
	.name = "hashsect",
	.version = HASHSECT_VERSION " (digest scheme 1)",
	.summary = "Digests of kernel images that leave out key material, after proving that it is key material.",
	.commands = commands,
	.statuses = "0 equal, valid or done; 1 different or not valid; 2 trouble; 3 equal after exclusions",
	.temporary_folder = spool_folder,
};

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
