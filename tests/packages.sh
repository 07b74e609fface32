#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Install, by apt, what is named and not there yet:
#
#   tests/packages.sh [build] [test] [lint] [bench] [coverage] [intree] [fresh]
#                     [fuzz] [zones] [servers]
#   tests/packages.sh --servers
#
# The latter names the servers other than redis-server that this Debian has.
set -eu

servers()
{
	case $(cat /etc/debian_version) in
	12*) ;;
	*) echo valkey-server ;;
	esac
}

if [ "${1:-}" = --servers ]; then
	servers
	exit
fi

# The package with libFuzzer bears the version of Debian's clang; a fresh
# machine's apt does not know it yet.
fuzzer_runtime()
{
	case $(cat /etc/debian_version) in
	12*) echo libclang-rt-14-dev ;;
	13*) echo libclang-rt-19-dev ;;
	*) apt-cache depends clang | sed -n \
		's/.*Depends: clang-\([0-9][0-9]*\)$/libclang-rt-\1-dev/p' ;;
	esac
}

want=
for what in "$@"; do
	case $what in
	build)
		# dpkg-dev: unpacks the source package that holds the headers
		want="$want gcc make pkg-config libc6-dev dpkg-dev ca-certificates
			kamailio libhiredis-dev libjson-c-dev libssl-dev"
		;;
	test)
		want="$want kamailio-redis-modules kamailio-json-modules
			kamailio-utils-modules kamailio-extra-modules
			kamailio-lua-modules kamailio-secsipid-modules
			kamailio-tls-modules
			kamailio-websocket-modules redis-server redis-tools sip-tester
			openssl libcurl4-openssl-dev check python3 python3-pytest
			python3-pytest-xdist python3-redis procps tzdata netbase
			iproute2 valgrind"
		;;
	lint) want="$want clang-format clang-tidy cppcheck shellcheck" ;;
	bench) want="$want python3-matplotlib valgrind" ;;
	coverage) want="$want gcovr" ;;
	intree) want="$want g++ bison flex cmake libssl-dev python3" ;;
	fuzz) want="$want clang $(fuzzer_runtime)" ;;
	zones) want="$want python3 python3-phonenumbers tzdata" ;;
	servers) want="$want $(servers)" ;;
	fresh) want="$want mmdebstrap git iproute2 util-linux" ;;
	*)
		echo "$0: no such set of packages: $what" >&2
		exit 2
		;;
	esac
done

missing=
for p in $want; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null \
		| grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || {
		echo "packages: run as root, or install sudo; missing:$missing" >&2
		exit 1
	}
	sudo=sudo
fi
# Nothing is to be started on this machine by installing it for a test.
if [ ! -e /usr/sbin/policy-rc.d ]; then
	printf '#!/bin/sh\nexit 101\n' | $sudo tee /usr/sbin/policy-rc.d >/dev/null
	$sudo chmod +x /usr/sbin/policy-rc.d
	trap '$sudo rm -f /usr/sbin/policy-rc.d' EXIT
fi
echo "installing:$missing"
$sudo apt-get -qq update
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive \
	apt-get -qq install -y --no-install-recommends $missing >/dev/null
