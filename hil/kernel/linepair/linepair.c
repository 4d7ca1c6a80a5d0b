// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * linepair: an analog card whose FXS port i is wired to its own FXO port i, on the real DAHDI core.
 *
 * Channels 1..N are FXS ports (configure them fxoks), N+1..2N are FXO ports (fxsks). What is modelled is the
 * pair of wires: battery and its polarity, ring voltage, loop current, and sound where a wire would carry it.
 * What a card sees of it is debounced as the drivers of real cards do (wctdm's defaults, module parameters).
 *
 * The card's clock runs skew_ppm (module parameter, may be changed while it runs) faster than CLOCK_MONOTONIC.
 *
 * debugfs: linepair/alarms (alarm bits of the whole card), ticks, late, lamps (the card has voltage for message
 * lamps), and for each pair
 *   I/cut       the cable is cut
 *   I/swapped   tip and ring are swapped
 *   I/dead      the exchange's battery has failed
 *   I/drop_ms   write: battery goes for so many milliseconds, exactly
 *   I/echo      write: the impulse response, in Q15, of the hybrid that the FXO port hears itself through;
 *               integers with commas, up to 128 of them at 8 kHz; "0": no echo
 *   I/lamp      read: messages waiting, as the FXS port's lamp shows them
 */
#include <linux/debugfs.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <dahdi/kernel.h>

#define PAIRS_MAX 24
#define ECHO_TAPS 128

static int pairs = 4;
module_param(pairs, int, 0444);
MODULE_PARM_DESC(pairs, "how many pairs of ports, 1 to 24");
static int loop_debounce = 8, ring_debounce = 64, ring_release = 128, battery_debounce = 64, polarity_debounce = 64;
static int battery_alarm = 1000;
module_param(loop_debounce, int, 0644);
MODULE_PARM_DESC(loop_debounce, "ms of steady loop current before an FXS port reports it");
module_param(ring_debounce, int, 0644);
MODULE_PARM_DESC(ring_debounce, "ms of ring voltage before an FXO port reports it");
module_param(ring_release, int, 0644);
MODULE_PARM_DESC(ring_release, "ms without ring voltage before an FXO port reports the end");
module_param(battery_debounce, int, 0644);
MODULE_PARM_DESC(battery_debounce, "ms before an FXO port reports battery gone or back");
module_param(polarity_debounce, int, 0644);
MODULE_PARM_DESC(polarity_debounce, "ms of the other polarity before an FXO port reports it");
module_param(battery_alarm, int, 0644);
MODULE_PARM_DESC(battery_alarm, "ms without battery before an FXO port is in red alarm");

static int skew_ppm;
module_param(skew_ppm, int, 0644);
MODULE_PARM_DESC(skew_ppm, "how much faster than CLOCK_MONOTONIC the card's clock is, in 1/1000000");

/* A level that counts when it has been steady. `state` -1: not reported yet. */
struct level {
	int raw, state, steady_ms;
};

/* `taps`, newest first, applied to `said`, a ring of what was said; `count` is written last. */
struct echo {
	int count, taps[ECHO_TAPS], at;
	s16 said[ECHO_TAPS];
};

struct pair {
	struct dahdi_chan *fxs, *fxo;
	int fxs_tx, fxo_tx;		/* enum dahdi_txsig, written under the channel's lock */
	int reversed;			/* by the FXS port */
	int transmission_ms;		/* of on-hook transmission left */
	u32 drop_ms;
	bool cut, swapped, dead;	/* faults */
	struct level loop, ring, battery, polarity, alarm;
	struct echo echo;
	u32 lamp;
	unsigned int lamp_type;
};

struct card {
	struct dahdi_device *device;
	struct dahdi_span span;
	struct dahdi_chan *chans[2 * PAIRS_MAX];
	struct pair pair[PAIRS_MAX];
	struct hrtimer timer;
	struct dentry *debugfs;
	u32 alarms;
	u64 ticks, late;
	bool lamps;
};

static struct card *card;

/* True when the level has newly become steady at `raw`. */
static bool settles(struct level *level, int raw, int ms)
{
	if (raw != level->raw) {
		level->raw = raw;
		level->steady_ms = 0;
	}
	if (raw == level->state || level->steady_ms++ < ms)
		return false;
	level->state = raw;
	return true;
}

static bool has_battery(struct pair *pair)
{
	if (pair->drop_ms) {
		pair->drop_ms--;
		return false;
	}
	return !pair->cut && !pair->dead && READ_ONCE(pair->fxs_tx) != DAHDI_TXSIG_KEWL;
}

static void hear(struct dahdi_chan *listener, struct dahdi_chan *speaker, bool through)
{
	if (through)
		memcpy(listener->readchunk, speaker->writechunk, DAHDI_CHUNKSIZE);
	else
		memset(listener->readchunk, DAHDI_LIN2X(0, listener), DAHDI_CHUNKSIZE);
}

static s16 limited(int sample)
{
	return clamp(sample, -32768, 32767);
}

/* The hybrid is not balanced: what `chan` says comes back to it. */
static void add_echo(struct echo *echo, struct dahdi_chan *chan)
{
	int count = smp_load_acquire(&echo->count), i, n;

	for (n = 0; count && n < DAHDI_CHUNKSIZE; n++) {
		s64 sum = 0;

		echo->said[echo->at] = DAHDI_XLAW(chan->writechunk[n], chan);
		for (i = 0; i < count; i++)
			sum += (s64)echo->taps[i] * echo->said[(echo->at - i) & (ECHO_TAPS - 1)];
		echo->at = (echo->at + 1) & (ECHO_TAPS - 1);
		sum = DAHDI_XLAW(chan->readchunk[n], chan) + (sum >> 15);
		chan->readchunk[n] = DAHDI_LIN2X(limited(sum), chan);
	}
}

/*
 * The exchange is heard on hook only while its line circuit is active or was asked for on-hook transmission;
 * a telephone is heard only with the loop closed.
 */
static void carry_sound(struct pair *pair, bool battery, bool loop, bool ringing)
{
	bool active = loop || pair->fxs_tx == DAHDI_TXSIG_OFFHOOK || pair->transmission_ms > 0;

	if (pair->transmission_ms > 0)
		pair->transmission_ms--;
	hear(pair->fxo, pair->fxs, battery && active && !ringing);
	if (loop)
		add_echo(&pair->echo, pair->fxo);
	hear(pair->fxs, pair->fxo, loop);
}

static bool lit_by_reversal(struct pair *pair)
{
	return pair->lamp && pair->lamp_type & DAHDI_VMWI_LREV;
}

static void report(struct pair *pair, bool battery, bool loop, bool ringing)
{
	if (settles(&pair->loop, loop, loop_debounce))
		dahdi_hooksig(pair->fxs, loop ? DAHDI_RXSIG_OFFHOOK : DAHDI_RXSIG_ONHOOK);
	if (settles(&pair->ring, ringing, ringing ? ring_debounce : ring_release))
		dahdi_hooksig(pair->fxo, ringing ? DAHDI_RXSIG_RING : DAHDI_RXSIG_OFFHOOK);
	if (settles(&pair->battery, battery, battery_debounce) && pair->ring.state != 1)
		dahdi_hooksig(pair->fxo, battery ? DAHDI_RXSIG_OFFHOOK : DAHDI_RXSIG_ONHOOK);
	if (settles(&pair->alarm, !battery, battery_alarm))
		dahdi_alarm_channel(pair->fxo, battery ? DAHDI_ALARM_NONE : DAHDI_ALARM_RED);
	if (battery && settles(&pair->polarity, lit_by_reversal(pair) ^ pair->reversed ^ pair->swapped, polarity_debounce))
		dahdi_qevent_lock(pair->fxo, DAHDI_EVENT_POLARITY);
}

static void pair_tick(struct pair *pair)
{
	int fxo_tx = READ_ONCE(pair->fxo_tx);
	bool battery = has_battery(pair);
	bool closed = fxo_tx == DAHDI_TXSIG_OFFHOOK || fxo_tx == DAHDI_TXSIG_START;
	bool loop = battery && closed;
	bool ringing = battery && !closed && READ_ONCE(pair->fxs_tx) == DAHDI_TXSIG_START;

	carry_sound(pair, battery, loop, ringing);
	report(pair, battery, loop, ringing);
}

static void card_tick(void)
{
	int i;

	card->ticks++;
	if (card->span.alarms != card->alarms) {
		card->span.alarms = card->alarms;
		dahdi_alarm_notify(&card->span);
	}
	dahdi_transmit(&card->span);
	for (i = 0; i < pairs; i++)
		pair_tick(&card->pair[i]);
	dahdi_ec_span(&card->span);
	dahdi_receive(&card->span);
}

static enum hrtimer_restart timer_tick(struct hrtimer *timer)
{
	u64 due = hrtimer_forward_now(timer, ns_to_ktime(NSEC_PER_MSEC - READ_ONCE(skew_ppm)));

	card->late += due - 1;
	if (due > 100)			/* the machine stood still: let the lost time go */
		due = 1;
	while (due--)
		card_tick();
	return HRTIMER_RESTART;
}

/* ---- what the core asks of a card ---- */

static int hooksig(struct dahdi_chan *chan, enum dahdi_txsig txsig)
{
	int i = chan->chanpos - 1;

	if (i < pairs)
		WRITE_ONCE(card->pair[i].fxs_tx, txsig);
	else
		WRITE_ONCE(card->pair[i - pairs].fxo_tx, txsig);
	return 0;
}

static int ioctl(struct dahdi_chan *chan, unsigned int command, unsigned long data)
{
	struct pair *pair = &card->pair[chan->chanpos - 1];
	int value;

	BUILD_BUG_ON(sizeof(struct dahdi_vmwi_info) != sizeof(value));
	if (chan->chanpos > pairs)
		return -ENOTTY;
	if ((command == DAHDI_VMWI || command == DAHDI_VMWI_CONFIG) && !card->lamps)
		return -ENOTTY;
	if (get_user(value, (int __user *)data))
		return -EFAULT;
	switch (command) {
	case DAHDI_SETPOLARITY:
		pair->reversed = !!value;
		return 0;
	case DAHDI_ONHOOKTRANSFER:
		pair->transmission_ms = value;
		return 0;
	case DAHDI_VMWI_CONFIG:
		pair->lamp_type = value;
		return 0;
	case DAHDI_VMWI:
		pair->lamp = pair->lamp_type ? value : 0;
		return 0;
	}
	return -ENOTTY;
}

/* The core has forgotten what it was told: tell it again. */
static int chanconfig(struct file *file, struct dahdi_chan *chan, int sigtype)
{
	int i = chan->chanpos - 1;

	if (i < pairs)
		card->pair[i].loop.state = -1;
	else
		card->pair[i - pairs].battery.state = -1;
	return 0;
}

static int nothing(struct dahdi_chan *chan)
{
	return 0;
}

static const struct dahdi_span_ops span_ops = {
	.owner = THIS_MODULE,
	.hooksig = hooksig,
	.ioctl = ioctl,
	.chanconfig = chanconfig,
	.open = nothing,
	.close = nothing,
};

/* ---- life ---- */

static int make_channels(void)
{
	int i;

	for (i = 0; i < 2 * pairs; i++) {
		struct dahdi_chan *chan = kzalloc(sizeof(*chan), GFP_KERNEL);

		if (!chan)
			return -ENOMEM;
		snprintf(chan->name, sizeof(chan->name), "LINEPAIR/0/%s%d", i < pairs ? "FXS" : "FXO", i % pairs + 1);
		chan->chanpos = i + 1;
		chan->pvt = card;
		chan->sigcap = i < pairs ? DAHDI_SIG_FXOKS | DAHDI_SIG_FXOLS | DAHDI_SIG_FXOGS | DAHDI_SIG_CLEAR
					 : DAHDI_SIG_FXSKS | DAHDI_SIG_FXSLS | DAHDI_SIG_CLEAR;
		card->chans[i] = chan;
	}
	for (i = 0; i < pairs; i++) {
		card->pair[i].fxs = card->chans[i];
		card->pair[i].fxo = card->chans[pairs + i];
	}
	return 0;
}

static void describe(void)
{
	struct dahdi_span *span = &card->span;

	snprintf(span->name, sizeof(span->name), "LINEPAIR/0");
	snprintf(span->desc, sizeof(span->desc), "Tipring line pairs, %d FXS %d FXO", pairs, pairs);
	card->device->manufacturer = "Tipring";
	card->device->devicetype = "Line pairs";
	card->device->hardware_id = "linepair:0";
	card->device->location = "hil";
	span->deflaw = DAHDI_LAW_MULAW;
	span->chans = card->chans;
	span->channels = 2 * pairs;
	span->flags = DAHDI_FLAG_RBS;	/* with hooksig: no bits, but the core's state machine of hook and ring */
	span->spantype = SPANTYPE_ANALOG_MIXED;
	span->ops = &span_ops;
	list_add_tail(&span->device_node, &card->device->spans);
}

static ssize_t set_echo(struct file *file, const char __user *text, size_t size, loff_t *at)
{
	struct echo *echo = file->private_data;
	int *numbers = kcalloc(ECHO_TAPS + 1, sizeof(int), GFP_KERNEL);
	char *copy = memdup_user_nul(text, size);

	if (!numbers || IS_ERR(copy)) {
		kfree(numbers);
		return IS_ERR(copy) ? PTR_ERR(copy) : -ENOMEM;
	}
	get_options(copy, ECHO_TAPS + 1, numbers);
	smp_store_release(&echo->count, 0);
	memcpy(echo->taps, numbers + 1, sizeof(echo->taps));
	memset(echo->said, 0, sizeof(echo->said));
	if (numbers[0] > 1 || numbers[1])	/* else not even companded anew */
		smp_store_release(&echo->count, numbers[0]);
	kfree(copy);
	kfree(numbers);
	return size;
}

static const struct file_operations echo_operations = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = set_echo,
};

