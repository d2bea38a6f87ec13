// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/files.h"

#include "base/json.h"

void files_report_begin(struct files_report *r, bool json, FILE *out)
{
	*r = (struct files_report){.out = out, .json = json, .list = json ? json_object_new_array() : NULL};
}

int files_report_end(struct files_report *r, int schema)
{
	struct json_object *o;

	if (!r->json)
		return 0;
	o = json_object_new_object();
	json_set(&o, "schema", json_number((uint64_t)schema));
	json_set(&o, "files", r->list);
	r->list = NULL;
	return json_print(o, r->out);
}
