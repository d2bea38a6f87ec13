#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# man_lint.sh PAGE...: mandoc has nothing to say of any of them.
set -euo pipefail
if ! command -v mandoc > /dev/null; then
	echo "skipped: mandoc is not installed"
	exit 77
fi
if ! mandoc -T lint -W warning "$@"; then
	echo "not ok - see above"
	exit 1
fi
echo "ok - $# pages"
