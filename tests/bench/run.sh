#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The benchmarks of docs: tables on the terminal, JSON in build/bench/.
#
#   tests/bench/run.sh [core] [load] [judgement]     all of them by default
#
# PYTHON and REPUTATION_MODULE as for the integration tests; JUDGEMENT=--quick
# for a tenth of the runs.
set -eu

# Paths are relative to the top, which may have a space in its name.
cd "$(dirname "$0")/../.."
here=tests/bench
out=build/bench
engine=modules/reputation/engine
flags="-std=gnu11 -D_GNU_SOURCE -O3 -g -Wall -Wextra -I$engine/.. -I$here"

mkdir -p "$out"
[ $# -gt 0 ] || set -- core load judgement

for part in "$@"; do
	case $part in
	core)
		# shellcheck disable=SC2086
		gcc $flags -o "$out/core" "$here"/core*.c "$engine"/*/*.c -lm -lpthread
		"$out/core" "$out/core.json"
		;;
	load)
		load="${PYTHON:-/usr/bin/python3} $here/load.py --together --rate 250"
		$load "$out/load.json"
		$load --malloc tlsf --redis-rates -- "$out/load-tlsf.json"
		;;
	judgement)
		# shellcheck disable=SC2086
		gcc $flags -o "$out/judgement" "$here"/judgement*.c "$engine"/*/*.c \
			-Itests/unit tests/unit/mem.c -lm -lpthread
		# shellcheck disable=SC2086
		"$out/judgement" ${JUDGEMENT:-} --json "$out/judgement.json"
		"${PYTHON:-/usr/bin/python3}" "$here/plot_judgement.py" \
			"$out/judgement.json" "$out"
		;;
	*)
		echo "$0: no such part: $part" >&2
		exit 2
		;;
	esac
done