static void make_faults(void)
{
	char name[8];
	int i;

	card->debugfs = debugfs_create_dir("linepair", NULL);
	debugfs_create_u32("alarms", 0644, card->debugfs, &card->alarms);
	debugfs_create_u64("ticks", 0444, card->debugfs, &card->ticks);
	debugfs_create_u64("late", 0444, card->debugfs, &card->late);
	debugfs_create_bool("lamps", 0644, card->debugfs, &card->lamps);
	for (i = 0; i < pairs; i++) {
		struct pair *pair = &card->pair[i];
		struct dentry *folder;

		snprintf(name, sizeof(name), "%d", i + 1);
		folder = debugfs_create_dir(name, card->debugfs);
		debugfs_create_bool("cut", 0644, folder, &pair->cut);
		debugfs_create_bool("swapped", 0644, folder, &pair->swapped);
		debugfs_create_bool("dead", 0644, folder, &pair->dead);
		debugfs_create_u32("drop_ms", 0644, folder, &pair->drop_ms);
		debugfs_create_u32("lamp", 0444, folder, &pair->lamp);
		debugfs_create_file("echo", 0200, folder, &pair->echo, &echo_operations);
	}
}

static void free_card(void)
{
	int i;

	for (i = 0; i < 2 * pairs; i++)
		kfree(card->chans[i]);
	if (card->device)
		dahdi_free_device(card->device);
	kfree(card);
}

static int __init linepair_init(void)
{
	int result = -ENOMEM;

	if (pairs < 1 || pairs > PAIRS_MAX)
		return -EINVAL;
	card = kzalloc(sizeof(*card), GFP_KERNEL);
	if (!card)
		return -ENOMEM;
	card->device = dahdi_create_device();
	if (!card->device || make_channels())
		goto failed;
	describe();
	dev_set_name(&card->device->dev, "linepair:0");
	result = dahdi_register_device(card->device, NULL);
	if (result)
		goto failed;
	make_faults();
	hrtimer_init(&card->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	card->timer.function = timer_tick;
	hrtimer_start(&card->timer, ms_to_ktime(1), HRTIMER_MODE_REL);
	return 0;
failed:
	free_card();
	return result;
}

static void __exit linepair_exit(void)
{
	hrtimer_cancel(&card->timer);
	debugfs_remove_recursive(card->debugfs);
	dahdi_unregister_device(card->device);
	free_card();
}

module_init(linepair_init);
module_exit(linepair_exit);
MODULE_DESCRIPTION("Cross-wired FXS and FXO ports on the DAHDI core");
MODULE_LICENSE("GPL");
