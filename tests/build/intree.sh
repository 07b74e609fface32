#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Build the module as one of a Kamailio source tree's own, in each way that
# the tree can be built, and have the Kamailio of that tree load it.
#
#   tests/build/intree.sh SOURCE
#
# SOURCE is not changed: the work is done in a temporary directory, because
# Kamailio's Makefiles cannot be in a path with a space.
set -eu

source=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM

tree() {
	cp -r "$source" "$dir/$1"
	find "$dir/$1" -name '*.[do]' -type f -delete
	rm -rf "$dir/$1/src/config.mak" "$dir/$1/src/modules/reputation"
	cp -r modules/reputation "$dir/$1/src/modules/"
	rm -f "$dir/$1/src/modules/reputation/reputation.so"
}

quietly() {
	"$@" >"$dir/log" 2>&1 || {
		cat "$dir/log"
		echo "intree: failed: $*" >&2
		exit 1
	}
}

# loads TREE KAMAILIO MODULE: the names that are visible are those that
# Kamailio looks up, and it finds them
loads() {
	[ "$(nm -D --defined-only "$3" | wc -l)" = 5 ] || {
		echo "intree: $1: other symbols are visible than the five" >&2
		exit 1
	}
	printf 'loadmodule "reputation.so"\nrequest_route { exit; }\n' \
		>"$dir/test.cfg"
	quietly "$2" -c -f "$dir/test.cfg" -L "$(dirname "$3")" \
		-l udp:127.0.0.1:5060
	echo "intree: built by $1, loaded by $("$2" -v | sed -n 's/^version: //p')"
}

tree make
quietly make -C "$dir/make" cfg
quietly make -C "$dir/make/src" -j2 kamailio
quietly make -C "$dir/make" -j2 modules modules=src/modules/reputation
loads make "$dir/make/src/kamailio" \
	"$dir/make/src/modules/reputation/reputation.so"

if [ -f "$source/CMakeLists.txt" ]; then
	tree cmake
	quietly cmake -S "$dir/cmake" -B "$dir/cmake/build" -DBUILD_DOC=OFF \
		-DMODULE_GROUP_NAME= -DINCLUDE_MODULES=reputation
	quietly cmake --build "$dir/cmake/build" -j2 --target kamailio reputation
	loads cmake "$dir/cmake/build/src/kamailio" \
		"$dir/cmake/build/src/modules/reputation/reputation.so"
fi
echo "intree: passed"
