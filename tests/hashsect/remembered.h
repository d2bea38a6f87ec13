/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers of libcrypto that depend on nothing but the bytes they are asked about, remembered: a test that computes the
 * digest of a file a million times, each time with another bit flipped, asks about the same certificates nearly as
 * often. What is remembered is looked up by all the bytes that the answer depends on: nothing is answered with what was
 * said of other bytes.
 *
 * The linker puts these functions in place of libcrypto's (--wrap in CMakeLists.txt). Not for threads.
 */
#ifndef REMEMBERED_H
#define REMEMBERED_H

#include <stdbool.h>

/** remembered_record() - whether new answers are remembered from now on; those that are, are used in any case */
void remembered_record(bool on);

/** remembered_forget() - all of them */
void remembered_forget(void);

#endif
