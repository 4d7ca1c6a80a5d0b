/* SPDX-License-Identifier: GPL-2.0-or-later
 * What asyncio needs to drive pjsip without polling: a descriptor and a time.
 */
#include "lineaudio.h"

int la_sip_event_fd(void)
{
	return *(int *)pj_ioqueue_get_os_handle(pjsip_endpt_get_ioqueue(pjsua_get_pjsip_endpt()));
}

/* pjsip answers OPTIONS outside a call only; in one it says 500, and a phone that asks whether the call
 * still lives (RFC 3261, 11) would end it. */
static pj_bool_t answer_options(pjsip_rx_data *rdata)
{
	const pjsip_to_hdr *to = rdata->msg_info.to;
	const pjsip_from_hdr *from = rdata->msg_info.from;

	if (rdata->msg_info.msg->line.req.method.id != PJSIP_OPTIONS_METHOD || !to->tag.slen ||
	    !pjsip_ua_find_dialog(&rdata->msg_info.cid->id, &to->tag, &from->tag, PJ_FALSE))
		return PJ_FALSE;
	pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, 200, NULL, NULL, NULL);
	return PJ_TRUE;
}

int la_sip_install(void)
{
	static pjsip_module options = {
		.name = { "in-dialog-options", 17 }, .id = -1,
		.priority = PJSIP_MOD_PRIORITY_UA_PROXY_LAYER - 1, .on_rx_request = answer_options,
	};

	return pjsip_endpt_register_module(pjsua_get_pjsip_endpt(), &options) == PJ_SUCCESS ? 0 : -1;
}

/* SWIG's Endpoint.transportShutdown takes no handle that SWIG gives out. */
void la_sip_shut_down(uintptr_t transport)
{
	pjsip_transport_shutdown((pjsip_transport *)transport);
}

int la_sip_next_timer_ms(void)
{
	pj_timer_heap_t *heap = pjsip_endpt_get_timer_heap(pjsua_get_pjsip_endpt());
	pj_time_val due, now;

	if (pj_timer_heap_count(heap) == 0 || pj_timer_heap_earliest_time(heap, &due) != PJ_SUCCESS)
		return -1;
	pj_gettickcount(&now);
	PJ_TIME_VAL_SUB(due, now);
	return PJ_TIME_VAL_MSEC(due) > 0 ? PJ_TIME_VAL_MSEC(due) : 0;
}

void la_sip_pools(struct la_pools *pools)
{
	const pj_caching_pool *all = (const pj_caching_pool *)pjsua_get_pool_factory();

	pools->used = all->used_count;
	pools->kept_bytes = all->capacity;
}
