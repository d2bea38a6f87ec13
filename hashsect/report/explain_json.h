/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An explanation as an object of JSON, for those that hold one. */
#ifndef HASHSECT_REPORT_EXPLAIN_JSON_H
#define HASHSECT_REPORT_EXPLAIN_JSON_H

#include "base/json.h"
#include "explain/explanation.h"

/** explanation_object() - with causes, following, unexplained, has_lines */
struct json_object *explanation_object(const struct explanation *explanation);

#endif
