/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HASHSECT_CONTENT_KEYRING_H
#define HASHSECT_CONTENT_KEYRING_H

#include "digest/judge.h"

/* Certificates, a slot for one more, and the words that say how long they are. */
int keyring_judge(struct judged *judged);

#endif
