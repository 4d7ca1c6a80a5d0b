/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which codecs a call offers and takes, in which order: as its account says, and those first that the call prefers.
 *
 * pjsua has one list for all. Its pjsua2 callback for SDP comes too late for incoming calls, so the SDP is changed here,
 * in the thread that handles SIP.
 */
#include "lineaudio.h"

enum { LISTED = 8, NAME = 24 };

struct list { int count; bool only; char names[LISTED][NAME]; };
static struct list of_account[PJSUA_MAX_ACC], of_call[PJSUA_MAX_CALLS], of_next;

static int read_list(struct list *list, const char *names, bool only)
{
	struct list read = { .only = only };
	const char *end;

	for (; *names; names = *end ? end + 1 : end) {
		end = strchrnul(names, ',');
		if (read.count == LISTED || end == names || end - names >= NAME)
			return -1;
		memcpy(read.names[read.count++], names, end - names);
	}
	*list = read;
	return 0;
}

int la_codecs_account(int account, const char *names)
{
	return account < 0 || account >= PJSUA_MAX_ACC ? -1 : read_list(&of_account[account], names, true);
}

int la_codecs_call(int call, const char *names, int only)
{
	return call >= PJSUA_MAX_CALLS ? -1 : read_list(call < 0 ? &of_next : &of_call[call], names, only);
}

static bool has(const struct list *list, const pj_str_t *name)
{
	for (int i = 0; i < list->count; i++)
		if (pj_stricmp2(name, list->names[i]) == 0)
			return true;
	return false;
}

static bool described(const pjmedia_sdp_media *m, pj_str_t *format, pjmedia_sdp_rtpmap *map)
{
	const pjmedia_sdp_attr *attribute = pjmedia_sdp_media_find_attr2(m, "rtpmap", format);

	return attribute && pjmedia_sdp_attr_get_rtpmap(attribute, map) == PJ_SUCCESS;
}

struct kept { unsigned count; pj_str_t formats[PJMEDIA_MAX_SDP_FMT]; unsigned rates[PJMEDIA_MAX_SDP_FMT]; };

static bool is_kept(const struct kept *kept, const pj_str_t *format)
{
	for (unsigned i = 0; i < kept->count; i++)
		if (pj_strcmp(&kept->formats[i], format) == 0)
			return true;
	return false;
}

static void keep(struct kept *kept, const pj_str_t *format, unsigned rate)
{
	if (is_kept(kept, format) || kept->count == PJMEDIA_MAX_SDP_FMT)
		return;
	kept->rates[kept->count] = rate;
	kept->formats[kept->count++] = *format;
}

static void keep_listed(struct kept *kept, pjmedia_sdp_media *m, const struct list *order, const struct list *allowed)
{
	pjmedia_sdp_rtpmap map;

	for (int i = 0; i < order->count; i++)
		for (unsigned k = 0; k < m->desc.fmt_count; k++)
			if (described(m, &m->desc.fmt[k], &map) && pj_stricmp2(&map.enc_name, order->names[i]) == 0 &&
			    (!allowed->count || has(allowed, &map.enc_name)))
				keep(kept, &m->desc.fmt[k], map.clock_rate);
}

/* Digits go at 8 kHz, or at the clock of a codec that is there (RFC 4733, section 2.1). */
static void keep_rest(struct kept *kept, pjmedia_sdp_media *m, bool codecs)
{
	static const pj_str_t event = { "telephone-event", 15 };
	pjmedia_sdp_rtpmap map;
	unsigned count;

	for (unsigned k = 0; codecs && k < m->desc.fmt_count; k++)
		if (described(m, &m->desc.fmt[k], &map) && pj_stricmp(&map.enc_name, &event) != 0)
			keep(kept, &m->desc.fmt[k], map.clock_rate);
	count = kept->count;
	for (unsigned k = 0; k < m->desc.fmt_count; k++) {
		bool wanted = false;

		if (!described(m, &m->desc.fmt[k], &map) || pj_stricmp(&map.enc_name, &event) != 0)
			continue;
		for (unsigned i = 0; i < count; i++)
			wanted |= kept->rates[i] == map.clock_rate;
		if (wanted || map.clock_rate == RATE)
			keep(kept, &m->desc.fmt[k], map.clock_rate);
	}
}

static void forget(pjmedia_sdp_media *m, pj_str_t *format)
{
	static const char *const names[] = { "rtpmap", "fmtp" };
	pjmedia_sdp_attr *attribute;

	for (int i = 0; i < 2; i++)
		if ((attribute = pjmedia_sdp_media_find_attr2(m, names[i], format)))
			pjmedia_sdp_media_remove_attr(m, attribute);
}

static void arrange(pjmedia_sdp_media *m, const struct list *call, const struct list *account)
{
	struct kept kept = { 0 };

	keep_listed(&kept, m, call, account);
	if (!call->only || !kept.count)
		keep_listed(&kept, m, account, account);
	if (account->count && !kept.count)
		return;                         /* nothing that is wanted is there: better anything than nothing */
	keep_rest(&kept, m, !account->count && !(call->only && kept.count));
	for (unsigned k = 0; k < m->desc.fmt_count; k++)
		if (!is_kept(&kept, &m->desc.fmt[k]))
			forget(m, &m->desc.fmt[k]);
	memcpy(m->desc.fmt, kept.formats, kept.count * sizeof kept.formats[0]);
	m->desc.fmt_count = kept.count;
}

static void created(pjsua_call_id id, pjmedia_sdp_session *sdp, pj_pool_t *pool, const pjmedia_sdp_session *remote)
{
	const pjsua_call *call = &pjsua_var.calls[id];

	PJ_UNUSED_ARG(pool);
	if (!call->inv || call->inv->state == PJSIP_INV_STATE_NULL)
		of_call[id] = remote ? (struct list){ 0 } : of_next;
	for (unsigned i = 0; i < sdp->media_count; i++)
		if (pj_stricmp2(&sdp->media[i]->desc.media, "audio") == 0)
			arrange(sdp->media[i], &of_call[id], &of_account[call->acc_id]);
}

void la_codecs_install(void)
{
	pjsua_var.ua_cfg.cb.on_call_sdp_created = created;
}
