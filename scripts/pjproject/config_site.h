/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tipring's settings of pjproject: an audio-only user agent for hundreds of calls.
 */
#define PJ_LOG_MAX_LEVEL                  4
#define PJ_HAS_IPV6                       1
#define PJ_IOQUEUE_MAX_HANDLES            4096   /* two sockets a call, and the transports */
#define PJ_ENABLE_EXTRA_CHECK             1

#define PJSUA_MAX_CALLS                   512
#define PJMEDIA_MAX_SDP_MEDIA             6      /* m= lines; each call keeps room for twice as many */
#define PJSUA_MAX_ACC                     128
#define PJSUA_MAX_CONF_PORTS              4096
#define PJSUA_MAX_PLAYERS                 64
#define PJSUA_MAX_RECORDERS               64
#define PJSIP_MAX_TSX_COUNT               (8 * 1024 - 1)
#define PJSIP_MAX_DIALOG_COUNT            (4 * 1024 - 1)
#define PJSIP_DONT_SWITCH_TO_TCP          1      /* the edge is on loopback; see EDGE.md, trap 12 */
#define PJSIP_SAFE_MODULE                 0

#define PJMEDIA_HAS_VIDEO                 0
#define PJMEDIA_AUDIO_DEV_HAS_NULL_AUDIO  1
#define PJMEDIA_CONF_BACKEND              PJMEDIA_CONF_SERIAL_BRIDGE_BACKEND
#define PJMEDIA_HAS_SPEEX_CODEC           0
#define PJMEDIA_HAS_GSM_CODEC             0
#define PJMEDIA_HAS_ILBC_CODEC            0
#define PJMEDIA_HAS_G7221_CODEC           0
#define PJMEDIA_HAS_G722_CODEC            1
#define PJMEDIA_HAS_OPUS_CODEC            1
#define PJMEDIA_HAS_SRTP                  1
#define PJMEDIA_SRTP_HAS_DTLS             1
#define PJMEDIA_STREAM_ENABLE_KA          0
