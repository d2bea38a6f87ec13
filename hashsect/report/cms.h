/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What reports say of a module's signature. */
#ifndef HASHSECT_CMS_REPORT_H
#define HASHSECT_CMS_REPORT_H

#include "base/json.h"

#include "trust/cms.h"
#include "trust/cms_outline.h"

/** cms_describe_signer() - "issuer CN=..., serial 01ab" or "key id 12ab": who a signature says has made it */
void cms_describe_signer(const struct cms_signature *signature, char *text, size_t room);

/** cms_outline_text() - "2 signers, hash sha256, algorithm rsaEncryption, with certificates", or what can be read */
void cms_outline_text(const struct cms_outline *outline, char *text, size_t room);

/** cms_algorithm_name() - "RSA" or "ECDSA" */
const char *cms_algorithm_name(const struct cms_signature *signature);

/** cms_object() - hash, algorithm and signer as JSON; the caller releases it */
struct json_object *cms_object(const struct cms_signature *signature);

#endif
