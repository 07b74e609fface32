# SPDX-License-Identifier: GPL-2.0-or-later
"""Marks of tests in which the proxy's own timers are the matter: each runs
through a proxy that has such timers (fixture `proxies`)."""

import pytest

# a branch that nobody answers is given up, and one that rings for long
SILENCE_ENDS = pytest.mark.proxy(FR_TIMER=2000)
RINGING_ENDS = pytest.mark.proxy(FR_INV_TIMER=4000)
# a call is short however late its BYE comes
ALL_SHORT = pytest.mark.proxy(SHORT_CALL=600)
