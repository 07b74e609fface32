#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Build the module as one of a Kamailio source tree's own, in each way that
# the tree can be built, and have the Kamailio of that tree load it.
#
#   tests/build/intree.sh SOURCE ...
#
# A SOURCE is not changed: the work is done in a temporary directory, because
# Kamailio's Makefiles cannot be in a path with a space. What is of a version
# that was tried already is passed over.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM

# tree SOURCE NAME: with the module as it would be handed in
tree() {
	cp -r "$1" "$dir/$2"
	find "$dir/$2" -name '*.[do]' -type f -delete
	rm -rf "$dir/$2/src/config.mak" "$dir/$2/src/modules/reputation"
	"${PYTHON:-/usr/bin/python3}" "$here/upstream.py" \
		"$dir/$2/src/modules/reputation"
}

version_of() {
	sed -n 's/^\(VERSION\|PATCHLEVEL\|SUBLEVEL\|EXTRAVERSION\) *= *//p' \
		"$1/src/Makefile.defs" | tr '\n' '.'
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

by_make() {
	tree "$1" make
	quietly make -C "$dir/make" cfg
	quietly make -C "$dir/make/src" -j2 kamailio
	quietly make -C "$dir/make" -j2 modules modules=src/modules/reputation
	quietly make -C "$dir/make/src/modules/reputation" install \
		modules_prefix="$dir/make/installed" modules_dir=
	loads make "$dir/make/src/kamailio" \
		"$dir/make/installed/modules/reputation.so"
	quietly make -C "$dir/make/src/modules/reputation" clean
	[ -z "$(find "$dir/make/src/modules/reputation" -name '*.o' \
		-o -name '*.so')" ] || {
		echo "intree: make clean leaves objects" >&2
		exit 1
	}
	rm -rf "$dir/make"
}

by_cmake() {
	tree "$1" cmake
	quietly cmake -S "$dir/cmake" -B "$dir/cmake/build" -DBUILD_DOC=OFF \
		-DMODULE_GROUP_NAME= -DINCLUDE_MODULES=reputation
	if grep -q 'No documentation found' "$dir/log"; then
		cat "$dir/log"
		exit 1
	fi
	quietly cmake --build "$dir/cmake/build" -j2 --target kamailio reputation
	loads cmake "$dir/cmake/build/src/kamailio" \
		"$dir/cmake/build/src/modules/reputation/reputation.so"
	rm -rf "$dir/cmake"
}

tried=
for source in "$@"; do
	source=$(cd "$source" && pwd)
	version=$(version_of "$source")
	case " $tried " in
	*" $version "*) continue ;;
	esac
	tried="$tried $version"
	by_make "$source"
	[ ! -f "$source/CMakeLists.txt" ] || by_cmake "$source"
done
echo "intree: passed"
