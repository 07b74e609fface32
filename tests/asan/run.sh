#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The integration tests with the module and reputation-replay under
# AddressSanitizer and UndefinedBehaviorSanitizer, in a Kamailio as it is
# installed. What a process of a proxy reports ends it, and fails the test.
# KAMAILIO_SRC, PYTHON, PYTEST_JOBS, PYTEST_ARGS as for make; FILES: which
# tests, all by default.
set -eu
cd "$(dirname "$0")/../.."

headers=$(cd "${KAMAILIO_SRC:?}" && pwd)
out=build/asan
sanitize='-fsanitize=address,undefined -fno-sanitize-recover=all'
sanitize="$sanitize -fno-omit-frame-pointer"
flags="-std=gnu11 -D_GNU_SOURCE -g -O1 $sanitize"
wrap='-Wl,--wrap=rep_alloc,--wrap=rep_free,--wrap=rep_store_status_destroy'

rm -rf $out/reports
mkdir -p $out/reports
gcc -std=gnu11 -O1 -g -Wall -Wextra -fPIC -c -o $out/shm.o tests/asan/shm.c
make --no-print-directory -j2 -C modules/reputation \
	KAMAILIO_SRC="$headers" CC="gcc $sanitize $wrap" \
	CFLAGS="$flags -fPIC -pthread -fvisibility=hidden" \
	EXTRA=../../$out/shm.o OBJ=../../$out/obj ../../$out/obj/reputation.so
make --no-print-directory -j2 BUILD=$out KAMAILIO_SRC="$headers" \
	CC="gcc $sanitize" \
	REPLAY_CFLAGS="$flags -Imodules/reputation" replay

# the sanitizer sees what one process does with a block of another
# shellcheck disable=SC2086
gcc $flags -Wall -Wextra -o $out/canary tests/asan/canary.c $out/shm.o
for how in none after freed; do
	status=0
	ASAN_OPTIONS=exitcode=99 "$out/canary" $how 2>$out/canary.log || status=$?
	case $how$status in
	none0 | after99 | freed99) ;;
	*)
		cat $out/canary.log
		echo "asan: $how: exit status $status" >&2
		exit 1
		;;
	esac
done

# exit status 99: no test expects it of reputation-replay
status=0
# shellcheck disable=SC2086
env REPUTATION_PRELOAD="$(gcc -print-file-name=libasan.so):$(
	gcc -print-file-name=libubsan.so)" \
	ASAN_OPTIONS="exitcode=99:log_path='$PWD/$out/reports/asan'" \
	LSAN_OPTIONS="print_suppressions=0:suppressions='$PWD/tests/asan/leaks.txt'" \
	UBSAN_OPTIONS="exitcode=99:print_stacktrace=1:log_path='$PWD/$out/reports/ubsan'" \
	REPUTATION_MODULE="$PWD/$out/obj/reputation.so" \
	REPUTATION_REPLAY="$PWD/$out/reputation-replay" \
	"${PYTHON:-/usr/bin/python3}" -m pytest -q ${PYTEST_JOBS:-} \
	--dist loadfile ${FILES:-tests/integration} ${PYTEST_ARGS:-} || status=$?
for report in "$out"/reports/*; do
	[ -e "$report" ] || continue
	status=1
	cat "$report"
done
[ "$status" = 0 ]
