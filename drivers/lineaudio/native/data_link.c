/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data_link.h"

enum {
	MARKS_MIN = 30,                 /* EN 300 659-1, 6.2.2: 80 ± 25 bits at least; speech has no such row */
	MARKS_WITHIN = 25,              /* GR-30-CORE, 2.4: up to 20 between two octets */
	REPORTED = 4,                   /* octets that make a broken message worth a word */
	SOH = 0x01, STX = 0x02, ETX = 0x03, HEADER = 0x07, DLE = 0x10,
	DLE_EVEN = 0x90,                /* with its parity: how Japan's frame begins */
};

static void reset(struct data_link *link)
{
	link->marks = link->bit = link->length = link->body = 0;
	link->announced = link->escaped = link->parity_wrong = false;
	link->crc_octets = -1;
	link->crc = 0;
}

static void damaged(struct data_link *link, enum la_damage why)
{
	if (link->length >= REPORTED)
		link->on_damaged(link->user, why, link->message, link->length);
	reset(link);
}

static void complete(struct data_link *link, int length)
{
	link->on_message(link->user, link->message, length);
	reset(link);
}

static bool known_type(unsigned octet) { return octet == 0x04 || octet == 0x06 || (octet & 0xf0) == 0x80; }

/* ---- type, length, contents, checksum ------------------------------------------------------ */

static void summed(struct data_link *link)
{
	unsigned sum = 0;

	if (link->length < 2 || link->length < link->message[1] + 3)
		return;
	for (int i = 0; i < link->length; i++)
		sum += link->message[i];
	if (sum & 0xff)
		damaged(link, LA_DAMAGED_CHECKSUM);
	else
		complete(link, link->length - 1);
}

/* ---- Japan --------------------------------------------------------------------------------- */

/* CRC-16 of ITU-T V.41, lowest bit first, over all octets behind SOH as they came, with DLE and parity. */
static unsigned crc_of(unsigned crc, unsigned octet)
{
	crc ^= octet;
	for (int i = 0; i < 8; i++)
		crc = crc & 1 ? crc >> 1 ^ 0x8408 : crc >> 1;
	return crc;
}

static void checked(struct data_link *link)
{
	if (++link->crc_octets < 2)
		return;
	if (link->crc)
		damaged(link, LA_DAMAGED_CHECKSUM);
	else if (link->parity_wrong)
		damaged(link, LA_DAMAGED_OCTET);
	else
		complete(link, link->length);
}

/* Control octets stand behind a DLE; a DLE that is data stands twice. */
static void control(struct data_link *link, unsigned octet)
{
	link->escaped = false;
	if (octet == SOH)
		link->crc = 0;
	else if (octet == STX)
		link->length = 0;
	else if (octet == ETX)
		link->crc_octets = 0;
	else if (octet == DLE)
		link->message[link->length++] = octet;
	else
		damaged(link, LA_DAMAGED_OCTET);
}

static void framed(struct data_link *link, unsigned octet)
{
	unsigned plain = octet & 0x7f;

	link->body++;
	link->crc = crc_of(link->crc, octet);
	if (link->crc_octets >= 0) {
		checked(link);
		return;
	}
	link->parity_wrong |= __builtin_parity(octet);
	if (link->escaped)
		control(link, plain);
	else if (plain == DLE)
		link->escaped = true;
	else
		link->message[link->length++] = plain;
}

/* ---- octets and bits ------------------------------------------------------------------------ */

static void begin(struct data_link *link, unsigned octet)
{
	if (octet == DLE_EVEN) {
		framed(link, octet);
	} else if (known_type(octet)) {
		link->message[link->length++] = octet;
	} else if (octet != 0xff) {             /* a click in the mark leaves it as it is */
		link->announced = false;
	}
}

static void octet(struct data_link *link, unsigned octet)
{
	if (!link->announced)
		return;
	if (link->length == 0 && link->body == 0) {
		begin(link, octet);
	} else if (link->length >= MESSAGE_MAX) {
		damaged(link, LA_DAMAGED_OCTET);
	} else if (link->body) {
		framed(link, octet);
	} else {
		link->message[link->length++] = octet;
		summed(link);
	}
}

static void idle_bit(struct data_link *link, int bit)
{
	if (!bit) {
		link->bit = 1;
		link->octet = 0;
		link->marks = 0;
		return;
	}
	link->marks++;
	link->announced |= link->marks >= MARKS_MIN;
	if ((link->length || link->body) && link->marks > MARKS_WITHIN)
		damaged(link, LA_DAMAGED_CUT);
}

static void stop_bit(struct data_link *link, int bit)
{
	link->bit = 0;
	if (bit)
		octet(link, link->octet);
	else if (link->length || link->body)
		damaged(link, link->octet ? LA_DAMAGED_OCTET : LA_DAMAGED_CUT);         /* silence is all space */
	else
		link->announced = false;
}

void data_link_bit(struct data_link *link, int bit)
{
	if (link->bit == 0) {
		idle_bit(link, bit);
	} else if (link->bit <= 8) {
		link->octet |= (unsigned)bit << (link->bit - 1);
		link->bit++;
	} else {
		stop_bit(link, bit);
	}
}

void data_link_carrier(struct data_link *link, bool up)
{
	if (!up && (link->length || link->body))
		damaged(link, LA_DAMAGED_CUT);
	reset(link);
}
