/* SPDX-License-Identifier: GPL-2.0-or-later
 * Both ends of many RTP streams through a box, and what became of every packet.
 *
 *   rtp_meter BASE COUNT CALLER_PT AGENT_PT
 *
 * Listens on 2 * COUNT even ports from BASE on: callers first, agents after them. A port begins to send,
 * 50 packets a second, when it hears from the box. Each packet says, as 32 levels of sound that survive
 * transcoding, who sent it, which it is, and when; so whoever hears it knows what was lost on the way and how
 * long it took. A line on standard input ends a window: its figures are printed as a line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORTS = 2048, PERIOD_US = 20000, POLL_US = 500, BLOCK = 160, PREAMBLE = 4, SYMBOLS = 24, REPEAT = 4, MARK = (PREAMBLE + SYMBOLS) * REPEAT, PCMA = 8, DELAY_BINS = 4000 /* of 0.1 ms */ };

struct end {
	int fd, pt;
	bool sending;
	struct sockaddr_in box;
	uint16_t seq;
	uint32_t sent, ts;
	int64_t due;
	int source;                             /* whom it hears; -1: nobody yet */
	uint32_t next;                          /* number of the packet it should hear now */
	int16_t heard[2 * BLOCK];               /* a bridge may shift marks against packets */
} ends[PORTS];

static int count;
static uint64_t sent, heard, lost, unread, late, delays[DELAY_BINS];
static int level[16];

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* ITU-T G.711, both laws, by their definition: this program shares no code with the box. */
static int ulaw_decode(uint8_t code)
{
	int c = ~code & 0xff, magnitude = (((c & 15) << 3) + 132) << (c >> 4 & 7);

	return c & 0x80 ? 132 - magnitude : magnitude - 132;
}

static int alaw_decode(uint8_t code)
{
	int c = code ^ 0x55, segment = c >> 4 & 7, value = ((c & 15) << 4) + 8;

	if (segment)
		value = (value + 256) << (segment - 1);
	return c & 0x80 ? value : -value;
}

static uint8_t table[2][16];                    /* code of each symbol in each law */

static void make_tables(void)
{
	for (int s = 0; s < 16; s++) {
		level[s] = lround(220 * pow(1.39, s));
		for (int law = 0; law < 2; law++) {
			int best = 1 << 30;
			for (int code = 0; code < 256; code++) {
				int distance = abs((law ? alaw_decode(code) : ulaw_decode(code)) - level[s]);
				if (distance < best) {
					best = distance;
					table[law][s] = code;
				}
			}
		}
	}
}

static int symbol(int value)
{
	int best = 0;

	for (int s = 1; s < 16; s++)
		if (abs(value - level[s]) < abs(value - level[best]))
			best = s;
	return best;
}

/* A preamble of loud and soft, then 96 bits: 16 of who, 32 of which, 48 of when. Each symbol stands REPEAT times. */
static const uint8_t preamble[PREAMBLE] = { 15, 0, 15, 0 };

static void write_mark(uint8_t *payload, int pt, int who, uint32_t which, uint64_t when)
{
	uint8_t symbols[PREAMBLE + SYMBOLS];

	memcpy(symbols, preamble, PREAMBLE);
	for (int i = 0; i < 4; i++)
		symbols[PREAMBLE + i] = who >> (12 - 4 * i) & 15;
	for (int i = 0; i < 8; i++)
		symbols[PREAMBLE + 4 + i] = which >> (28 - 4 * i) & 15;
	for (int i = 0; i < 12; i++)
		symbols[PREAMBLE + 12 + i] = when >> (44 - 4 * i) & 15;
	for (int i = 0; i < BLOCK; i++)
		payload[i] = table[pt == PCMA][i < MARK ? symbols[i / REPEAT] : 5];
}

static bool is_preamble(const int16_t *pcm)
{
	if (pcm[0] < 20000 || pcm[REPEAT] > 1000)       /* most places fail here */
		return false;
	for (int i = 0; i < PREAMBLE * REPEAT; i++)
		if (symbol(pcm[i]) != preamble[i / REPEAT])
			return false;
	return true;
}

static void read_mark(const int16_t *pcm, int *who, uint32_t *which, uint64_t *when)
{
	*who = 0;
	*which = 0;
	*when = 0;
	for (int i = 0; i < SYMBOLS; i++) {
		int s = symbol(pcm[(PREAMBLE + i) * REPEAT + 1]);
		if (i < 4)
			*who = *who << 4 | s;
		else if (i < 12)
			*which = *which << 4 | s;
		else
			*when = *when << 4 | s;
	}
}

static void send_one(struct end *e)
{
	struct { uint8_t v, pt; uint16_t seq; uint32_t ts, ssrc; uint8_t payload[160]; } __attribute__((packed)) p =
		{ 0x80, e->pt, htons(e->seq++), htonl(e->ts), htonl(0x10000 + (e - ends)), {0} };

	write_mark(p.payload, e->pt, e - ends, e->sent++, now_us());
	e->ts += 160;
	if (sendto(e->fd, &p, sizeof p, 0, (struct sockaddr *)&e->box, sizeof e->box) == sizeof p)
		sent++;
}

