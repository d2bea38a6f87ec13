/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What slot.S is in the kernel, with a second name by which the tests write to it. */
#ifndef TESTS_MODHASH_ROOM_H
#define TESTS_MODHASH_ROOM_H

#include <stdint.h>

enum { ROOM_ENTRIES = 8, ROOM_SIZE = 32 * ROOM_ENTRIES };

/* Room for a table; a root takes its first 36 bytes. */
extern uint8_t room[ROOM_SIZE];

#endif
