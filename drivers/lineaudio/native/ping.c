/* SPDX-License-Identifier: GPL-2.0-or-later
 * OPTIONS outside of calls: does the far end of an account answer (RFC 3261, section 11), and how fast?
 *
 * Everything runs in the thread that handles SIP.
 */
#include "lineaudio.h"

enum { UNDER_WAY = 256 };               /* a question that nobody answers is forgotten by pjsip after 32 s */

static struct asked { bool used; int token; int64_t at_us; } asked[UNDER_WAY];
static struct la_ping ring[UNDER_WAY];
static unsigned head, tail;

static void over(struct asked *a, int status, const pj_str_t *why)
{
	struct la_ping *out = &ring[tail % UNDER_WAY];
	size_t length = why ? PJ_MIN((size_t)why->slen, sizeof out->why - 1) : 0;

	a->used = false;
	if (tail - head >= UNDER_WAY)
		return;
	out->token = a->token;
	out->status = status;
	out->us = now_us() - a->at_us;
	memcpy(out->why, why ? why->ptr : "", length);
	out->why[length] = 0;
	tail++;
}

static void answered(void *token, pjsip_event *event)
{
	bool heard = event->type == PJSIP_EVENT_TSX_STATE && event->body.tsx_state.type == PJSIP_EVENT_RX_MSG;
	const pjsip_transaction *tsx = event->body.tsx_state.tsx;

	over(token, heard ? tsx->status_code : 0, &tsx->status_text);
}

static struct asked *free_place(void)
{
	for (int i = 0; i < UNDER_WAY; i++)
		if (!asked[i].used)
			return &asked[i];
	return NULL;
}

static pjsip_tx_data *options(int account, const char *uri)
{
	pjsua_acc *acc = &pjsua_var.acc[account];
	pj_str_t to = pj_str((char *)uri), contact;
	pj_pool_t *pool = pjsua_pool_create("ping", 1000, 1000);
	pjsip_tx_data *tdata = NULL;
	pjsip_tpselector selector;

	if (pjsua_acc_create_uac_contact(pool, &contact, account, &to) == PJ_SUCCESS &&
	    pjsip_endpt_create_request(pjsua_var.endpt, &pjsip_options_method, &to, &acc->cfg.id, &to, &contact, NULL, -1,
	                               NULL, &tdata) == PJ_SUCCESS) {
		pjsua_init_tpselector(account, &selector);
		pjsip_tx_data_set_transport(tdata, &selector);
		pjsua_set_msg_route_set(tdata, &acc->route_set);
	}
	pj_pool_release(pool);
	return tdata;
}

int la_ping_send(int account, const char *uri, int token)
{
	struct asked *a = free_place();
	pjsip_tx_data *tdata = a && pjsua_acc_is_valid(account) ? options(account, uri) : NULL;

	if (!tdata)
		return -1;
	*a = (struct asked){ .used = true, .token = token, .at_us = now_us() };
	if (pjsip_endpt_send_request(pjsua_var.endpt, tdata, -1, a, answered) != PJ_SUCCESS && a->used && a->token == token)
		over(a, 0, NULL);
	return 0;
}

int la_ping_next(struct la_ping *out)
{
	if (head == tail)
		return 0;
	*out = ring[head++ % UNDER_WAY];
	return 1;
}
