/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels of several releases in one audit: whose modules which of them would load. */
#ifndef HASHSECT_CMD_AUDIT_CROSS_H
#define HASHSECT_CMD_AUDIT_CROSS_H

#include "audit_work.h"

/*
 * Add what is found to those that it is found in: a kernel that trusts a key with which modules of another release are
 * signed, and a module whose own kernel is here and does not trust its key. When all files were judged. Returns 0 or
 * -ENOMEM.
 */
int audit_cross(struct auditing *auditing);

#endif
