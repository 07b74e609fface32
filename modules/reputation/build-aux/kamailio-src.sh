#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fetch the source package of the installed Kamailio into DIR, so that the
# module is compiled against the headers and flags of the very binary that
# will load it. Prints nothing on success.
#
#   kamailio-src.sh DIR [SUITE]
#
# The machine's own apt sources are copied with "deb-src" in place of "deb";
# nothing outside DIR changes. SUITE: the source package of that one of
# Debian's, whatever is installed.
set -eu

dir=$1 suite=${2:-}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

version=$suite
[ -n "$suite" ] \
	|| version=$(dpkg-query -W -f '${source:Version}' kamailio 2>/dev/null) || {
	echo "reputation: the package kamailio is not installed: 'make packages'" \
		"installs it, with all that building and testing need; for another" \
		"Kamailio give KAMAILIO and KAMAILIO_SRC" >&2
	exit 1
}
[ -f "$dir/src/src/Makefile.defs" ] && [ -f "$dir/.version" ] \
	&& [ "$(cat "$dir/.version")" = "$version" ] && exit 0

apt=$dir/apt
rm -rf "$dir/src" "$apt"
mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/archives/partial"

# one-line format: deb -> deb-src; deb822 format: Types: deb -> deb-src
for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
	[ -f "$f" ] || continue
	sed -n 's/^[[:space:]]*deb[[:space:]]/deb-src /p' "$f" \
		>"$apt/parts/$(basename "$f" .list).list"
done
for f in /etc/apt/sources.list.d/*.sources; do
	[ -f "$f" ] || continue
	sed 's/^Types:.*/Types: deb-src/' "$f" >"$apt/parts/$(basename "$f")"
done
# only Debian's own archives hold Kamailio's source
for f in "$apt"/parts/*; do
	grep -q 'debian' "$f" || rm -f "$f"
done
if [ -n "$suite" ]; then
	# shellcheck disable=SC2016 # names of apt-get's
	mirror=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' \
		'Created-By: Packages' | sed -n 's/^Debian|Debian|//p' | head -n 1)
	rm -f "$apt"/parts/*
	echo "deb-src $mirror $suite main" >"$apt/parts/suite.list"
fi

run() {
	apt-get -qq -o Dir::Etc::sourcelist=/dev/null \
		-o Dir::Etc::sourceparts="$apt/parts" \
		-o Dir::State::lists="$apt/lists" \
		-o Dir::Cache::archives="$apt/archives" \
		-o APT::Sandbox::User=root \
		-o APT::Get::List-Cleanup=false "$@"
}

# Every file that the .dsc names is there, but for the upstream signature,
# which some mirrors lack: then it is no longer named.
whole() {
	for dsc in "$dir"/kamailio_*.dsc; do
		[ -f "$dsc" ] || return 1
		sed -i '/\.asc$/d' "$dsc"
		sed -n 's/^ [0-9a-f]\{64\} [0-9]* //p' "$dsc" | while read -r f; do
			[ -f "$dir/$f" ] || exit 1
		done || return 1
	done
}

log=$dir/fetch.log
rm -f "$dir"/kamailio_*
# shellcheck disable=SC3046 # an argument of apt-get
if ! (cd "$dir" && run update && run source --download-only \
	"kamailio${suite:+/}${suite:-=$version}") >"$log" 2>&1 && ! whole; then
	cat "$log" >&2
	echo "reputation: no source package of kamailio $version" \
		"(see above); give KAMAILIO_SRC=dir instead" >&2
	exit 1
fi
dpkg-source --no-check -x "$dir"/kamailio_*.dsc "$dir/src" >>"$log" 2>&1 || {
	cat "$log" >&2
	exit 1
}
rm -rf "$apt"
echo "$version" >"$dir/.version"
