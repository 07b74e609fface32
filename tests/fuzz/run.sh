#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Run libFuzzer's targets one after the other, and say what each came to:
#
#   tests/fuzz/run.sh BUILT_DIR SECONDS TARGET…
set -eu

built=$1 seconds=$2
shift 2
corpora=$(dirname "$0")/corpus
dictionaries=$(dirname "$0")/dict
status=0

for target in "$@"; do
	mkdir -p "$built/corpus/$target"
	log=$built/$target.log
	set -- -max_total_time="$seconds" -print_final_stats=1 -timeout=10 \
		-rss_limit_mb=2048 -artifact_prefix="$built/$target-"
	dict=$dictionaries/$target.dict
	[ ! -e "$dict" ] || set -- "$@" -dict="$dict"
	if "$built/fuzz_$target" "$@" "$built/corpus/$target" \
		"$corpora/$target" >"$log" 2>&1; then
		found=nothing
	else
		found="a fault, see $log"
		status=1
	fi
	awk -v target="$target" -v found="$found" '
		/number_of_executed_units/ { runs = $2 }
		/ cov: / { for(i = 1; i < NF; i++) if($i == "cov:") edges = $(i + 1) }
		END { printf "%-10s %12s runs, %s edges, found %s\n",
			target, runs ? runs : "?", edges, found }' "$log"
done
exit $status
