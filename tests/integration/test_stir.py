# SPDX-License-Identifier: GPL-2.0-or-later
"""The example configuration signs with the number's own attestation."""

import base64
import json
import subprocess

import pytest
from harness import plans
from harness.pools import (EAGER, new_callee, new_numbers, only,
                           write_pool_file)

POOLS = {
    "full": ({new_numbers(1)[0]: {"attest": {"carrier-a": "A",
                                             "carrier-b": "C"}}}, EAGER),
    "partial": ({new_numbers(1)[0]: {"attest": {"carrier-a": "B"}}}, EAGER),
    "second": ({new_numbers(1)[0]: {"attest": {"carrier-b": "B"}}}, EAGER),
    "none": (new_numbers(1), EAGER),
}


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    """A private key of P-256, as SHAKEN has it."""
    path = str(tmp_path_factory.mktemp("stir") / "stir.key")
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey",
                    "-noout", "-out", path], check=True)
    return path


@pytest.fixture(scope="module")
def node(make_shared, peers, key, tmp_path_factory):
    return make_shared.kamailio(
        "outbound.cfg", REDIS="", WITH_STIR=True, STIR_KEY=key,
        STIR_CERTIFICATE="https://cert.example/ours.pem",
        POOL_FILE=write_pool_file(tmp_path_factory.mktemp("pools"), POOLS),
        CARRIER_A=peers[0].address, CARRIER_B=peers[1].address)


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def passports(invite):
    """(header, claims) of each Identity."""
    found = []
    for value in invite.get_all("identity"):
        token = value.split(";")[0].split(".")
        found.append((decoded(token[0]), decoded(token[1])))
    return found


def dial(caller, pool):
    call = caller.call(new_callee(), [f"X-Pool: {pool}"])
    return call, call.callee


@pytest.mark.parametrize("pool,level", [("full", "A"), ("partial", "B")])
def test_signed_with_what_the_number_has_on_the_route(
        caller, peers, pool, level):
    peers[0].behaviour = lambda seen: plans.busy()
    call, callee = dial(caller, pool)
    assert call.status == 486
    seen, = peers[0].to(callee)
    (header, claims), = passports(seen.invite)
    assert header["alg"] == "ES256" and header["ppt"] == "shaken"
    assert header["x5u"] == "https://cert.example/ours.pem"
    assert claims["attest"] == level
    # what is signed is what is shown
    number = only(POOLS, pool)
    assert seen.number == number and seen.asserted == [number]
    assert claims["orig"]["tn"].lstrip("+") == number.lstrip("+")
    assert [tn.lstrip("+") for tn in claims["dest"]["tn"]] == [
        callee.lstrip("+")]


@pytest.mark.parametrize("pool,levels", [
    ("full", ["A", "C"]), ("partial", ["B", None]), ("second", [None, "B"])])
def test_each_branch_by_its_own_route(caller, peers, pool, levels):
    peers[0].behaviour = lambda seen: plans.failed()
    peers[1].behaviour = lambda seen: plans.busy()
    call, callee = dial(caller, pool)
    assert call.status == 486
    for peer, level in zip(peers, levels):
        seen, = peer.to(callee)
        assert [claims["attest"] for _, claims in passports(seen.invite)] == (
            [level] if level else [])
        assert seen.number == only(POOLS, pool)


def test_unsigned_without_an_attestation(caller, peers):
    peers[0].behaviour = lambda seen: plans.busy()
    call, callee = dial(caller, "none")
    assert call.status == 486
    assert peers[0].to(callee)[0].invite.get_all("identity") == []
