// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/signals.h"

#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/tool/messages.h"

static const char *tool_name;

/* The temporary file to remove if a signal ends the process; written before the flag is set, read after. */
static char temporary[PATH_MAX];
static volatile sig_atomic_t has_temporary;

static void set_temporary(const char *path, void *data)
{
	(void)data;
	has_temporary = 0;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (!path || strlen(path) >= sizeof(temporary))
		return;
	strcpy(temporary, path);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	has_temporary = 1;
}

const struct elfsect_write_options cli_write_options = {ELFSECT_WRITE_OPTIONS_INIT, .on_temporary = set_temporary};

/* In the handlers: only async-signal-safe calls. */
static void remove_temporary(void)
{
	if (has_temporary)
		unlink(temporary);
}

static void on_end(int signal_number)
{
	remove_temporary();
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

void signals_end(const char *text)
{
	ssize_t ignored;

	remove_temporary();
	ignored = write(STDERR_FILENO, tool_name, strlen(tool_name));
	ignored += write(STDERR_FILENO, text, strlen(text));
	(void)ignored;
	_exit(STATUS_TROUBLE);
}

/* Input is mapped: a file that another process truncates meanwhile ends here. */
static void on_sigbus(int signal_number)
{
	(void)signal_number;
	signals_end(": a file shrank, or could not be read, while it was being read\n");
}

void signals_handle(const char *tool)
{
	static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGXCPU, SIGUSR1, SIGUSR2};

	tool_name = tool;
	signal(SIGBUS, on_sigbus);
	/* A file size limit is reported like a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	/* nohup and background jobs have some of them ignored; that stays so. */
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (signal(ends[i], on_end) == SIG_IGN)
			signal(ends[i], SIG_IGN);
}
