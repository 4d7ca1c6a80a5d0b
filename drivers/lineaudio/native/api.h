/* SPDX-License-Identifier: GPL-2.0-or-later
 * What Python may call. This file is read by the C compiler and by cffi: declarations only.
 * Unless said otherwise, 0 is success and -1 failure, and everything returns at once.
 */

/* ---- events: from the native threads to Python ---------------------------------------- */

enum la_event_kind {
	LA_DTMF = 1,            /* value: the digit's character when it begins */
	LA_DTMF_END,
	LA_TONE,                /* value: number of the tone of the line's table that is recognised, -1 when it ended */
	LA_CALLER_ID,           /* data: an FSK data link message, verified, without checksum; value: LA_HEAR_BELL202 or _V23 */
	LA_CALLER_ID_DAMAGED,   /* value: enum la_damage; data: what was received of it */
	LA_ALERTING,            /* CAS or DT-AS has ended; value: how long it was in ms */
	LA_FAX,                 /* value: LA_FAX_… */
	LA_VOICE_ENDED,         /* value: the token that la_line_* returned; the generator has played all */
	LA_LINE_ENDED,          /* the far end of the line's descriptor is gone; data: int, number of the attachment */
	LA_LINE_BAD,            /* value: a block of this many bytes (161: or more) came instead of 160; data: likewise */
	LA_PLAYER_ENDED,
	LA_RECORDER_DONE,       /* data: struct la_recorded */
	LA_RECORDER_FAILED,     /* value: errno; the rest of the recording is not written */
};
enum la_damage { LA_DAMAGED_CHECKSUM = 1, LA_DAMAGED_OCTET, LA_DAMAGED_CUT };  /* OCTET: stop bit, parity or frame */
struct la_event {
	int kind, source, value, length;
	uint8_t data[264];
};
int la_event_fd(void);                                  /* an eventfd, readable when there are events */
int la_event_next(struct la_event *event);              /* 1 and an event, or 0 */
unsigned long la_events_lost(void);                     /* events dropped because nobody fetched them */

/* ---- SIP: what asyncio needs to drive pjsip ------------------------------------------- */

int la_sip_install(void);                               /* after pjsua's init: answers OPTIONS in calls */
int la_sip_event_fd(void);                              /* the epoll descriptor of pjsip's ioqueue */
void la_sip_shut_down(uintptr_t transport);              /* a pjsip_transport that is alive: nothing more is sent over it */
int la_sip_next_timer_ms(void);                         /* until the next timer is due; -1 when there is none */
struct la_pools { uint64_t used, kept_bytes; };          /* pjsip's memory pools: in use, and kept for later */
void la_sip_pools(struct la_pools *pools);

/* REFER inside calls, answered with 202 already. */
struct la_refer { int call, cseq; char to[512]; };      /* pjsua's number of the call; Refer-To, "" when it is too long */
int la_refer_install(void);
void la_refer_allow(int account, int on);               /* pjsua's number; otherwise REFER in its calls is answered with 403 */
int la_refer_next(struct la_refer *refer);              /* 1 and a REFER, or 0 */
int la_refer_result(int call, int status);              /* NOTIFY: what became of it */

/* INVITE with Replaces: pjsua never sees the header. */
int la_replaces_install(void);
int la_replaces_call(void);                             /* pjsua's number of the call that the INVITE handled now is to replace; -1 */

/* OPTIONS outside of calls. status 0: no answer came, `why` says what pjsip makes of that. */
struct la_ping { int token, status; int64_t us; char why[96]; };
int la_ping_send(int account, const char *uri, int token);             /* -1: it cannot be sent */
int la_ping_next(struct la_ping *ping);                 /* 1 and an outcome, or 0 */

/* Codecs as SDP names them, "G722,PCMA": the only ones of an account, in this order ("": all, in pjsua's order); and those
 * that a call wants first, or (only) wants alone. Call -1: each that is made from now on. */
void la_codecs_install(void);                           /* after pjsua's init */
int la_codecs_account(int account, const char *names);
int la_codecs_call(int call, const char *names, int only);

/* ---- the clock of the bridge ---------------------------------------------------------- */

