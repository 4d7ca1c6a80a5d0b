/* SPDX-License-Identifier: GPL-2.0-or-later
 * Players: sound from memory into the bridge, so that no prompt ever waits for a disk.
 */
#include "lineaudio.h"
#include "generate.h"

struct la_sound {
	atomic_int users;
	int count;
	int16_t samples[];
};

struct la_player {
	pjmedia_port base;
	pj_pool_t *pool;
	int source, slot, loop, at;
	bool ended;
	struct la_sound *sound;
	void *tone;
};

struct la_sound *la_sound_new(const int16_t *samples, int count)
{
	struct la_sound *sound = malloc(sizeof *sound + 2 * count);

	if (!sound)
		return NULL;
	atomic_init(&sound->users, 1);
	sound->count = count;
	memcpy(sound->samples, samples, 2 * count);
	return sound;
}

void la_sound_free(struct la_sound *sound)
{
	if (atomic_fetch_sub(&sound->users, 1) == 1)
		free(sound);
}

static int copy(struct la_player *player, int16_t *pcm)
{
	int made = 0;

	while (made < BLOCK && player->at < player->sound->count) {
		int n = PJ_MIN(BLOCK - made, player->sound->count - player->at);

		memcpy(pcm + made, player->sound->samples + player->at, 2 * n);
		made += n;
		player->at += n;
		if (player->loop && player->at == player->sound->count)
			player->at = 0;
	}
	return made;
}

static pj_status_t get_frame(pjmedia_port *port, pjmedia_frame *frame)
{
	struct la_player *player = (struct la_player *)port;
	int made = 0;

	if (!player->ended)
		made = player->tone ? tone_fill(player->tone, frame->buf, BLOCK) : copy(player, frame->buf);
	memset((int16_t *)frame->buf + made, 0, 2 * (BLOCK - made));
	if (made < BLOCK && !player->ended) {
		player->ended = true;
		event_push(FROM_CLOCK, LA_PLAYER_ENDED, player->source, 0, NULL, 0);
	}
	frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
	frame->size = 2 * BLOCK;
	return PJ_SUCCESS;
}

static pj_status_t gone(pjmedia_port *port)
{
	struct la_player *player = (struct la_player *)port;

	if (player->tone)
		tone_free(player->tone);
	if (player->sound)
		la_sound_free(player->sound);
	pj_pool_release(player->pool);
	return PJ_SUCCESS;
}

static struct la_player *join(struct la_sound *sound, void *tone, int source, int loop)
{
	pj_pool_t *pool = pjsua_pool_create("player", 1024, 1024);
	struct la_player *player = PJ_POOL_ZALLOC_T(pool, struct la_player);

	player->pool = pool;
	player->sound = sound;
	player->tone = tone;
	player->source = source;
	player->loop = loop && (!sound || sound->count);
	player->base.get_frame = get_frame;
	player->base.on_destroy = gone;
	if (sound)
		atomic_fetch_add(&sound->users, 1);
	if (port_join(&player->base, pool, "player", &player->slot) == PJ_SUCCESS)
		return player;
	gone(&player->base);
	return NULL;
}

struct la_player *la_player_open(struct la_sound *sound, int source, int loop) { return join(sound, NULL, source, loop); }

struct la_player *la_player_tone(const struct la_sound_step *steps, int count, int repeat, int source)
{
	return join(NULL, tone_create(steps, count, repeat), source, 0);
}

int la_player_slot(struct la_player *player) { return player->slot; }
void la_player_close(struct la_player *player) { port_leave(&player->base, player->slot); }
