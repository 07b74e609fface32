#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Do on bare Debian systems what README says, with a fresh clone of the
# current commit in a folder with a space in its name. Needs root.
#
#   tests/build/fresh.sh "SUITES" "STEPS"
#
# STEPS: demo, test  README's command, as root
#        readme      README's configuration and the commands below it, and one
#                    call, as root
#        sudo        demo and readme by a user who has sudo, on a system of its
#                    own
#        lint, intree, kinds  make lint, make test-intree, make test-kinds, as
#                    root
#
# The packages come from the mirror that this machine's apt uses; they, and the
# output of each step, are kept in build/fresh. FRESH_KAMAILIO_SRC names a
# Kamailio source tree to use where that mirror has no source package.
#
# A system is a directory. Each step runs in namespaces of its own: when it
# ends, so do its processes and mounts. readme has its own network, too.
set -eu

suites=$1 steps=$2
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || {
	echo "fresh: to make a bare system, root is needed: sudo make test-fresh" >&2
	exit 1
}
[ -z "$(git status --porcelain --untracked-files=no)" ] || echo \
	"fresh: what is not committed is not tested"

out=$PWD/build/fresh
mkdir -p "$out"
dir=$(mktemp -d)
child=
# unshare takes no other signal, and takes all that it started with it
trap '[ -z "$child" ] || kill -KILL "$child" 2>/dev/null || :
	rm -rf --one-file-system "$dir" || {
		sleep 2
		rm -rf --one-file-system "$dir"
	}' EXIT
trap 'exit 1' INT TERM HUP
git bundle create -q "$dir/bundle" HEAD
passed=0 failed=0

# Debian's archive, as apt knows it (after apt-get update)
# shellcheck disable=SC2016
mirror() {
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' \
		'Created-By: Packages' | sed -n 's/^Debian|Debian|//p' | head -n 1
}

# how this machine's apt reaches it
apt_options() {
	apt-config dump | grep -iE \
		'^Acquire::(http|https|Check-Valid-Until|Check-Date|Retries)' \
		| grep -v ' "";$'
	echo 'APT::Get::Assume-Yes "true";'
}

# bare SUITE: $dir/SUITE, which has only what a bare Debian has. The hooks are
# run by a shell of mmdebstrap's.
# shellcheck disable=SC2016
bare() {
	export FRESH_DEBS="$out/debs/$1"
	mkdir -p "$FRESH_DEBS"
	apt_options >"$dir/apt.conf"
	mmdebstrap --quiet --variant=minbase --aptopt="$dir/apt.conf" \
		--skip=download/empty --skip=essential/unlink \
		--setup-hook='mkdir -p "$1/var/cache/apt/archives"' \
		--setup-hook='find "$FRESH_DEBS" -name "*.deb" \
			-exec cp -t "$1/var/cache/apt/archives" {} +' \
		--customize-hook='find "$1/var/cache/apt/archives" -name "*.deb" \
			-exec mv -n -t "$FRESH_DEBS" {} +' \
		"$1" "$dir/$1" "$mirror" >"$out/$1.log" 2>&1 || {
		cat "$out/$1.log"
		return 1
	}
	cp /etc/hosts /etc/resolv.conf "$dir/$1/etc/"
	cp "$dir/bundle" "$dir/$1/srv/"
	if [ -n "${FRESH_KAMAILIO_SRC:-}" ]; then
		cp -r "$FRESH_KAMAILIO_SRC" "$dir/$1/srv/kamailio"
		echo KAMAILIO_SRC=/srv/kamailio >>"$dir/$1/etc/environment"
	fi
}

