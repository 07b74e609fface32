#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The benchmarks of docs: tables on the terminal, JSON in build/bench/.
#
#   tests/bench/run.sh [core] [calls] [load] [judgement]    these by default;
#                      store                               what Redis takes
#   tests/bench/run.sh check                         does a call take no more
#                                                    instructions than it did?
#                      dnc                                 a do-not-call list
#
# PYTHON, REPUTATION_MODULE and REPUTATION_REPLAY as for the integration tests;
# JUDGEMENT=--quick for a tenth of the calls, or other options of worlds.py;
# STORE=--quick for a tenth of the sizes, or other options of store.py;
# CHECK=--write to write down what a call takes now;
# DNC="--entries 1000000" and other options of dnc.py.
set -eu

# Paths are relative to the top, which may have a space in its name.
cd "$(dirname "$0")/../.."
here=tests/bench
out=build/bench
python=${PYTHON:-/usr/bin/python3}
engine=modules/reputation/engine
flags="-std=gnu11 -D_GNU_SOURCE -O3 -g -Wall -Wextra -I$engine/.. -I$here"

mkdir -p "$out"
[ $# -gt 0 ] || set -- core calls load judgement

for part in "$@"; do
	case $part in
	core)
		# shellcheck disable=SC2086
		gcc $flags -o "$out/core" "$here"/core*.c "$engine"/*/*.c -lm -lpthread
		"$out/core" "$out/core.json"
		"$python" "$here/instructions.py" "$out/core" "$out/instructions.json"
		;;
	calls)
		"$python" "$here/calls.py" "$out/calls.json"
		;;
	check)
		# shellcheck disable=SC2086
		"$python" "$here/calls.py" --calls 100 --check "$here/calls.json" \
			${CHECK:-}
		;;
	load)
		load="$python $here/load.py --together --rate 250"
		$load "$out/load.json"
		$load --malloc tlsf --redis-rates -- "$out/load-tlsf.json"
		;;
	store)
		# shellcheck disable=SC2086
		"$python" "$here/store.py" ${STORE:-} "$out/store.json"
		;;
	dnc)
		# shellcheck disable=SC2086
		"$python" "$here/dnc.py" ${DNC:-} "$out/dnc.json"
		;;
	judgement)
		for tool in traffic rivals; do
			# shellcheck disable=SC2086
			gcc $flags -o "$out/$tool" "$here/$tool.c" -lm
		done
		# shellcheck disable=SC2086
		"$python" "$here/worlds.py" ${JUDGEMENT:-} --json "$out/worlds.json"
		"$python" "$here/plot_worlds.py" "$out/worlds.json" "$out"
		"$python" "$here/probation.py" --json "$out/probation.json"
		;;
	*)
		echo "$0: no such part: $part" >&2
		exit 2
		;;
	esac
done
