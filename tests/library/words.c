// SPDX-License-Identifier: GPL-2.0-or-later
/* The public headers, all of them, with the words that C++ keeps for itself out of bounds. Only compiled. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC poison class delete explicit export friend mutable namespace new                                           \
operator private protected public template this throw try typename using virtual

#include <elfsect.h>
#include <elfsect_edit.h>
#include <elfsect_keyring.h>
#include <hashsect.h>
