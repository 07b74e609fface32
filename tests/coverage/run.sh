#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Which lines do the tests run? Builds everything once more with gcov's
# counters, into build/coverage/, runs unit, store and integration tests, and
# has gcovr sum up. KAMAILIO_SRC, PYTHON, PYTEST_JOBS as for make; STEPS says
# which tests to count: unit store integration.
set -eu
cd "$(dirname "$0")/../.."

steps=${STEPS:-unit store integration}
python=${PYTHON:-/usr/bin/python3}
headers=$(cd "${KAMAILIO_SRC:?}" && pwd)
out=build/coverage
objects=$out/unit/gcc/modules/reputation
gcov='-O0 -g --coverage -fprofile-abs-path -fprofile-update=atomic'
base='-std=gnu11 -D_GNU_SOURCE -Imodules/reputation -Itests/unit'
failed=

again() {
	make --no-print-directory BUILD=$out KAMAILIO_SRC="$headers" "$@"
}

# what is counted is this run alone
mkdir -p $out
find $out -name '*.gcda' -exec rm -f {} +

for step in $steps; do
	case $step in
	unit)
		again UNIT_CC=gcc UNIT_SANITIZE="$gcov" unit || failed="$failed $step"
		;;
	store)
		again UNIT_CC=gcc UNIT_SANITIZE="$gcov" $out/unit/gcc/run
		mkdir -p $out/store
		# shellcheck disable=SC2046,SC2086
		gcc $gcov $base -o $out/store/driver tests/store/driver.c \
			$objects/engine/*/*.o $objects/formats/*.o $objects/store/*.o \
			$out/unit/gcc/tests/unit/mem.o \
			$(modules/reputation/build-aux/libraries.sh libs) -lm -lpthread
		# shellcheck disable=SC2086
		STORE_DRIVER="$PWD/$out/store/driver" "$python" -m pytest -q \
			${PYTEST_JOBS:-} tests/store || failed="$failed $step"
		;;
	integration)
		mkdir -p $out/preload
		gcc -O1 -Wall -Wextra -shared -fPIC -o $out/preload/exit.so \
			tests/coverage/exit.c
		gcc -O1 -Wall -Wextra -fPIC -c -o $out/preload/dump.o \
			tests/coverage/dump.c
		make --no-print-directory -j2 -C modules/reputation \
			KAMAILIO_SRC="$headers" CC='gcc --coverage' \
			CFLAGS="$gcov -std=gnu11 -fPIC -pthread -fvisibility=hidden" \
			EXTRA="../../$out/preload/dump.o" OBJ=../../$out/obj \
			../../$out/obj/reputation.so
		again CC='gcc --coverage' REPLAY_CFLAGS="$gcov $base" replay
		# shellcheck disable=SC2086
		LD_PRELOAD="$PWD/$out/preload/exit.so" \
			REPUTATION_MODULE="$PWD/$out/obj/reputation.so" \
			REPUTATION_REPLAY="$PWD/$out/reputation-replay" \
			"$python" -m pytest -q ${PYTEST_JOBS:-} --dist loadfile \
			tests/integration || failed="$failed $step"
		;;
	esac
done

rm -rf $out/html
mkdir -p $out/html
gcovr --root . --object-directory $out --filter modules/reputation/ \
	-j 2 --html-details $out/html/index.html \
	--html-title 'reputation: coverage' \
	--json $out/lines.json --json-summary $out/summary.json $out
"$python" tests/coverage/rooms.py $out/summary.json
[ -z "$failed" ] || {
	echo "coverage: tests failed:$failed" >&2
	exit 1
}