static void count_mark(struct end *e, int who, uint32_t which, int64_t delay)
{
	heard++;
	if (e->source != who) {
		e->source = who;
	} else if (which > e->next) {
		lost += which - e->next;
	} else if (which < e->next) {
		late++;                         /* out of order or twice */
		return;
	}
	e->next = which + 1;
	if (delay >= 0)
		delays[delay / 100 < DELAY_BINS ? delay / 100 : DELAY_BINS - 1]++;
}

static void hear(struct end *e, const uint8_t *packet, ssize_t size)
{
	int who, from = BLOCK;
	uint32_t which;
	uint64_t when;

	if (size != 12 + BLOCK || (packet[1] & 0x7f) != e->pt)
		return;
	memmove(e->heard, e->heard + BLOCK, sizeof e->heard / 2);
	for (int i = 0; i < BLOCK; i++)
		e->heard[BLOCK + i] = e->pt == PCMA ? alaw_decode(packet[12 + i]) : ulaw_decode(packet[12 + i]);
	/* a mark that ends in this packet: mostly it begins with it, else up to a mark's length before */
	for (int i = 0; i < BLOCK && !is_preamble(e->heard + from); i++)
		from = from == BLOCK ? BLOCK + 1 - MARK : from + 1 == BLOCK ? BLOCK + 1 : from + 1;
	if (from > 2 * BLOCK - MARK || !is_preamble(e->heard + from)) {
		unread++;                       /* greeting, music, or a mark that is not whole */
		return;
	}
	read_mark(e->heard + from, &who, &which, &when);
	if (who >= 2 * count || !ends[who].sending || which >= ends[who].sent)
		unread++;
	else
		count_mark(e, who, which, now_us() - (int64_t)when + (from - BLOCK) * 125);
}

static void receive(struct end *e)
{
	uint8_t packet[1500];
	struct sockaddr_in from;
	socklen_t length = sizeof from;
	ssize_t n;

	while ((n = recvfrom(e->fd, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *)&from, &length)) > 0) {
		if (!e->sending) {
			e->sending = true;
			e->due = now_us() + rand() % PERIOD_US;
		}
		e->box = from;
		hear(e, packet, n);
	}
}

static double percentile(double share)
{
	uint64_t all = 0, seen = 0;

	for (int i = 0; i < DELAY_BINS; i++)
		all += delays[i];
	for (int i = 0; i < DELAY_BINS; i++)
		if ((seen += delays[i]) > 0 && seen >= share * all)
			return i / 10.0;
	return 0;
}

static void report(void)
{
	printf("{\"sent\": %lu, \"heard\": %lu, \"lost\": %lu, \"out_of_order\": %lu, \"unmarked\": %lu, "
	       "\"delay_p50_ms\": %.1f, \"delay_p99_ms\": %.1f, \"delay_max_ms\": %.1f}\n",
	       sent, heard, lost, late, unread, percentile(0.5), percentile(0.99), percentile(1));
	fflush(stdout);
	sent = heard = lost = late = unread = 0;
	memset(delays, 0, sizeof delays);
}

int main(int argc, char **argv)
{
	int base = argc > 4 ? atoi(argv[1]) : 0, epoll = epoll_create1(0), buffer = 1 << 20;
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL }, ready[256];
	char line[64];

	count = argc > 4 ? atoi(argv[2]) : 0;
	if (base <= 0 || count <= 0 || 2 * count > PORTS)
		return fprintf(stderr, "rtp_meter BASE COUNT CALLER_PT AGENT_PT\n"), 2;
	make_tables();
	sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 5 });        /* a phone is never late */
	for (int i = 0; i < 2 * count; i++) {
		struct sockaddr_in here = { AF_INET, htons(base + 2 * i), { htonl(INADDR_LOOPBACK) }, {0} };

		ends[i].pt = atoi(argv[i < count ? 3 : 4]);
		ends[i].source = -1;
		ends[i].fd = socket(AF_INET, SOCK_DGRAM, 0);
		setsockopt(ends[i].fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
		if (bind(ends[i].fd, (struct sockaddr *)&here, sizeof here) < 0)
			return perror("rtp_meter: bind"), 1;
		event.data.ptr = &ends[i];
		epoll_ctl(epoll, EPOLL_CTL_ADD, ends[i].fd, &event);
	}
	event.data.ptr = NULL;
	epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
	puts("ready");
	fflush(stdout);
	for (;;) {
		int n = epoll_wait(epoll, ready, 256, 0);
		for (int i = 0; i < n; i++) {
			if (ready[i].data.ptr)
				receive(ready[i].data.ptr);
			else if (read(STDIN_FILENO, line, sizeof line) <= 0)
				return 0;
			else
				report();
		}
		int64_t now = now_us();
		for (int i = 0; i < 2 * count; i++)
			for (; ends[i].sending && ends[i].due <= now; ends[i].due += PERIOD_US)
				send_one(&ends[i]);
		if (n < 256)
			usleep(POLL_US);        /* asleep on a timer: the box does not pay for waking us at each packet */
	}
}
