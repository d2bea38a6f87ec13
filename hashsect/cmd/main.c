// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <openssl/crypto.h>

#include "commands.h"
#include "digest_files.h"

#define ORDER_HELP                                                                                                     \
	"\n"                                                                                                           \
	"ORDER is a modules.order as a build writes it or as it is installed; DIR is a directory\n"                    \
	"with one."

static const char digest_usage[] =
	"[options] FILE...\n"
	"       hashsect digest [options] --check LIST|MANIFEST\n\n" DIGEST_OPTIONS_HELP
	"  --manifest                 print the manifest of one file: JSON with the hash of every part\n"
	"  --json                     print digests and exclusions as JSON\n"
	"  --check LIST|MANIFEST      verify digests that were printed before, or a manifest\n"
	"  -q, --quiet                do not list what was excluded; with --check: print failures only\n"
	"\n"
	"FILE may be - for standard input. What is excluded is listed on standard error.\n"
	"Exit status: 0 done, or all verified; 1 not verified; 2 trouble; 3 verified, but excluded\n"
	"bytes differ from those of the manifest.";

static const char compare_usage[] =
	"[options] A B\n\n" DIGEST_OPTIONS_HELP
	"  --accept-excluded          exit status 0 instead of 3 if only excluded bytes differ\n"
	"  --json                     print the result as JSON\n"
	"  -q, --quiet                print nothing\n"
	"\n"
	"Exit status: 0 equal, 1 different, 2 trouble, 3 equal but for the excluded bytes.";

static const char dump_usage[] = "[options] FILE\n\n" RECORD_OPTIONS_HELP;

static const char policy_resolve_usage[] =
	"[options] VMLINUX\n\n"
	"  --policy NAME|FILE         linux (default), or a policy file\n"
	"  --exclude-section NAME[:CLASS]\n"
	"                             exclude one more section, as with digest\n"
	"  -o, --output OUT           a file instead of stdout; with --embed, instead of VMLINUX\n"
	"  --embed                    put the map into VMLINUX, as a note that 'objcopy -S' keeps\n" MAX_SIZE_HELP
		JOBS_HELP "\n"
	"VMLINUX has its symbol table. With the map (digest --map), or the note in them, its\n"
	"stripped copies have the digest that it has itself in scope loaded. A map is not\n"
	"trusted: what it says is checked against the file, and what is excluded as always.";

static const char sig_strip_usage[] =
	"[options] FILE...\n\n"
	"  -o, --output OUT           write the result there; needed if the one FILE is compressed\n" MAX_SIZE_HELP "\n"
	"The result is the module byte for byte as it was before it was signed. It is never\n"
	"compressed.";

static const char sig_extract_usage[] =
	"[options] FILE\n\n"
	"  -o, --output OUT           write it there, not to standard output\n"
	"  --trailer                  the whole trailer, of any kind, not the PKCS#7 message in DER\n" MAX_SIZE_HELP;

static const char sig_attach_usage[] =
	"[options] FILE\n\n"
	"  --signature DER            a detached signature: FILE.p7s, as the kernel's sign-file -d or -p\n"
	"                             leaves it\n"
	"  --trailer TRAILER          a whole trailer, as 'sig extract --trailer' prints it\n"
	"  -o, --output OUT           write the result there; needed if FILE is compressed\n" MAX_SIZE_HELP "\n"
	"Whether the signature is one of this module is a question for 'sig verify'.";

static const char sig_verify_usage[] =
	"[options] FILE...\n\n"
	"  --certificates FILE        the signers that are accepted, PEM or DER; may be given several times\n"
	"  --keyring VMLINUX          accept those whose certificates are in this kernel\n"
	"  --system-map FILE          its symbols, if it is stripped\n"
	"  --json                     print the result as JSON\n"
	"  -q, --quiet                print only files that are not good\n" MAX_SIZE_HELP "\n"
	"Exit status: 0 all good; 1 a file is bad, unsigned, malformed, of an unsupported\n"
	"algorithm, or the certificate of its signer was not given; 2 trouble.";

static const char sig_show_usage[] = "[options] FILE...\n\n"
				     "  --json                     print them as JSON\n" MAX_SIZE_HELP;

static const char modules_list_usage[] =
	"[options] ORDER|DIR\n\n"
	"  -o, --output TABLE         write the table: 32 bytes a module, in the order of modules.order\n"
	"  --json                     print the hashes as JSON\n" JOBS_HELP ORDER_HELP;

static const char modules_tree_usage[] =
	"[options] ORDER|DIR\n\n"
	"  -o, --output ROOT          write the root: 36 bytes\n"
	"  --endian little|big        the byte order of the root\n"
	"  --for VMLINUX              the same: that of this kernel\n"
	"  --proofs DIR               write the proof of each module, ready to be appended: DIR/NAME.merkle\n"
	"  --json                     print levels and root as JSON\n" JOBS_HELP ORDER_HELP;

