/* SPDX-License-Identifier: GPL-2.0-or-later
 * The data link of caller ID, bit by bit: what is between the FSK receiver and a message.
 *
 * Octets of one start bit, eight bits with the lowest first and one stop bit, announced by mark. Two frames:
 * type, length, contents and checksum (GR-30-CORE section 2.4, ETSI EN 300 659-1 section 8), and Japan's:
 * DLE SOH, header, DLE STX, type, length, contents, DLE ETX and CRC-16, all with even parity (NTT).
 * Whatever is not wholly right is reported as damaged, never as a message.
 */
#pragma once
#include "lineaudio.h"

enum { MESSAGE_MAX = 258 };             /* type, length, 255 octets, checksum */

struct data_link {
	void (*on_message)(void *user, const uint8_t *message, int length);     /* without checksum, parity, DLE */
	void (*on_damaged)(void *user, enum la_damage why, const uint8_t *received, int length);
	void *user;
	int marks;                      /* bits of mark in a row while no octet is under way */
	bool announced;                 /* enough of them: a message may begin */
	int bit;                        /* of the octet under way; 0: none is */
	unsigned octet;
	int length;
	uint8_t message[MESSAGE_MAX];
	/* Japan */
	bool escaped;                   /* the octet before was a DLE */
	int body, crc_octets;           /* of `message`, behind the header; of the CRC so far, -1: not yet */
	unsigned crc;
	bool parity_wrong;
};

void data_link_bit(struct data_link *link, int bit);
void data_link_carrier(struct data_link *link, bool up);
