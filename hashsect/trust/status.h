/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be said of a signature, of whatever kind of file. */
#ifndef HASHSECT_TRUST_STATUS_H
#define HASHSECT_TRUST_STATUS_H

enum signature_status {
	SIGNATURE_GOOD,		  /* by one of the certificates, or by somebody whom one of them certifies */
	SIGNATURE_BAD,		  /* not that of these bytes by the key it names */
	SIGNATURE_NO_CERTIFICATE, /* the key that it names is not among the certificates */
	SIGNATURE_UNSIGNED,	  /* there is none */
	SIGNATURE_MALFORMED,	  /* not sound, or data that do not end where a signature ends */
	SIGNATURE_UNSUPPORTED,	  /* a signature, an algorithm or a form that is not known or not accepted */
};

/** signature_status_name() - "good", "bad", "no certificate", "unsigned", "malformed", "unsupported" */
const char *signature_status_name(enum signature_status status);

/** signature_status_of() - what a failed reading or verification means: -EKEYREJECTED is bad, and so on */
enum signature_status signature_status_of(int ret);

#endif
