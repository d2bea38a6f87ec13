/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HASHSECT_CONTENT_X509_H
#define HASHSECT_CONTENT_X509_H

#include "digest/judge.h"

/* Certificates, then zero bytes: FORMAT.md section 7.3. */
int x509_judge(struct judged *judged);

#endif