struct la_clock_stats {
	int64_t ticks, skipped;                         /* skipped: ticks that were never made up for */
	int64_t late_max_us, late_sum_us, spent_max_us, spent_sum_us;
	int64_t late_over_1ms, late_over_5ms, late_over_20ms;
	int64_t realtime;                               /* 1 when the thread has real-time priority */
	int64_t by_card;                                /* 1 while the card's clock is followed */
	int64_t card_lost;                              /* how often it fell silent, or was no clock, since the start */
};
int la_clock_start(void);                               /* after pjsua's init; becomes the bridge's only clock */
void la_clock_stop(void);
/* Follows a descriptor that tells each 10 ms: /dev/dahdi/timer configured so (POLLPRI), or a timerfd (POLLIN). It is
 * duplicated; -1: none. While it is silent or implausible, a monotonic timer is followed. */
int la_clock_follow(int fd);
void la_clock_stats(struct la_clock_stats *out, int reset);
int la_connect(int source, int sink);                   /* slots of the bridge */
int la_disconnect(int source, int sink);
int la_slot_level(int slot);                            /* how loud what comes from it is now, 0 to 255 in mu-law steps */

/* ---- line ports ----------------------------------------------------------------------- */

enum { LA_ULAW, LA_ALAW };
enum { LA_HEAR_DTMF = 1, LA_HEAR_TONES = 2, LA_HEAR_BELL202 = 4, LA_HEAR_V23 = 8, LA_HEAR_ALERTING = 64, LA_HEAR_FAX = 128 };
enum { LA_MUTE_IN = 1, LA_MUTE_OUT = 2 };
enum { LA_FAX_CNG = 1, LA_FAX_CED, LA_FAX_CED_REVERSED };      /* CED_REVERSED: with phase reversals */

struct la_line_stats {
	int64_t received, sent;                         /* blocks of 20 ms */
	int64_t underruns;                              /* blocks that were not there in time while sound flowed */
	int64_t overruns;                               /* blocks thrown away: came too fast, or were not fetched */
	int64_t depth;                                  /* blocks waiting now */
	int64_t peak_in, peak_out;                      /* largest sample since the last reading, 0 to 32768 */
	int64_t bad;                                    /* blocks of the wrong size */
	int64_t clipped;                                /* blocks from the wire with samples that hit the end of the scale */
	double level_in, level_out, noise_in;           /* dBm0 on the wire in the last whole second; quietest 100 ms of it */
	double echo_loss, echo_cancelled;               /* dB: of the line, and beyond it by the canceller; 0: no echo found */
};
struct la_line;
struct la_line *la_line_open(int source, int law);      /* source: names the line in events; NULL: failure */
int la_line_slot(struct la_line *line);
void la_line_law(struct la_line *line, int law);
int la_line_attach(struct la_line *line, int fd);       /* duplicates fd; -1 detaches; number of the attachment, or -1 */
void la_line_mute(struct la_line *line, int what);      /* LA_MUTE_IN: the bridge hears nothing of it; _OUT: it nothing of the bridge */
int la_line_cancel_echo(struct la_line *line, int on);  /* keeps what it has learnt while it is off */
void la_line_gains(struct la_line *line, double in_db, double out_db);     /* 0: as it came, bit by bit */
void la_line_stats(struct la_line *line, struct la_line_stats *out);
long la_line_quiet_ticks(struct la_line *line);         /* of 20 ms, since something louder than -44 dBm0 was heard */

/* Tones to recognise: steps of all tones in one table, numbered from 0 and in order. Up to three frequencies at once, 0
 * after the last (none: silence), for min_ms to max_ms, 0 for any. The last step counts as soon as min_ms of it were heard. */
struct la_tone_step { int tone; float hz[3]; int min_ms, max_ms; };

/* LA_HEAR_…; the steps are copied. -1: there are too many, and no tones are heard. */
int la_line_hear(struct la_line *line, int what, const struct la_tone_step *steps, int count);

/* The same detectors on sound in memory, in one thread at a time. Returns the number of events put into `out`, or -1;
 * the source of each is the block of 20 ms in which it was found. */
int la_hear_memory(int what, const struct la_tone_step *steps, int step_count, const int16_t *samples, int count,
                   struct la_event *out, int room);

