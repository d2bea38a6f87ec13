/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is found in one file, by one thread; afterwards put together. */
#ifndef HASHSECT_CMD_AUDIT_FINDINGS_H
#define HASHSECT_CMD_AUDIT_FINDINGS_H

#include "base/hash.h"
#include "image/image.h"
#include "modules/release.h"
#include "report/audit.h"
#include "report/manifest.h"

/* All zero at first; audit_one_clear() releases what was not taken out. */
struct audit_one {
	bool is_module, is_signed_image, has_digest;
	bool is_broken; /* it cannot be taken apart, which is said */
	enum signature_status signature;
	char signer[2 * SHA256_SIZE + 1]; /* fingerprint of the certificate that it is by; "": none */
	char release[RELEASE_MAX];	  /* of a kernel, or that a module is for; "": not known */
	bool is_listed;
	struct manifest *manifest;
	struct audit_finding *findings;
	size_t finding_count;
	struct audit_certificate *certificates;
	size_t certificate_count;
	uint8_t **ders; /* of the certificates, copies; sizes in their descriptions */
};

/* One more finding, with a copy of the detail, which may be NULL; NULL: no memory. The path is that of the file. */
struct audit_finding *audit_add(struct audit_one *one, enum audit_kind kind, const char *path, const char *detail);

/* Private keys in bytes; 0 or -ENOMEM. */
int audit_private_keys(struct audit_one *one, const char *path, const uint8_t *bytes, uint64_t size, bool is_inside);

/* The certificates of a kernel; 0 or -ENOMEM. */
int audit_keyring(struct audit_one *one, const char *path, const struct elfsect_keyring *keyring);

/* What a digest leaves out; takes the manifest over; 0 or -ENOMEM. */
int audit_exclusions(struct audit_one *one, const char *path, struct manifest *manifest);

/* Age, strength and use of a certificate, once it is known what it signed; @now in the form of its times. */
int audit_certificate(struct audit_one *one, const struct audit_certificate *certificate, const char *now,
		      bool has_modules);

void audit_one_clear(struct audit_one *one);

#endif
