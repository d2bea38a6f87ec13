/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is found of the signatures of modules, one file after another. */
#ifndef HASHSECT_REPORT_SIGNATURES_H
#define HASHSECT_REPORT_SIGNATURES_H

#include "modules/signature_verdict.h"
#include "report/files.h"

/** Version of the JSON. New members do not change it. */
enum { SIGNATURE_VERDICTS_SCHEMA = 1 };

/** files_report_signature_verdict() - what is found of a file's outermost signature */
void files_report_signature_verdict(struct files_report *report, const char *path,
				    const struct module_verdict *verdict);

#endif
