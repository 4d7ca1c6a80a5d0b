/* SPDX-License-Identifier: GPL-2.0-or-later
 * REFER inside a call (RFC 3515): the party asks to be replaced by somebody else.
 *
 * pjsua would call that somebody itself, beside our calls; so REFER is answered here before it gets there, and fetched
 * by Python, which knows who talks with whom. Everything runs in the thread that handles SIP.
 */
#include "lineaudio.h"

enum { RING = 32 };

static struct la_refer ring[RING];
static bool allowed[PJSUA_MAX_ACC];
static unsigned head, tail;

static int call_of(pjsip_dialog *dlg)
{
	pjsip_inv_session *inv = pjsip_dlg_get_inv_session(dlg);
	pjsua_call *call = inv ? inv->mod_data[pjsua_var.mod.id] : NULL;

	return call ? (int)call->index : PJSUA_INVALID_ID;
}

static void copy(char *to, size_t room, const pj_str_t *from)
{
	size_t length = (size_t)from->slen < room ? (size_t)from->slen : 0;     /* what does not fit is as good as nothing */

	memcpy(to, from->ptr, length);
	to[length] = 0;
}

static void add_header(pjsip_tx_data *tdata, const char *name, const char *value)
{
	pj_str_t hname = pj_str((char *)name), hvalue = pj_str((char *)value);

	pjsip_msg_add_hdr(tdata->msg, (pjsip_hdr *)pjsip_generic_string_hdr_create(tdata->pool, &hname, &hvalue));
}

/* How it goes, as RFC 3515 section 2.4.5 wants it: a status line, and whether more will follow. */
static int notify(pjsip_dialog *dlg, int status)
{
	static const pjsip_method method = { PJSIP_OTHER_METHOD, { "NOTIFY", 6 } };
	static const pj_str_t type = { "message", 7 }, subtype = { "sipfrag", 7 };
	char line[80];
	pj_str_t body;
	pjsip_tx_data *tdata;

	if (pjsip_dlg_create_request(dlg, &method, -1, &tdata) != PJ_SUCCESS)
		return -1;
	add_header(tdata, "Event", "refer");
	add_header(tdata, "Subscription-State", status < 200 ? "active;expires=60" : "terminated;reason=noresource");
	pj_ansi_snprintf(line, sizeof line, "SIP/2.0 %d %s\r\n", status, pjsip_get_status_text(status)->ptr);
	body = pj_str(line);
	tdata->msg->body = pjsip_msg_body_create(tdata->pool, &type, &subtype, &body);
	return pjsip_dlg_send_request(dlg, tdata, -1, NULL) == PJ_SUCCESS ? 0 : -1;
}

static pj_bool_t answer(pjsip_rx_data *rdata, int status)
{
	pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, status, NULL, NULL, NULL);
	return PJ_TRUE;
}

static pj_bool_t take(pjsip_rx_data *rdata, pjsip_dialog *dlg)
{
	static const pj_str_t refer_to = { "Refer-To", 8 };
	const pjsip_generic_string_hdr *to = pjsip_msg_find_hdr_by_name(rdata->msg_info.msg, &refer_to, NULL);
	struct la_refer *refer = &ring[tail % RING];
	int call = call_of(dlg);

	if (call != PJSUA_INVALID_ID && !allowed[pjsua_var.calls[call].acc_id])
		return answer(rdata, PJSIP_SC_FORBIDDEN);
	if (call == PJSUA_INVALID_ID || tail - head >= RING)
		return answer(rdata, call == PJSUA_INVALID_ID ? 481 : 503);
	if (!to)
		return answer(rdata, 400);
	refer->call = call;
	refer->cseq = rdata->msg_info.cseq->cseq;
	copy(refer->to, sizeof refer->to, &to->hvalue);
	tail++;
	answer(rdata, 202);
	notify(dlg, 100);
	return PJ_TRUE;
}

static pj_bool_t on_request(pjsip_rx_data *rdata)
{
	const pjsip_to_hdr *to = rdata->msg_info.to;
	const pjsip_from_hdr *from = rdata->msg_info.from;
	pjsip_dialog *dlg;
	pj_bool_t taken;

	if (pj_strcmp2(&rdata->msg_info.msg->line.req.method.name, "REFER") != 0)
		return PJ_FALSE;
	dlg = to->tag.slen ? pjsip_ua_find_dialog(&rdata->msg_info.cid->id, &to->tag, &from->tag, PJ_TRUE) : NULL;
	if (!dlg)
		return answer(rdata, 481);
	taken = take(rdata, dlg);
	pjsip_dlg_dec_lock(dlg);
	return taken;
}

int la_refer_install(void)
{
	static pjsip_module module = {
		.name = { "in-dialog-refer", 15 }, .id = -1,
		.priority = PJSIP_MOD_PRIORITY_UA_PROXY_LAYER - 1, .on_rx_request = on_request,
	};

	return pjsip_endpt_register_module(pjsua_get_pjsip_endpt(), &module) == PJ_SUCCESS ? 0 : -1;
}

void la_refer_allow(int account, int on)
{
	if (account >= 0 && account < PJSUA_MAX_ACC)
		allowed[account] = on;
}

int la_refer_next(struct la_refer *refer)
{
	if (head == tail)
		return 0;
	*refer = ring[head++ % RING];
	return 1;
}

int la_refer_result(int call, int status)
{
	pjsip_dialog *dlg;
	pjsua_call *found;
	int done;

	if (acquire_call("la_refer_result", call, &found, &dlg) != PJ_SUCCESS)
		return -1;
	done = notify(dlg, status);
	pjsip_dlg_dec_lock(dlg);
	return done;
}
