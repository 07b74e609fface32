#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Check that FILES are as clang-format makes them. The versions of clang-format
# differ in what they make of the same .clang-format, so one is the measure:
# Debian 12's. With another, say so and check nothing.
#
#   tests/format.sh FILES
set -eu

measure=14
version=$(clang-format --version | sed 's/.*version \([0-9]*\).*/\1/')
if [ "$version" != $measure ]; then
	echo "lint: format not checked: clang-format $measure is the measure," \
		"here is $version"
	exit 0
fi
clang-format --dry-run --Werror "$@"
