#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Say, before Kamailio does at its start, whether it will load a module: the
# two strings that it compares must be its own.
#
#   kamailio-fits.sh MODULE.so VERSION FLAGS
set -eu

module=$1 version=$2 flags=$3

strings() {
	tr '\0' '\n' <"$module"
}

compare() {
	strings | grep -aqxF "$2" && return
	echo "reputation: $(basename "$module") does not fit this Kamailio, which" \
		"would refuse to load it: its $1 is" \
		"'$(strings | grep -aE "$3" | head -n 1)', Kamailio's is '$2'" >&2
	exit 1
}

compare version "$version" '^[a-z]+ [0-9.]+[^ ]* \([^/ ]+/[^) ]+\)$'
compare "list of flags" "$flags" 'USE_TCP, |, (SHM_MMAP|PKG_MALLOC)'
