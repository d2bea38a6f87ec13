// SPDX-License-Identifier: GPL-2.0-or-later
// What samples/library/digest.c does, in C++ and with every public header.
#include <elfsect.h>
#include <elfsect_cleanup.h>
#include <elfsect_edit.h>
#include <elfsect_keyring.h>
#include <hashsect.h>

#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>

static std::string digest_of(const elfsect_view *view)
{
	elfsect_error error;
	hashsect_policy *policy;
	struct hashsect_digest *digest; // "struct": there is a function of this name
	hashsect_options options = {};

	if (hashsect_policy_builtin("linux", &policy, &error))
		throw std::runtime_error(error.message);
	options.struct_size = sizeof(options);
	options.policy = policy;
	const int ret = hashsect_digest(view, &options, &digest, &error);
	const std::string tagged = ret ? "" : digest->tagged;
	if (!ret)
		hashsect_digest_free(digest);
	hashsect_policy_free(policy);
	if (ret)
		throw std::runtime_error(error.message);
	return tagged;
}

// A plan, and how many certificates there are.
static size_t look(const elfsect_view *view)
{
	static const uint8_t data[] = {1, 2, 3};
	elfsect_autoplan elfsect_plan *plan = nullptr;
	elfsect_injection wish = {};
	elfsect_keyring *keyring;
	elfsect_error error;
	size_t count = 0;

	wish.struct_size = sizeof(wish);
	wish.section = ".consumer";
	wish.data = data;
	wish.size = sizeof(data);
	if (elfsect_plan_inject(view, &wish, &plan, &error))
		throw std::runtime_error(error.message);
	if (elfsect_keyring_open(view, nullptr, nullptr, &keyring, nullptr))
		return elfsect_plan_is_empty(plan);
	elfsect_keyring_certificates(keyring, &count);
	elfsect_keyring_close(keyring);
	return count;
}

int main(int argc, char **argv)
{
	elfsect_autoview elfsect_view *view = nullptr;
	elfsect_error error;

	if (argc != 2 || elfsect_view_open(argv[1], &view, &error))
		return 2;
	try {
		std::puts(digest_of(view).c_str());
		look(view);
	} catch (const std::exception &e) {
		std::fprintf(stderr, "%s\n", e.what());
		return 2;
	}
	return 0;
}
