// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"

/* In the order of the help text. */
static const struct command *const commands[] = {
	&command_list,
	&command_check,
	&command_extract,
	&command_inject,
	&command_clear,
	&command_isolate,
	&command_rename,
	&command_remove,
	&command_recover,
	&command_keyring_list,
	&command_keyring_add,
	&command_keyring_remove,
	NULL,
};

static const struct tool tool = {
	.name = "elfsect",
	.version = ELFSECT_VERSION,
	.summary = "Place, list, extract, isolate and remove sections of ELF files without moving anything else.",
	.commands = commands,
	.statuses = "0 done; 1 what 'keyring remove' should remove is not there; 2 trouble",
};

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
