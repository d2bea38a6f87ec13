// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"
#include "base/tool/edit.h"

static int recover(void *values, int count, char **paths)
{
	enum elfsect_recovery recovery;
	struct elfsect_error error;
	int status = STATUS_OK;

	(void)values;
	for (int i = 0; i < count; i++) {
		if (elfsect_recover(paths[i], &recovery, &error))
			status = cli_error(&error);
		else if (recovery == ELFSECT_NOTHING_TO_RECOVER)
			cli_note("%s: nothing to recover", paths[i]);
		else
			edit_note_recovery(paths[i], recovery);
	}
	return status;
}

const struct command command_recover = {
	.name = "recover",
	.synopsis = "FILE...",
	.summary = "after an interrupted edit in place, bring the old content back",
	.notes = "While an edit in place runs, the old bytes stand in a journal beside FILE (.FILE.elfsect-journal). "
		 "If the edit was interrupted, this command, and any other that edits FILE, takes it back to its old "
		 "content and removes the journal. A journal that belongs to another file is an error, and stays.",
	.least = 1,
	.operands = "a file is needed",
	.use = OPERANDS_EDITED,
	.run = recover,
};
