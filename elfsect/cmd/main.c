// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"
#include "commands.h"

static const struct command commands[] = {
	{ "check", cmd_check, "check the structure of ELF files",
	  "FILE...\n"
	  "  exit status 0: every file is sound; 2: what is wrong, and where" },
	{ 0 },
};

static const struct tool tool = {
	.name = "elfsect",
	.version = ELFSECT_VERSION,
	.summary = "Place, list, extract, isolate and remove sections of ELF files without moving anything else.",
	.commands = commands,
};

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
