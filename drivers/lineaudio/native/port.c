/* SPDX-License-Identifier: GPL-2.0-or-later
 * Joining and leaving the bridge. The bridge lets go of a port some ticks after it was removed;
 * the port's pool is released then, by the group lock, and not before.
 */
#include "lineaudio.h"

pj_status_t port_join(pjmedia_port *port, pj_pool_t *pool, const char *name, int *slot)
{
	pj_str_t label;

	pj_strdup2_with_null(pool, &label, name);
	pjmedia_port_info_init(&port->info, &label, PJMEDIA_SIG_CLASS_APP('T', 'P', 'R'), RATE, 1, 16, BLOCK);
	if (pjmedia_port_init_grp_lock(port, pool, NULL) != PJ_SUCCESS)
		return -1;
	return pjsua_conf_add_port(pool, port, slot);
}

void port_leave(pjmedia_port *port, int slot)
{
	pjsua_conf_remove_port(slot);
	pjmedia_port_destroy(port);
}

/* The bridge does not fetch from a port that nobody hears, so its jitter buffer fills. What waits there is old, and
 * would be heard late for seconds until the buffer has shrunk: a paused stream forgets it. */
static void forget_backlog(int slot)
{
	pjsua_conf_port_info info;

	if (pjsua_conf_get_port_info(slot, &info) != PJ_SUCCESS || info.listener_cnt)
		return;
	for (unsigned i = 0; i < pjsua_var.ua_cfg.max_calls; i++) {
		const pjsua_call *call = &pjsua_var.calls[i];
		const pjsua_call_media *media = call->inv && call->audio_idx >= 0 ? &call->media[call->audio_idx] : NULL;

		if (media && media->strm.a.conf_slot == slot && media->strm.a.stream) {
			pjmedia_stream_pause(media->strm.a.stream, PJMEDIA_DIR_DECODING);
			pjmedia_stream_resume(media->strm.a.stream, PJMEDIA_DIR_DECODING);
		}
	}
}

int la_connect(int source, int sink)
{
	forget_backlog(source);
	return pjsua_conf_connect(source, sink) == PJ_SUCCESS ? 0 : -1;
}

int la_disconnect(int source, int sink) { return pjsua_conf_disconnect(source, sink) == PJ_SUCCESS ? 0 : -1; }

int la_slot_level(int slot)
{
	unsigned heard, said;

	return pjsua_conf_get_signal_level(slot, &heard, &said) == PJ_SUCCESS ? (int)said : 0;
}