static const char modules_embed_usage[] =
	"[options] VMLINUX ORDER|DIR\n"
	"       hashsect modules embed [options] VMLINUX --table FILE|--root FILE\n\n"
	"  --table FILE               what 'modules list -o' wrote\n"
	"  --root FILE                what 'modules tree -o' wrote\n"
	"  --system-map FILE          the symbols of a stripped kernel\n"
	"  -o, --output OUT           write another file; without it VMLINUX is replaced\n"
	"  --in-place                 write the slot's bytes only, under a journal\n"
	"  --verify                   with --in-place: check all of the file\n" JOBS_HELP ORDER_HELP;

static const char modules_append_usage[] =
	"[options] --proofs DIR ORDER|DIR\n\n"
	"  --proofs DIR               what 'modules tree --proofs' wrote\n"
	"  -o, --output DIR           write the modules there; without it they are replaced\n" ORDER_HELP
	" Modules that end with their proof already are left alone. No module is\n"
	"written before all were checked.";

static const char modules_verify_usage[] = "[options] VMLINUX MODULE...\n\n"
					   "  --system-map FILE          the symbols of a stripped kernel\n"
					   "  --json                     print the verdicts as JSON\n"
					   "  -q, --quiet                print refused modules only\n"
					   "\n"
					   "Exit status: 0 all would be accepted, 1 at least one would not, 2 trouble.";

#define COMMAND(...)                                                                                                   \
	&(const struct command)                                                                                        \
	{                                                                                                              \
		__VA_ARGS__                                                                                            \
	}

static const struct command *const commands[] = {
	COMMAND(.name = "digest", .words = cmd_digest,
		.summary = "print the digest of ELF files, less what the policy excludes", .usage = digest_usage),
	COMMAND(.name = "compare", .words = cmd_compare, .summary = "compare two ELF files, or a file and a manifest",
		.usage = compare_usage),
	COMMAND(.name = "dump", .words = cmd_dump, .summary = "print what the digest covers as text, for diff",
		.usage = dump_usage),
	COMMAND(.name = "policy show", .words = cmd_policy_show,
		.summary = "print the canonical text of a policy, which every digest under it covers",
		.usage = "linux|strict|FILE"),
	COMMAND(.name = "policy resolve", .words = cmd_policy_resolve,
		.summary = "print a linked file's map: where it has what the policy excludes",
		.usage = policy_resolve_usage),
	COMMAND(.name = "sig show", .words = cmd_sig_show,
		.summary = "list the layers of modules: compression, signatures and their signers, proofs",
		.usage = sig_show_usage),
	COMMAND(.name = "sig verify", .words = cmd_sig_verify, .summary = "verify the outermost signature of modules",
		.usage = sig_verify_usage),
	COMMAND(.name = "sig strip", .words = cmd_sig_strip, .summary = "remove the outermost signature of modules",
		.usage = sig_strip_usage),
	COMMAND(.name = "sig extract", .words = cmd_sig_extract, .summary = "print the outermost signature of a module",
		.usage = sig_extract_usage),
	COMMAND(.name = "sig attach", .words = cmd_sig_attach, .summary = "append a signature to a module",
		.usage = sig_attach_usage),
	COMMAND(.name = "modules list", .words = cmd_modules_list,
		.summary = "hash the modules of a kernel: the flat table", .usage = modules_list_usage),
	COMMAND(.name = "modules tree", .words = cmd_modules_tree,
		.summary = "hash the modules of a kernel: the Merkle tree, its root and its proofs",
		.usage = modules_tree_usage),
	COMMAND(.name = "modules embed", .words = cmd_modules_embed,
		.summary = "put a table or a root into a kernel, as its slot wants it", .usage = modules_embed_usage),
	COMMAND(.name = "modules append", .words = cmd_modules_append, .summary = "append to each module its proof",
		.usage = modules_append_usage),
	COMMAND(.name = "modules verify", .words = cmd_modules_verify,
		.summary = "say of modules what a kernel with these hashes says", .usage = modules_verify_usage),
	NULL,
};

static const struct tool tool = {
	.name = "hashsect",
	.version = HASHSECT_VERSION " (digest scheme 1)",
	.summary = "Digests of kernel images that leave out key material, after proving that it is key material.",
	.commands = commands,
	.statuses = "0 equal, valid or done; 1 different or not valid; 2 trouble; 3 equal after exclusions",
};

int main(int argc, char **argv)
{
	/* Whether a signature is valid must not depend on the policies of the machine's openssl.cnf. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	return cli_main(&tool, argc, argv);
}
