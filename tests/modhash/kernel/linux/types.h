/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's own header adds to the one for user space, which the C library includes too. */
#ifndef TEST_LINUX_TYPES_H
#define TEST_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;

#endif
