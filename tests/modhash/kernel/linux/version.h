/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linux 6.12, which the stand-ins here are like. */
#ifndef TEST_LINUX_VERSION_H
#define TEST_LINUX_VERSION_H

#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))
#define LINUX_VERSION_CODE	KERNEL_VERSION(6, 12, 0)

#endif
