/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ASM_BYTEORDER_H
#define TEST_ASM_BYTEORDER_H

#include <endian.h>

#define be32_to_cpu be32toh

#endif
