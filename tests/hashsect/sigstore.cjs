// SPDX-License-Identifier: GPL-2.0-or-later
// sigstore.cjs ENVELOPE PUBLIC-KEY: verify a DSSE envelope with @sigstore/verify, by a bare key.
const fs = require("fs");
const crypto = require("crypto");
const { Verifier, toSignedEntity, toTrustMaterial } = require("@sigstore/verify");
const { bundleFromJSON } = require("@sigstore/bundle");
const { TrustedRoot } = require("@sigstore/protobuf-specs");

const [envelope, key] = process.argv.slice(2).map((path) => fs.readFileSync(path, "utf8"));
const bundle = bundleFromJSON({
	mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
	verificationMaterial: { publicKey: { hint: "key" }, tlogEntries: [], timestampVerificationData: { rfc3161Timestamps: [] } },
	dsseEnvelope: JSON.parse(envelope),
});
const root = TrustedRoot.fromJSON({
	mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
	tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [],
});
const trust = toTrustMaterial(root, () => ({ publicKey: crypto.createPublicKey(key), validFor: () => true }));
new Verifier(trust, { ctlogThreshold: 0, tlogThreshold: 0, tsaThreshold: 0, timestampThreshold: 0 }).verify(toSignedEntity(bundle));
