// SPDX-License-Identifier: LGPL-2.1-or-later
#include "draft/finish.h"

#include "draft/layout.h"
#include "draft/names.h"
#include "draft/numbers.h"
#include "draft/symbols.h"

int draft_finish(struct draft *draft, struct elfsect_plan **plan, struct elfsect_error *error)
{
	int ret;

	ret = draft_number(draft, error);
	if (!ret)
		ret = draft_write_names(draft, error);
	if (!ret)
		ret = draft_write_symbols(draft, error);
	if (!ret)
		ret = draft_layout(draft, plan, error);
	return ret;
}
