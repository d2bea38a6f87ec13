// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Edits in place and their recovery. Every call that changes a file is the one at which the process ends, the power
 * fails or an error comes: afterwards the file is the old or the new one, or recovery makes it the old one.
 */
#include <stdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>

#include "faults.h"
#include "place.h"
#include "sample.h"

/* ------------------------------------------------------------------------------------- in a process of its own */

enum action { EDIT_IN_PLACE, EDIT_REPLACE, RECOVER, EDIT_VERIFIED };

static unsigned int runs;

/* Exit status: 0 done, 1 error, FAULT_STATUS; calls: how many there were, if it came to an end. */
static int run(enum action action, enum fault fault, unsigned int at, int argument, unsigned int *calls)
{
	int pipe_fds[2], status;
	unsigned int count = 0;
	pid_t child;

	assert_int_equal(pipe(pipe_fds), 0);
	fflush(NULL);
	child = fork();
	if (!child) {
		struct elfsect_error error = {""};
		enum elfsect_recovery recovery;
		int ret;

		fault_arm(fault, at, argument);
		ret = action == RECOVER ? elfsect_recover(place.file, &recovery, &error)
					: place_edit(action != EDIT_REPLACE, action == EDIT_VERIFIED, &error);
		if (!ret && fault == FAULT_POWER)
			fault_power_failure();
		count = fault_disarm();
		if (write(pipe_fds[1], &count, sizeof(count)) != sizeof(count) || (ret && !*error.message))
			_exit(3);
		_exit(!!ret);
	}
	close(pipe_fds[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (read(pipe_fds[0], &count, sizeof(count)) != sizeof(count))
		count = 0;
	close(pipe_fds[0]);
	if (calls)
		*calls = count;
	runs++;
	assert_true(WIFEXITED(status));
	assert_int_not_equal(WEXITSTATUS(status), 3);
	return WEXITSTATUS(status);
}

static void recover_ok(enum elfsect_recovery *recovery)
{
	struct elfsect_error error = {""};

	if (elfsect_recover(place.file, recovery, &error))
		fail_msg("%s", error.message);
	assert_false(place_has_journal());
}

/* After an end of any kind. */
static void expect_old_or_new(const char *what, unsigned int at, int argument)
{
	enum elfsect_recovery recovery;
	const enum content before = place_content();

	recover_ok(&recovery);
	if (recovery == ELFSECT_FILE_RESTORED ? place_content() != OLD : before == OTHER || place_content() != before)
		fail_msg("%s at call %u, argument %d: a third content", what, at, argument);
}

static unsigned int count_calls(enum action action)
{
	unsigned int calls;

	place_reset();
	/* An error that never comes: just counting. */
	assert_int_equal(run(action, FAULT_ERROR, 1000000, EIO, &calls), 0);
	assert_int_equal(place_content(), action == RECOVER ? OLD : NEW);
	assert_true(calls >= (action == RECOVER ? 0 : 6));
	return calls;
}

static void ends_anywhere(void **state)
{
	static const enum fault ends[] = {FAULT_CRASH, FAULT_CRASH_AFTER, FAULT_TORN};

	(void)state;
	for (enum action action = EDIT_IN_PLACE; action <= EDIT_REPLACE; action++) {
		const unsigned int calls = count_calls(action);

		for (unsigned int at = 1; at <= calls; at++)
			for (size_t i = 0; i < 3; i++) {
				place_reset();
				run(action, ends[i], at, 0, NULL);
				expect_old_or_new("end", at, (int)i);
			}
	}
}

/* Of what was not synced, every subset may be lost. */
static void power_fails_anywhere(void **state)
{
	(void)state;
	for (enum action action = EDIT_IN_PLACE; action <= EDIT_REPLACE; action++) {
		const unsigned int calls = count_calls(action);

		for (unsigned int at = 1; at <= calls; at++)
			for (int lost = 0; lost < 64; lost++) {
				place_reset();
				assert_int_equal(run(action, FAULT_POWER, at, lost, NULL), FAULT_STATUS);
				expect_old_or_new("power failure", at, lost);
			}
	}
}

/* What was said to be done stays done. */
static void power_fails_afterwards(void **state)
{
	(void)state;
	for (enum action action = EDIT_IN_PLACE; action <= RECOVER; action++)
		for (int lost = 0; lost < 64; lost++) {
			place_reset();
			if (action == RECOVER)
				run(EDIT_IN_PLACE, FAULT_CRASH_AFTER, 5, 0, NULL);
			assert_int_equal(place_has_journal(), action == RECOVER);
			assert_int_equal(run(action, FAULT_POWER, 1000000, lost, NULL), FAULT_STATUS);
			assert_false(place_has_journal());
			assert_int_equal(place_content(), action == RECOVER ? OLD : NEW);
		}
}

static void recovery_ends_anywhere(void **state)
{
	static const enum fault ends[] = {FAULT_CRASH, FAULT_CRASH_AFTER, FAULT_TORN};
	const unsigned int calls = count_calls(EDIT_IN_PLACE);
	unsigned int recoveries = 0;

	(void)state;
	for (unsigned int at = 1; at <= calls; at++)
		for (unsigned int then = 1;; then++) {
			int status;

			place_reset();
			run(EDIT_IN_PLACE, FAULT_CRASH_AFTER, at, 0, NULL);
			if (!place_has_journal())
				break;
			status = run(RECOVER, ends[then % 3], then, 0, NULL);
			expect_old_or_new("end of recovery", at, (int)then);
			if (!status)
				break;
			recoveries++;
			for (int lost = 0; lost < 16; lost++) {
				place_reset();
				run(EDIT_IN_PLACE, FAULT_CRASH_AFTER, at, 0, NULL);
				run(RECOVER, FAULT_POWER, then, lost, NULL);
				expect_old_or_new("power failure in recovery", at, lost);
			}
		}
	assert_true(recoveries >= 10);
	print_message("%u processes ended so far\n", runs);
}

/* The next edit recovers, and succeeds. */
static void next_edit_recovers(void **state)
{
	const unsigned int calls = count_calls(EDIT_IN_PLACE);

	(void)state;
	for (unsigned int at = 1; at <= calls; at++)
		for (enum action next = EDIT_IN_PLACE; next <= EDIT_REPLACE; next++) {
			place_reset();
			run(EDIT_IN_PLACE, FAULT_TORN, at, 0, NULL);
			run(EDIT_IN_PLACE, FAULT_CRASH_AFTER, at, 0, NULL);
			assert_int_equal(run(next, FAULT_NONE, 0, 0, NULL), 0);
			assert_int_equal(place_content(), NEW);
			assert_false(place_has_journal());
		}
}

static void errors_anywhere(void **state)
{
	static const int codes[] = {EIO, ENOSPC, EDQUOT};

	(void)state;
	for (enum action action = EDIT_IN_PLACE; action <= EDIT_REPLACE; action++) {
		const unsigned int calls = count_calls(action);

		for (unsigned int at = 1; at <= calls; at++)
			for (size_t i = 0; i < 6; i++) {
				int status;

				place_reset();
				status = run(action, i < 3 ? FAULT_ERROR : FAULT_FULL, at, codes[i % 3], NULL);
				/* What failed may have had a second way; then all is done. */
				if (!status)
					assert_int_equal(place_content(), NEW);
				else if (place_content() != OLD && (i < 3 ? at : at + 1) != calls)
					fail_msg("error %d at call %u: not the old content", codes[i % 3], at);
				assert_int_not_equal(place_content(), OTHER);
				assert_false(place_has_journal());
			}
	}
}

/* A disk that fails for good: the journal stays until recovery works again. */
static void errors_from_there_on(void **state)
{
	(void)state;
	for (enum action action = EDIT_IN_PLACE; action <= EDIT_REPLACE; action++) {
		const unsigned int calls = count_calls(action);

		for (unsigned int at = 1; at <= calls; at++) {
			place_reset();
			assert_int_equal(run(action, FAULT_ERRORS, at, EIO, NULL), 1);
			if (action == EDIT_REPLACE && at < calls)
				assert_int_equal(place_content(), OLD);
			expect_old_or_new("errors", at, EIO);
		}
	}
}

static void short_writes(void **state)
{
	(void)state;
	for (enum action action = EDIT_IN_PLACE; action <= EDIT_REPLACE; action++) {
		const unsigned int calls = count_calls(action);

		for (unsigned int at = 1; at <= calls; at++) {
			place_reset();
			assert_int_equal(run(action, FAULT_SHORT, at, 0, NULL), 0);
			assert_int_equal(place_content(), NEW);
			assert_false(place_has_journal());
		}
	}
}

/* Reading again what was written shows it. */
static void lost_writes(void **state)
{
	unsigned int noticed = 0;

	(void)state;
	for (enum action action = EDIT_IN_PLACE; action <= EDIT_REPLACE; action++) {
		const unsigned int calls = count_calls(action);

		for (unsigned int at = 1; at <= calls; at++) {
			int status;

			place_reset();
			status = run(action, FAULT_LOST, at, 0, NULL);
			assert_int_equal(place_content(), status ? OLD : NEW);
			assert_false(place_has_journal());
			noticed += status == 1;
		}
	}
	/* Three changes each way. */
	assert_int_equal(noticed, 6);
}

/* A byte that no edit names, and no check minds: of the entry point. */
static void change_another_byte(void)
{
	FILE *file = fopen(place.file, "r+");

	fseek(file, offsetof(Elf64_Ehdr, e_entry), SEEK_SET);
	fputc(0x5a, file);
	fclose(file);
}

static void replace_file(void)
{
	char other[128];

	snprintf(other, sizeof(other), "%s.other", place.file);
	place_put(other, "other", 5);
	rename(other, place.file);
}

static void others_change_other_bytes(void **state)
{
	const unsigned int calls = count_calls(EDIT_VERIFIED);

	(void)state;
	fault_meddle = change_another_byte;
	for (unsigned int at = 1; at <= calls; at++) {
		place_reset();
		/* The last two calls remove the journal; then all has been compared. */
		assert_int_equal(run(EDIT_VERIFIED, FAULT_MEDDLE, at, 0, NULL), at <= calls - 2);
		assert_false(place_has_journal());
	}
}

static void others_replace_the_file(void **state)
{
	const unsigned int calls = count_calls(EDIT_REPLACE);

	(void)state;
	fault_meddle = replace_file;
	/* Between looking and renaming there are two calls, of which the first gives the temporary file its name. */
	for (unsigned int at = 1; at <= calls - 3; at++) {
		place_reset();
		assert_int_equal(run(EDIT_REPLACE, FAULT_MEDDLE, at, 0, NULL), 1);
		assert_int_equal(place_content(), OTHER);
	}
}

#define ANYWHERE(test)                                                                                                 \
	cmocka_unit_test_prestate_setup_teardown(test, place_set_up, place_tear_down,                                  \
						 (void *)(uintptr_t)&sample_variants[0]),                              \
		cmocka_unit_test_prestate_setup_teardown(test, place_set_up, place_tear_down,                          \
							 (void *)(uintptr_t)&sample_variants[3])

int main(void)
{
	const struct CMUnitTest tests[] = {
		ANYWHERE(ends_anywhere),
		ANYWHERE(power_fails_anywhere),
		ANYWHERE(recovery_ends_anywhere),
		ANYWHERE(next_edit_recovers),
		ANYWHERE(errors_anywhere),
		ANYWHERE(errors_from_there_on),
		ANYWHERE(short_writes),
		ANYWHERE(power_fails_afterwards),
		ANYWHERE(lost_writes),
		ANYWHERE(others_change_other_bytes),
		ANYWHERE(others_replace_the_file),
	};

	/* Thousands of processes, each with several fsyncs: in memory they cost nothing. */
	if (!access("/dev/shm", W_OK))
		place_parent = "/dev/shm";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
