// SPDX-License-Identifier: GPL-2.0-or-later
#include "print_json.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/tool/cli.h"
#include "base/json.h"

int print_json(struct json_object *object)
{
	char *text = json_text(object);

	if (!text)
		return cli_trouble("out of memory");
	puts(text);
	free(text);
	return STATUS_OK;
}
