#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Install what building and testing need and is not there yet, by apt; and
# the packages that are named as arguments.
set -eu

want="gcc make pkg-config dpkg-dev bison flex ca-certificates
kamailio kamailio-redis-modules kamailio-json-modules
kamailio-utils-modules kamailio-extra-modules kamailio-lua-modules
redis-server sip-tester
libhiredis-dev libjson-c-dev libcurl4-openssl-dev check
libc6-dev python3 python3-pytest python3-pytest-xdist python3-redis
procps tzdata $*"

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
