// SPDX-License-Identifier: LGPL-2.1-or-later
#include "write/sound.h"

#include "view/check.h"

int check_old(const struct elfsect_view *old, bool *sound, struct elfsect_error *error)
{
	const int ret = elfsect_check(old, ELFSECT_CHECK_RELOCATIONS, error);

	*sound = !ret;
	return ret == -ENOEXEC ? 0 : ret;
}

int check_no_worse(const struct elfsect_view *written, bool was_sound, struct elfsect_error *error)
{
	return was_sound ? elfsect_check(written, ELFSECT_CHECK_RELOCATIONS, error) : check_layout(written, error);
}