# inside SYSTEM USER COMMAND [unshare's options]
# shellcheck disable=SC2016
inside() {
	system=$dir/$1 user=$2 command=$3
	shift 3
	FRESH_SYSTEM=$system FRESH_USER=$user FRESH_COMMAND=$command \
		FRESH_DEBS=$out/debs/${system##*/} \
		unshare --mount --pid --ipc --fork --kill-child "$@" sh -euc '
			# ip wants a root that is a mount
			mount --bind "$FRESH_SYSTEM" "$FRESH_SYSTEM"
			cd "$FRESH_SYSTEM"
			ip link set lo up
			mount -t proc proc proc
			mount -t tmpfs tmpfs dev/shm
			mkdir -p dev/pts
			mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
			mkdir -p "${FRESH_DEBS%-sudo}" var/cache/apt/archives
			mount --bind "${FRESH_DEBS%-sudo}" var/cache/apt/archives
			chroot . su - "$FRESH_USER" -c "set -e; $FRESH_COMMAND"' </dev/null &
	child=$!
	status=0
	wait "$child" || status=$?
	child=
	return "$status"
}

# step SYSTEM USER NAME COMMAND ...: run it, and say how it went
step() {
	log=$out/$1-$3.log
	began=$(date +%s)
	if inside "$1" "$2" "$4" ${5:+"$5"} >"$log" 2>&1; then
		passed=$((passed + 1))
		tail -n 3 "$log" | sed 's/^/    /'
		verdict=passed
	else
		failed=$((failed + 1))
		tail -n 40 "$log"
		verdict=FAILED
	fi
	echo "fresh: $1, $3: $verdict after $(($(date +%s) - began)) s"
	[ "$verdict" = passed ]
}

# README's own lines; a user who is not root says sudo
said=$(sed -n 's/^    \(apt-get [^#]*\)/\1/p' README.md)
for command in "make demo" "make test"; do
	grep -q "^    $command\b" README.md || {
		echo "fresh: README does not say '$command'" >&2
		exit 1
	}
done

# prepare SYSTEM USER: what README wants first, and the clone
prepare() {
	as=
	[ "$2" = root ] || as='sudo '
	step "$1" "$2" prepare "$(printf '%s\n' "$said" | sed "s/^/$as/")
		git -c advice.detachedHead=false \
			-c init.defaultBranch=main clone -q /srv/bundle 'a fresh clone'"
}

# steps_of SYSTEM USER STEP ...
steps_of() {
	system_=$1 user_=$2
	shift 2
	prepare "$system_" "$user_" || return 0
	for name in "$@"; do
		cd_="cd 'a fresh clone' &&"
		case $name in
		intree | kinds) step "$system_" "$user_" "$name" "$cd_ make test-$name" ;;
		readme)
			# what make demo or make test would have installed and built
			inside "$system_" "$user_" "$cd_ make packages module" \
				>"$out/$system_-$name.log" 2>&1
			step "$system_" "$user_" "$name" \
				"$cd_ /usr/bin/python3 tests/build/readme.py" --net
			;;
		*) step "$system_" "$user_" "$name" "$cd_ make $name" ;;
		esac || :
	done
}

give_sudo() {
	inside "$1" root "apt-get -qq update
		apt-get -qq install sudo
		useradd -m -s /bin/bash dev
		echo 'dev ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/dev" \
		>"$out/$1-sudo.log" 2>&1 || cat "$out/$1-sudo.log"
}

mirror=$(mirror)
[ -n "$mirror" ] || {
	echo "fresh: apt knows no archive of Debian here: apt-get update" >&2
	exit 1
}
as_root=$(echo "$steps" | tr ' ' '\n' | grep -vx sudo | tr '\n' ' ')
for suite in $suites; do
	if ! bare "$suite"; then
		failed=$((failed + 1))
		echo "fresh: $suite: no bare system could be made"
		continue
	fi
	case " $steps " in
	*" sudo "*)
		cp -a "$dir/$suite" "$dir/$suite-sudo"
		give_sudo "$suite-sudo"
		steps_of "$suite-sudo" dev demo readme
		rm -rf --one-file-system "$dir/$suite-sudo"
		;;
	esac
	if [ -n "$as_root" ]; then
		# shellcheck disable=SC2086
		steps_of "$suite" root $as_root
	fi
	rm -rf --one-file-system "${dir:?}/$suite"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