/* The sound of the last 12 s from the wire, kept from la_line_remember on (192 kB a line, for ever). `la_line_blocks` counts
 * the blocks of 20 ms that the clock took in since the line was opened (silence where none came). `la_line_recall` copies
 * up to `blocks` of them from number `first` on, and returns how many: fewer when they are not there yet; -1 when the first
 * is forgotten, or nothing is remembered. */
int la_line_remember(struct la_line *line);
int64_t la_line_blocks(struct la_line *line);
int la_line_recall(struct la_line *line, int64_t first, int blocks, int16_t *out);

/* The echo canceller on sound in memory, in place: `received` has come back from `sent`, sample by sample. */
struct la_echo_report {
	int found;                                      /* the rest holds only when an echo was found */
	double loss_db, cancelled_db;                   /* echo return loss of the line; loss by the filter (ERLE) */
};
int la_echo_memory(const int16_t *sent, int16_t *received, int count, int suppress, struct la_echo_report *report);

/* Generators. Each replaces what was playing and returns a token, or -1. */
enum { LA_SOUND_PARTS = 4 };
struct la_sound_step { float hz[4], dbm0[4]; int ms; };        /* sines, to the first of 0 Hz (none: silence); ms 0: for ever */
int la_line_tone(struct la_line *line, const struct la_sound_step *steps, int count, int repeat);
int la_line_dtmf(struct la_line *line, const char *digits, int on_ms, int off_ms, int level_dbm0);
/* FSK (LA_HEAR_BELL202 or _V23): bits of channel seizure (0, 1, 0, …) and of mark, octets each followed by stop bits. */
struct la_data_sound { int standard, seizure, mark, stop_bits; float dbm0; };
int la_line_data(struct la_line *line, const struct la_data_sound *sound, const uint8_t *octets, int length);
int la_data_memory(const struct la_data_sound *sound, const uint8_t *octets, int length, int16_t *samples, int room);
void la_line_quiet(struct la_line *line);
int la_tone_memory(const struct la_sound_step *steps, int count, int repeat, int16_t *samples, int room);  /* samples made */

/* ---- codecs: ALSA sound devices whose channels are wires --------------------------------- */

struct la_codec_stats {
	int64_t rate, frames;                           /* of the device: a second, and since the start */
	int64_t slips;                                  /* blocks lost or missing, both ways, all channels */
	int64_t restarts;                               /* the device was not served in time, and began anew */
	int64_t error;                                  /* errno; the device is gone, and its wires are closed */
	double drift_ppm;                               /* its clock is so much faster than the bridge's */
};
struct la_codec;
/* At once, but for what libasound reads when it first wakes. `clock`: an eventfd that counts each 10 ms of the device and
 * that the bridge follows (la_clock_follow); -1: the bridge goes by another one. NULL, and why. */
struct la_codec *la_codec_open(const char *device, int channels, int law, int clock, char *why, int room);
int la_codec_fd(struct la_codec *codec, int channel);   /* 160-byte G.711 blocks, for la_line_attach; the codec's own */
void la_codec_law(struct la_codec *codec, int law);
void la_codec_stats(struct la_codec *codec, struct la_codec_stats *out);
void la_codec_close(struct la_codec *codec);            /* within 100 ms */

/* One channel of a codec in memory: `count` samples spoken into it and played by it at `rate`, which is `ppm` fast, while
 * the bridge says up to `blocks` of mu-law and hears `heard_blocks` in `ticks`. */
struct la_codec_trial {
	int rate, clock;
	double ppm;
	const int16_t *spoken;
	int16_t *played;
	int count;
	const uint8_t *said;
	uint8_t *heard;
	int blocks, ticks, heard_blocks;
	struct la_codec_stats stats;
};
int la_codec_memory(struct la_codec_trial *trial);

/* ---- analysis of sound in memory, in the caller's thread -------------------------------- */

struct la_frame {                                       /* 10 ms */
	float hz[2], dbm0[2];                           /* the strongest sines in the 64 ms around its middle, strongest first; 0 Hz: none */
	float total_dbm0, purity;                       /* level of the 10 ms; part of the power (0 to 1) that is in these sines */
};
struct la_peak { float hz, dbm0; };
int la_analyse(const int16_t *samples, int count, struct la_frame *out, int room);      /* number of frames, -1: no memory */
int la_peaks(const int16_t *samples, int count, struct la_peak *out, int room);         /* up to 8 sines in all of it (at
	                                                   most its middle 1.02 s), strongest first, none below -26 dB of it */

