-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- The routes of outbound.cfg in Lua. Loaded by kemi.cfg, whose definitions it
-- reads: $def(NAME), quotes included.

local function defined(name)
	return (KSR.pv.gete("$def(" .. name .. ")"):gsub('"', ""))
end

local function relay()
	if KSR.tm.t_relay() < 0 then
		KSR.sl.sl_reply_error()
	end
end

local function in_dialog()
	if KSR.rr.loose_route() > 0 then
		relay()
	elseif KSR.is_ACK() then
		if KSR.tm.t_check_trans() > 0 then
			KSR.tm.t_relay()
		end
	else
		KSR.sl.sl_send_reply(404, "Not Here")
	end
end

-- The caller ID of this call; false when it was refused with a reply.
local function caller_id()
	local pool = KSR.pv.gete("$hdr(X-Pool)")
	if pool == "" then
		pool = defined("POOL")
	else
		KSR.hdr.remove("X-Pool")
	end
	KSR.pv.sets("$avp(pool)", pool)
	-- known to the dialer: the list, and the carrier that the callee is with
	for header, label in pairs({["X-Campaign"] = "campaign",
			["X-Network"] = "network"}) do
		local text = KSR.pv.gete("$hdr(" .. header .. ")")
		if text ~= "" then
			KSR.pv.sets("$rep(" .. label .. ")", text)
			KSR.hdr.remove(header)
		end
	end

	local picked = KSR.reputation.pick(pool, KSR.pv.gete("$rU"),
		defined("CARRIER_A_ROUTE"))
	if picked < 0 then
		KSR.hdr.append_to_reply(
			"X-Reputation: " .. KSR.pv.gete("$rep(reason)") .. "\r\n")
		if picked == -2 then
			-- where it is known how long that will be
			local after = KSR.pv.gete("$rep(retry_after)")
			if after ~= "" then
				KSR.hdr.append_to_reply("Retry-After: " .. after .. "\r\n")
			end
			KSR.sl.sl_send_reply(503, "No Caller ID Available")
		elseif KSR.pv.gete("$rep(reason)") == "bad-callee" then
			KSR.sl.sl_send_reply(484, "Address Incomplete")
		elseif picked == -3 then
			KSR.sl.sl_send_reply(403, "Callee Must Not Be Called")
		else
			KSR.sl.sl_send_reply(400, "Unknown Pool")
		end
		return false
	end
	-- From (put back in replies) and P-Asserted-Identity, before signing
	if KSR.reputation.apply() < 0 then
		KSR.reputation.cancel() -- not used
		KSR.sl.sl_send_reply(500, "Caller ID Not Applied")
		return false
	end
	return true
end

function ksr_request_route()
	if KSR.maxfwd.process_maxfwd(10) < 0 then
		KSR.sl.sl_send_reply(483, "Too Many Hops")
		return 1
	end
	if KSR.sanity.sanity_check(17895, 7) < 0 then
		return 1
	end
	if KSR.is_CANCEL() then
		if KSR.tm.t_check_trans() > 0 then
			KSR.tm.t_relay()
		end
		return 1
	end
	if KSR.siputils.has_totag() > 0 then
		in_dialog()
		return 1
	end
	-- a retransmitted INVITE is answered by tm and must not be picked for twice
	if KSR.tmx.t_precheck_trans() > 0 then
		KSR.tm.t_check_trans()
		return 1
	end
	if KSR.tm.t_check_trans() == 0 then
		return 1
	end
	if not KSR.is_INVITE() then
		KSR.sl.sl_send_reply(405, "Method Not Allowed")
		return 1
	end
	KSR.hdr.remove("Route")

	if caller_id() then
		KSR.rr.record_route()
		-- sign here (STIR), with $rep(number) as the origin and its
		-- $rep(attest), or not at all without one: see outbound.cfg
		KSR.pv.sets("$ru", "sip:" .. KSR.pv.gete("$rU") .. "@"
			.. defined("CARRIER_A"))
		KSR.tm.t_on_failure("ksr_carrier_a_failed")
		relay()
	end
	return 1
end

-- Only trouble of the carrier's own leads to carrier B.
function ksr_carrier_a_failed()
	if KSR.tm.t_is_canceled() > 0 then
		return 1
	end
	if KSR.tm.t_branch_timeout() > 0 then
		if KSR.tm.t_branch_replied() > 0 then
			return 1 -- it rang, and nobody answered
		end
	elseif KSR.tm.t_check_status("5[0-9][0-9]|6[0-9][0-9]") < 0 then
		return 1
	end
	-- keeps the number, takes over the new route; -3 after a 6xx
	if KSR.reputation.pick(KSR.pv.gete("$avp(pool)"), KSR.pv.gete("$rU"),
		defined("CARRIER_B_ROUTE")) < 0 then
		return 1
	end
	KSR.pv.sets("$ru", "sip:" .. KSR.pv.gete("$rU") .. "@"
		.. defined("CARRIER_B"))
	KSR.tm.t_relay()
	return 1
end

-- In place of the event routes.
function ksr_reputation_event(event)
	KSR.notice(event:gsub("^reputation:", "") .. " "
		.. KSR.pv.gete("$rep(number)") .. " of pool "
		.. KSR.pv.gete("$rep(pool)") .. ": "
		.. KSR.pv.gete("$rep(reason)") .. "\n")
	return 1
end
