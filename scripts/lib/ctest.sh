# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Runs tests and counts them. Sourced after common.sh, by scripts with the variables passed, failed and skipped.

# run_ctest NAME DIR [CTEST-OPTION...]: of a folder where they were built. None at all is a failure too.
run_ctest() {
	local name=$1 dir=$2 start=$SECONDS status=0 report lines counts
	shift 2
	echo "--- $name"
	report=$(mktemp)
	ctest --test-dir "$dir" --parallel "$(nproc)" "$@" --output-on-failure --no-tests=error --output-junit "$report" </dev/null || status=$?
	mapfile -t lines < <(python3 "$repo/scripts/lib/report.py" "$report")
	rm -f "$report"
	read -ra counts <<<"${lines[-1]:-0 1}"
	if [[ $status != 0 && ${counts[1]} == 0 ]]; then
		counts[1]=1
	fi
	passed=$((passed + counts[0]))
	failed=$((failed + counts[1]))
	skipped+=("${lines[@]:0:${#lines[@]}-1}")
	echo "--- $name: ${counts[0]} passed, ${counts[1]} failed, $((SECONDS - start)) s"
}