/* ---- players: sound from memory into the bridge --------------------------------------- */

struct la_sound;                                        /* 16-bit samples at 8 kHz, shared by players */
struct la_sound *la_sound_new(const int16_t *samples, int count);
void la_sound_free(struct la_sound *sound);             /* freed when the last player has ended */
struct la_player;
struct la_player *la_player_open(struct la_sound *sound, int source, int loop);
struct la_player *la_player_tone(const struct la_sound_step *steps, int count, int repeat, int source);
int la_player_slot(struct la_player *player);
void la_player_close(struct la_player *player);

/* ---- recorders: two channels of the bridge into a WAV file ----------------------------- */

struct la_recorded { int64_t samples, lost, error; };   /* lost: ticks that did not fit in the ring */
struct la_recorder;
struct la_recorder *la_recorder_open(const char *path, int source);  /* NULL and errno: the file cannot be made */
int la_recorder_slot(struct la_recorder *recorder, int channel);     /* 0 left, 1 right */
void la_recorder_close(struct la_recorder *recorder);   /* LA_RECORDER_DONE follows; the pointer is dead */
void la_recorder_mute(struct la_recorder *recorder, int muted);         /* both channels are silence meanwhile */
int64_t la_recorder_now(struct la_recorder *recorder);                  /* samples since its begin */
void la_recorder_blank(struct la_recorder *recorder, int64_t from, int64_t to); /* silence there, also in the file */
void la_recorder_stall(int ms);                         /* fault injection: the writer sleeps once */

/* ---- RTP read by the clock, and straight from leg to leg ------------------------------- */

struct la_rtp_stats { uint64_t packets, forwarded, sent, send_errors, reads, wakeups; };
int la_rtp_install(void);                               /* after pjsua's init, before the first call */
int la_rtp_direct(int call_a, int call_b, struct la_recorder *recorder);  /* -1: these two must be bridged */
void la_rtp_part(int call);                             /* back to the bridge; harmless otherwise */
long la_rtp_heard(int call);                            /* packets from the far end so far; -1: it has no sound now */
const char *la_rtp_codec(int call);                     /* "PCMU", "opus", …; "" without sound; until the next call of this */
struct la_quality { int64_t expected, received; double jitter_ms; };    /* packets; interarrival jitter (RFC 3550) */
int la_rtp_quality(int call, struct la_quality *out);   /* of what was heard of the far end; -1: it has no sound now */
void la_rtp_rate(int call, int hz);                     /* of the far end's timestamps, where it is not 8000 */
void la_rtp_stats(struct la_rtp_stats *out);
void la_rtp_stop(void);

/* ---- voice modems: octets of a serial descriptor, shielded by DLE (ITU-T V.253) ----------- */

enum { LA_MODEM_ULAW, LA_MODEM_ALAW, LA_MODEM_UNSIGNED, LA_MODEM_SIGNED };      /* 8 bits a sample, 8000 a second */
enum { LA_MODEM_RECEIVES = 1, LA_MODEM_SENDS = 2 };
enum { LA_MODEM_TALKS = 0x80, LA_MODEM_QUIET, LA_MODEM_ENDED };                 /* codes of ours, beside those of V.253 */
struct la_modem;
/* Moves sound between the descriptor of a modem in a voice state (+VTR, +VRX, +VTX) and 160-byte G.711 blocks of `law` on a
 * socket of packets, in a thread of its own. What the modem says is written to `codes`: DLE and a code, and text as it is
 * once DLE ETX came. LA_MODEM_TALKS, _QUIET: sound to the modem began, or paused for 500 ms; _ENDED: a descriptor is dead.
 * The three descriptors stay the caller's, are non-blocking, and must live until la_modem_stop returns. */
struct la_modem *la_modem_start(int serial, int blocks, int codes, int format, int law, int ways);
void la_modem_leave(struct la_modem *modem, int code);  /* sends DLE and this code, and no sound any more */
void la_modem_stop(struct la_modem *modem);             /* waits for its thread, which never waits itself */
