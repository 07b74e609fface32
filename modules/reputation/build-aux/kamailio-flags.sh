#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Write the compile flags of the installed Kamailio, and of the libraries, as a
# file for make. Kamailio compares a module's version and flags with its own when it loads the module,
# so they are taken from the binary itself and not from how a source tree would
# be configured here.
#
#   kamailio-flags.sh KAMAILIO SOURCE OUT
#
# KAMAILIO is the program, SOURCE the top of its source tree. OUT is replaced
# only where its content changes: what was built for another Kamailio, or with
# another HIREDIS, is then older than OUT.
set -eu

kamailio=$1 source=$2 out=$3

die() {
	echo "reputation: $*" >&2
	exit 1
}

# The flags that -v prints are those of the file that prints them. In 6.1 they
# hold three DBG_ macros that a header adds there, but not where modules are
# compared. So if the binary holds another such list, that one is compared.
compared() {
	other=$(tr '\0' '\n' <"$program" \
		| grep -aE "^${1%%,*}, [A-Z0-9_, -]+\$" | grep -vxF "$1" || :)
	case $other in
	'' | *"
"*) echo "$1" ;;
	*) echo "$other" ;;
	esac
}

program=$(command -v "$kamailio") || die "$kamailio is not installed:" \
	"'make packages' installs it, with all that building and testing need"
for library in hiredis json-c; do
	pkg-config --exists "$library" || die "the headers of $library are" \
		"missing: 'make packages' installs them"
done
library_cflags=$("$(dirname "$0")/libraries.sh" cflags)
library_libs=$("$(dirname "$0")/libraries.sh" libs)
said=$("$kamailio" -v) || die "'$kamailio -v' failed"

# version: kamailio 6.0.1 (x86_64/linux) 1a2b3c
# shellcheck disable=SC2046 # four words
set -- $(printf '%s\n' "$said" | sed -n \
	's|^version: \([^ ]*\) \([^ ]*\) (\([^/]*\)/\([^)]*\)).*|\1 \2 \3 \4|p')
[ $# = 4 ] || die "'$kamailio -v' prints no version that is understood"
name=$1 version=$2 arch=$3 os=$4
flags=$(compared "$(printf '%s\n' "$said" | sed -n 's/^flags: //p')")
loops=$(printf '%s\n' "$said" | sed -n \
	's/^ADAPTIVE_WAIT_LOOPS \([0-9]*\),.*/\1/p')

case $version in
[0-4].* | 5.[0-5].*) die "$name $version is too old: 5.6 is the first that fits" ;;
esac

defs=$source/src/Makefile.defs
[ -f "$defs" ] || die "no source tree of Kamailio in '$source'"
headers=$(sed -n 's/^\(VERSION\|PATCHLEVEL\|SUBLEVEL\|EXTRAVERSION\) *= *//p' \
	"$defs" | tr -d ' \t' | { read -r a; read -r b; read -r c; read -r d || :
	echo "$a.$b.$c$d"; })
[ "$headers" = "$version" ] || die "the headers in '$source' are those of" \
	"$headers, but $kamailio is $version: give that version's source tree" \
	"as KAMAILIO_SRC"

number() {
	echo "$version" | sed 's/[^0-9.].*//' \
		| awk -F. '{ print $1 * 1000000 + $2 * 1000 + $3 }'
}

# What the flags line names, as macros. Two stand for several: the way of
# waiting for a lock, and the work-around for libssl.
macros() {
	for flag in $(echo "$flags" | tr -d ','); do
		case $flag in
		*-NOSMP) echo NOSMP && flag=${flag%-NOSMP} ;;
		esac
		case $flag in
		FAST_LOCK-ADAPTIVE_WAIT)
			echo FAST_LOCK ADAPTIVE_WAIT "ADAPTIVE_WAIT_LOOPS=${loops:-1024}"
			;;
		FAST_LOCK-BUSY_WAIT) echo FAST_LOCK BUSY_WAIT ;;
		TLS_PTHREAD_MUTEX_SHARED) echo KSR_PTHREAD_MUTEX_SHARED ;;
		*) echo "$flag" ;;
		esac
	done
	# What the headers ask for and the flags line does not name: the same in
	# each of Kamailio's own ways of building it on this system.
	echo USE_CORE_STATS STATISTICS MALLOC_STATS WITH_XAVP CC_GCC_LIKE_ASM
	echo HAVE_GETHOSTBYNAME2 HAVE_UNION_SEMUN HAVE_SCHED_YIELD HAVE_SELECT \
		HAVE_MSG_NOSIGNAL HAVE_MSGHDR_MSG_CONTROL HAVE_ALLOCA_H HAVE_TIMEGM \
		HAVE_SCHED_SETSCHEDULER HAVE_IP_MREQN HAVE_EPOLL HAVE_SIGIO_RT
	echo "__CPU_$arch __OS_$(echo "$os" | tr '[:upper:]' '[:lower:]')"
}

mkdir -p "$(dirname "$out")"
{
	echo "# made by $(basename "$0"): $kamailio, $source"
	echo "KAMAILIO_VERSION := $name $version ($arch/$os)"
	echo "KAMAILIO_FLAGS := $flags"
	printf 'KAMAILIO_DEFS :='
	for macro in $(macros); do
		case $macro in
		*=*) printf ' -D%s' "$macro" ;;
		*) printf ' -D%s=' "$macro" ;;
		esac
	done
	printf " -DNAME='\"%s\"' -DVERSION='\"%s\"' -DVERSIONVAL=%s" \
		"$name" "$version" "$(number)"
	printf " -DARCH='\"%s\"' -DOS_QUOTED='\"%s\"'\n" "$arch" "$os"
	echo "LIBRARY_CFLAGS := $(echo "$library_cflags" | tr '\n' ' ')"
	echo "LIBRARY_LIBS := $(echo "$library_libs" | tr '\n' ' ')"
} >"$out.new"
if cmp -s "$out.new" "$out"; then
	rm "$out.new"
else
	mv "$out.new" "$out"
fi
