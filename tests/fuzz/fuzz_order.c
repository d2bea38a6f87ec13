// SPDX-License-Identifier: GPL-2.0-or-later
/* A modules.order. */
#include "fuzz.h"
#include "modules/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct module_order order = {0};
	struct elfsect_error error;

	if (!module_order_read(fuzz_file(data, size), &order, &error))
		module_order_clear(&order);
	return 0;
}
