#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Flags for hiredis and json-c, with TLS to Redis where hiredis has it (1.0 or
# newer, with hiredis_ssl).
#
#   libraries.sh cflags|libs
#
# HIREDIS: the folder that another hiredis was installed in (make USE_SSL=1
# PREFIX=... install). It is linked statically: the module does not need that
# folder any more, and a module that uses Debian's does not meet it.
set -eu

case ${1:-} in
cflags | libs) ;;
*)
	echo "usage: $0 cflags|libs" >&2
	exit 2
	;;
esac
if [ -z "${HIREDIS:-}" ]; then
	if pkg-config --exists hiredis_ssl openssl; then
		[ "$1" = libs ] || echo "-DREP_TLS"
		exec pkg-config "--$1" hiredis_ssl hiredis openssl json-c
	fi
	exec pkg-config "--$1" hiredis json-c
fi
lib=$HIREDIS/lib
[ -f "$lib/libhiredis_ssl.a" ] || {
	echo "reputation: HIREDIS: there is no $lib/libhiredis_ssl.a" >&2
	exit 1
}
if [ "$1" = cflags ]; then
	echo "-DREP_TLS -I$HIREDIS/include"
else
	echo "$lib/libhiredis_ssl.a $lib/libhiredis.a -Wl,--exclude-libs,ALL"
fi
exec pkg-config "--$1" openssl json-c
