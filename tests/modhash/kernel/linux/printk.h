/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_LINUX_PRINTK_H
#define TEST_LINUX_PRINTK_H

#include <stdio.h>

#define pr_info(...) ((void)printf(pr_fmt("") __VA_ARGS__))

#endif
