/* SPDX-License-Identifier: GPL-2.0-or-later
 * What asyncio needs to drive pjsip without polling: a descriptor and a time.
 */
#include "lineaudio.h"

int la_sip_event_fd(void)
{
	return *(int *)pj_ioqueue_get_os_handle(pjsip_endpt_get_ioqueue(pjsua_get_pjsip_endpt()));
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
