/* SPDX-License-Identifier: GPL-2.0-or-later
 * INVITE with Replaces (RFC 3891): who calls wants the place of a party in one of our calls.
 *
 * pjsua would answer it and end the other call by itself, beside our calls; so the header is taken away before it gets
 * there, and Python asks which call was meant while it handles the INVITE. All in the thread that handles SIP.
 */
#include "lineaudio.h"

static int wanted = PJSUA_INVALID_ID;   /* of the INVITE that is handled now */

static int refuse(pjsip_rx_data *rdata, int status)
{
	pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, status, NULL, NULL, NULL);
	return PJ_TRUE;
}

/* Section 3: what cannot be replaced, and how that is said; 0 when it can. */
static int why_not(const pjsip_replaces_hdr *header, const pjsip_inv_session *inv)
{
	if (!inv || !inv->mod_data[pjsua_var.mod.id])
		return 481;
	if (inv->state >= PJSIP_INV_STATE_DISCONNECTED)
		return 603;
	if (inv->state >= PJSIP_INV_STATE_CONNECTING)
		return header->early_only ? 486 : 0;
	return inv->role == PJSIP_ROLE_UAC ? 0 : 481;
}

static pj_bool_t on_request(pjsip_rx_data *rdata)
{
	static const pj_str_t name = { "Replaces", 8 };
	pjsip_replaces_hdr *header;
	pjsip_inv_session *inv;
	pjsip_dialog *dlg;
	int status;

	wanted = PJSUA_INVALID_ID;
	if (rdata->msg_info.msg->line.req.method.id != PJSIP_INVITE_METHOD)
		return PJ_FALSE;
	header = pjsip_msg_find_hdr_by_name(rdata->msg_info.msg, &name, NULL);
	if (!header)
		return PJ_FALSE;
	if (rdata->msg_info.to->tag.slen || pjsip_msg_find_hdr_by_name(rdata->msg_info.msg, &name, header->next))
		return refuse(rdata, 400);
	dlg = pjsip_ua_find_dialog(&header->call_id, &header->to_tag, &header->from_tag, PJ_TRUE);
	if (!dlg)
		return refuse(rdata, 481);
	inv = pjsip_dlg_get_inv_session(dlg);
	status = why_not(header, inv);
	if (!status)
		wanted = ((pjsua_call *)inv->mod_data[pjsua_var.mod.id])->index;
	pjsip_dlg_dec_lock(dlg);
	if (status)
		return refuse(rdata, status);
	pj_list_erase(header);
	return PJ_FALSE;
}

int la_replaces_install(void)
{
	static pjsip_module module = {
		.name = { "invite-replaces", 15 }, .id = -1,
		.priority = PJSIP_MOD_PRIORITY_UA_PROXY_LAYER - 1, .on_rx_request = on_request,
	};

	return pjsip_endpt_register_module(pjsua_get_pjsip_endpt(), &module) == PJ_SUCCESS ? 0 : -1;
}

int la_replaces_call(void)
{
	return wanted;
}
