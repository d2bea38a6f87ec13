// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest/findings.h"

#include <errno.h>
#include <stdlib.h>

static void finding_clear(struct hashsect_finding *finding)
{
	free(finding->certificate);
	free(finding->symbols);
}

int findings_add(struct findings *f, struct hashsect_finding finding)
{
	struct hashsect_finding *list = reallocarray(f->list, f->count + 1, sizeof(*list));

	if (!list) {
		finding_clear(&finding);
		return -ENOMEM;
	}
	f->list = list;
	list[f->count++] = finding;
	return 0;
}

void findings_clear(struct findings *f)
{
	for (size_t i = 0; i < f->count; i++)
		finding_clear(&f->list[i]);
	free(f->list);
	*f = (struct findings){0};
}
