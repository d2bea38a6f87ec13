/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command whose system calls are watched (ptrace), and the one that was asked for goes wrong: unlike faults.h this is
 * the real program, and every call of it, also those that change nothing.
 */
#ifndef TRACED_H
#define TRACED_H

#include <stdbool.h>

/**
 * enum harm - what happens to the command
 * @HARM_KILL: SIGKILL at the chosen stop; each call has two, at its entry and at its exit
 * @HARM_ERROR: the chosen one of the calls that change or reread files is not made, and fails
 * @HARM_ERRORS: so do all that follow
 * @HARM_SHORT: the chosen one of the calls that transfer bytes gets a length of one half
 */
enum harm { HARM_NONE, HARM_KILL, HARM_ERROR, HARM_ERRORS, HARM_SHORT };

/**
 * struct wound - which harm, where
 * @at: from 1; counted from the first call that names a path under @below
 * @error: errno of HARM_ERROR and HARM_ERRORS
 */
struct wound {
	enum harm harm;
	const char *below;
	unsigned int at;
	int error;
};

/**
 * struct traced - what became of the command
 * @status: its exit status, or -1 if a signal ended it
 * @done: the harm was done; if not, the command ended before
 * @call: the name of the system call to which it was done
 * @target: the file descriptor that call was about, as /proc names it; empty if it is about none
 * @messages: what it wrote to standard error
 */
struct traced {
	int status;
	bool done;
	char call[32];
	char target[128];
	char messages[4096];
};

/** traced_run() - standard input is empty, standard output is thrown away */
void traced_run(const char *const argv[], const struct wound *wound, struct traced *traced);

#endif
