#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The benchmarks of docs: tables on the terminal, JSON in build/bench/.
#
#   tests/bench/run.sh [core] [load] [judgement]     all of them by default
#
# PYTHON and REPUTATION_MODULE as for the integration tests.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$root/build/bench
core=$root/modules/reputation/core
flags="-std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -I$core/.. -I$core -I$here"

mkdir -p "$out"
[ $# -gt 0 ] || set -- core load judgement

for part in "$@"; do
	case $part in
	core)
		# shellcheck disable=SC2086
		gcc $flags -o "$out/core" "$here"/core*.c "$core"/*.c -lm -lpthread
		"$out/core" "$out/core.json"
		;;
	load)
		load="${PYTHON:-/usr/bin/python3} $here/load.py --together --rate 250"
		$load "$out/load.json"
		$load --malloc tlsf --redis-rates -- "$out/load-tlsf.json"
		;;
	judgement)
		[ -e "$here/judgement.c" ] || continue
		# shellcheck disable=SC2086
		gcc $flags -o "$out/judgement" "$here"/judgement*.c "$core"/*.c \
			-I"$root/tests/unit" "$root/tests/unit/mem.c" -lm -lpthread
		"$out/judgement" --quick --json "$out/judgement.json"
		;;
	*)
		echo "$0: no such part: $part" >&2
		exit 2
		;;
	esac
done
