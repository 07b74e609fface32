# SPDX-License-Identifier: GPL-2.0-or-later
"""Real servers and SIP peers on loopback, for the integration tests and the
demo. docs/testing.md says what each class is."""
