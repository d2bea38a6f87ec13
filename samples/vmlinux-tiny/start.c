/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entry of the tiny "kernel": it boots nowhere, but has what a kernel has: code, data, bss, calls across files. */
#include "trust.h"

#define INIT __attribute__((section(".init.text")))

static const char *const stages[] = {"memory", "interrupts", "scheduler", "keyring"};
static unsigned int stages_done;

static INIT void run_stage(const char *name)
{
	stages_done += name[0] != '\0';
}

INIT int start_kernel(void)
{
	for (unsigned int i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		run_stage(stages[i]);
	return load_builtin_keyring() ? (int)stages_done : -1;
}
