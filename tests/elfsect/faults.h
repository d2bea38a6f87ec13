/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults in the calls that change files. The linker puts the functions of faults.c in the place of pwrite, fsync,
 * renameat and so on (--wrap, see CMakeLists.txt); each call is counted, and the one that was asked for goes wrong.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>

/**
 * enum fault - what happens at the chosen call
 * @FAULT_CRASH: the process ends before it
 * @FAULT_CRASH_AFTER: it ends after it
 * @FAULT_TORN: it ends when half of a write is done
 * @FAULT_POWER: it ends, and of what no fsync has covered yet the parts are lost that the bits of the argument name
 * @FAULT_ERROR: it fails with the argument as errno
 * @FAULT_ERRORS: it and all that follow fail
 * @FAULT_SHORT: a write does one half; no error
 * @FAULT_FULL: a write does one half, and the next call fails with the argument as errno
 * @FAULT_MEDDLE: just before it, fault_meddle() is called: somebody else
 * @FAULT_LOST: a write does nothing, and says that it did everything
 */
enum fault {
	FAULT_NONE,
	FAULT_CRASH,
	FAULT_CRASH_AFTER,
	FAULT_TORN,
	FAULT_POWER,
	FAULT_ERROR,
	FAULT_ERRORS,
	FAULT_SHORT,
	FAULT_FULL,
	FAULT_LOST,
	FAULT_MEDDLE,
};

/* The exit status of a process that a fault ended. */
enum { FAULT_STATUS = 99 };

/** fault_arm() - from now on count; the @at-th call (from 1) goes wrong */
void fault_arm(enum fault fault, unsigned int at, int argument);

/** fault_meddle - what FAULT_MEDDLE calls */
extern void (*fault_meddle)(void);

/** fault_power_failure() - with FAULT_POWER, of which the call did not come yet: end the process now */
void fault_power_failure(void);

/** fault_disarm() - Return: how many calls there were */
unsigned int fault_disarm(void);

#endif
