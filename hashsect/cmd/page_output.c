// SPDX-License-Identifier: GPL-2.0-or-later
#include "page_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/tool/output.h"
#include "commands.h"

bool page_is_output(const char *path)
{
	return path && !strcmp(path, "-");
}

int page_write(const char *path, char *page)
{
	const int status = page ? cli_write_output(path, (const uint8_t *)page, strlen(page))
				: cli_trouble("%s: %s", path, strerror(ENOMEM));

	free(page);
	return status;
}
