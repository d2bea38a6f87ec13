// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>

#include "commands.h"
#include "common.h"
#include "sig_file.h"

#define MODULES_JOBS_HELP "  -j, --jobs N               threads, up to 32 (default: one a processor)\n"

#define MODULES_ORDER_HELP \
	"\nORDER is a modules.order as a build writes it or as it is installed; DIR is a directory with one.\n"

static const struct command commands[] = {
	{ "digest", cmd_digest, "print the digest of ELF files, less what the policy excludes",
	  "[options] FILE...\n"
	  "       hashsect digest [options] --check LIST|MANIFEST\n\n" DIGEST_OPTIONS_HELP
	  "  --manifest                 print the manifest of one file: JSON with the hash of every part\n"
	  "  --json                     print digests and exclusions as JSON\n"
	  "  --check LIST|MANIFEST      verify digests that were printed before, or a manifest\n"
	  "  -q, --quiet                do not list what was excluded; with --check: print failures only\n\n"
	  "FILE may be - for standard input. What is excluded is listed on standard error." },
	{ "dump", cmd_dump, "print the canonical records as text, so that two digests can be compared with diff",
	  "[options] FILE\n\n" DIGEST_OPTIONS_HELP },
	{ "compare", cmd_compare, "compare two ELF files, or a file and a manifest",
	  "[options] A B\n\n" DIGEST_OPTIONS_HELP
	  "  --accept-excluded          exit status 0 instead of 3 if only excluded bytes differ\n"
	  "  --json                     print the result as JSON\n"
	  "  -q, --quiet                print nothing\n\n"
	  "Exit status: 0 equal, 1 different, 2 trouble, 3 equal but for the excluded bytes." },
	{ "sig strip", cmd_sig_strip, "remove the outermost signature of modules",
	  "[options] FILE...\n\n"
	  "  -o, --output OUT   write the result there; needed if the one FILE is compressed\n" SIG_MAX_SIZE_HELP
	  "\nThe result is the module byte for byte as it was before it was signed. It is never compressed." },
	{ "sig extract", cmd_sig_extract, "print the outermost signature of a module",
	  "[options] FILE\n\n"
	  "  -o, --output OUT   write it there, not to standard output\n"
	  "  --trailer          the whole trailer, of any kind, instead of the PKCS#7 message in DER\n" SIG_MAX_SIZE_HELP },
	{ "sig attach", cmd_sig_attach, "append a signature to a module",
	  "[options] FILE\n\n"
	  "  --signature DER    a detached signature: FILE.p7s, as the kernel's sign-file -d or -p leaves it\n"
	  "  --trailer TRAILER  a whole trailer, as 'sig extract --trailer' prints it\n"
	  "  -o, --output OUT   write the result there; needed if FILE is compressed\n" SIG_MAX_SIZE_HELP
	  "\nWhether the signature is one of this module is a question for 'sig verify'." },
	{ "sig verify", cmd_sig_verify, "verify the outermost signature of modules",
	  "[options] FILE...\n\n"
	  "  --certificates F   the signers that are accepted, PEM or DER; may be given several times\n"
	  "  --keyring VMLINUX  accept those whose certificates are in this kernel\n"
	  "  --system-map MAP   its symbols, if it is stripped\n"
	  "  --json             print the result as JSON\n"
	  "  -q, --quiet        print only files that are not good\n" SIG_MAX_SIZE_HELP
	  "\nExit status: 0 all good; 1 a file is bad, unsigned, malformed, of an unsupported algorithm, or the certificate of its\n"
	  "signer was not given; 2 trouble." },
	{ "sig show", cmd_sig_show, "list the layers of modules: compression, signatures and their signers, proofs",
	  "[options] FILE...\n\n"
	  "  --json             print them as JSON\n" SIG_MAX_SIZE_HELP },
	{ "policy resolve", cmd_policy_resolve, "print a linked file's map: where it defines what the policy excludes",
	  "[options] VMLINUX\n"
	  "  --policy NAME|FILE         linux (default), or a policy file\n"
	  "  --exclude-section NAME[:CLASS]\n"
	  "                             exclude one more section, as with digest\n"
	  "  -o, --output OUT           a file instead of stdout; with --embed, instead of VMLINUX\n"
	  "  --embed                    put the map into VMLINUX, as a note that survives 'objcopy -S'\n"
	  "  -j, --jobs N               threads, up to 32 (default: one a processor)\n\n"
	  "VMLINUX has its symbol table. With the map (digest --map), or the note in them, its\n"
	  "stripped copies have the digest that it has itself in scope loaded. A map is not\n"
	  "trusted: what it says is checked against the file, and what is excluded as always." },
	{ "policy show", cmd_policy_show, "print the canonical text of a policy, which every digest under it covers",
	  "linux|strict|FILE" },
	{ "modules list", cmd_modules_list, "hash the modules of a kernel: the flat table",
	  "[options] ORDER|DIR\n\n"
	  "  -o, --output TABLE         write the table: 32 bytes a module, in the order of modules.order\n"
	  "  --json                     print the hashes as JSON\n" MODULES_JOBS_HELP MODULES_ORDER_HELP },
	{ "modules tree", cmd_modules_tree, "hash the modules of a kernel: the Merkle tree, its root and its proofs",
	  "[options] ORDER|DIR\n\n"
	  "  -o, --output ROOT          write the root: 36 bytes\n"
	  "  --endian little|big        the byte order of the root\n"
	  "  --for VMLINUX              the same: that of this kernel\n"
	  "  --proofs DIR               write the proof of each module, ready to be appended: DIR/NAME.merkle\n"
	  "  --json                     print levels and root as JSON\n" MODULES_JOBS_HELP MODULES_ORDER_HELP },
	{ "modules embed", cmd_modules_embed, "put module hashes into a kernel: its slot says whether a table or a root",
	  "[options] VMLINUX ORDER|DIR\n"
	  "       hashsect modules embed [options] VMLINUX --table FILE|--root FILE\n\n"
	  "  --table FILE               what 'modules list -o' wrote\n"
	  "  --root FILE                what 'modules tree -o' wrote\n"
	  "  --system-map FILE          the symbols of a kernel without a symbol table\n"
	  "  -o, --output FILE          write another file; without it VMLINUX is replaced\n"
	  "  --in-place                 write the slot's bytes only, under a journal\n"
	  "  --verify                   with --in-place: check all of the file\n" MODULES_JOBS_HELP MODULES_ORDER_HELP },
	{ "modules append", cmd_modules_append, "append the proof of each module to it",
	  "[options] --proofs DIR ORDER|DIR\n\n"
	  "  --proofs DIR               what 'modules tree --proofs' wrote\n"
	  "  -o, --output DIR           write the modules there; without it they are replaced\n" MODULES_ORDER_HELP
	  "\nModules that end with their proof already are left alone. No module is written before all were checked." },
	{ "modules verify", cmd_modules_verify, "say of modules what a kernel with these hashes says",
	  "[options] VMLINUX MODULE...\n\n"
	  "  --system-map FILE          the symbols of a kernel without a symbol table\n"
	  "  --json                     print the verdicts as JSON\n"
	  "  -q, --quiet                print refused modules only\n\n"
	  "Exit status: 0 all would be accepted, 1 at least one would not, 2 trouble." },
	{ 0 },
};

static const struct tool tool = {
	.name = "hashsect",
	.version = HASHSECT_VERSION " (digest scheme 1)",
	.summary = "Digests of kernel images that leave out key material, after proving that it is key material.",
	.commands = commands,
};

int main(int argc, char **argv)
{
	/* Whether a signature is valid must not depend on the policies of the machine's openssl.cnf. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	return cli_main(&tool, argc, argv);
}
