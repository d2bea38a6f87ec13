// SPDX-License-Identifier: GPL-2.0-or-later
#include "keyring_option.h"

const struct option_row keyring_option_rows[] = {
	OFFER_ROW(0, "slot", "NAME", OPTION_WORDS("linux-extra-cert", "linux-keyring"), struct keyring_option, slot,
		  "linux-keyring (the built-in list), or linux-extra-cert (system_extra_cert)"),
	STRING_ROW(0, "system-map", "FILE", struct keyring_option, map, "the symbols of a stripped kernel"),
	{0},
};
