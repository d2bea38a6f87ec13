/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_LINUX_TYPES_H
#define TEST_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef uint32_t __be32;

#endif
