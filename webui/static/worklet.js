// SPDX-License-Identifier: GPL-2.0-or-later
// One far end's sound: 160-byte blocks of G.711 mu-law at 8 kHz, from and to the browser's own rate.
"use strict";

const RATE = 8000;
const BLOCK = 160;
const TARGET = 3 * BLOCK; // samples kept in hand against jitter: 60 ms
const MOST = 12 * BLOCK;

// ITU-T G.711, table 2a/2b
const EXPAND = new Float32Array(256);
for (let code = 0; code < 256; code++) {
  const u = ~code & 0xff;
  const magnitude = (((u & 0x0f) << 3) + 0x84) << ((u & 0x70) >> 4);
  EXPAND[code] = (u & 0x80 ? 0x84 - magnitude : magnitude - 0x84) / 32768;
}

function compress(sample) {
  let value = Math.max(-32635, Math.min(32635, Math.round(sample * 32768)));
  const sign = value < 0 ? 0x80 : 0;
  value = Math.abs(value) + 0x84;
  const exponent = Math.min(7, Math.max(0, 24 - Math.clz32(value)));
  return ~(sign | (exponent << 4) | ((value >> (exponent + 3)) & 0x0f)) & 0xff;
}

// Windowed-sinc low pass at 3.6 kHz for the way down to 8 kHz.
function lowPass(rate, taps = 63) {
  const kernel = new Float32Array(taps);
  const cut = 3600 / rate;
  let sum = 0;
  for (let n = 0; n < taps; n++) {
    const x = n - (taps - 1) / 2;
    const sinc = x === 0 ? 2 * cut : Math.sin(2 * Math.PI * cut * x) / (Math.PI * x);
    kernel[n] = sinc * (0.54 - 0.46 * Math.cos((2 * Math.PI * n) / (taps - 1)));
    sum += kernel[n];
  }
  return kernel.map((value) => value / sum);
}

// A voice for those without a microphone: pulses through two formants, vowel by vowel, with pauses.
class TestVoice {
  constructor() {
    this.n = 0;
    this.state = [0, 0, 0, 0];
  }

  next() {
    const t = this.n++ / RATE;
    const syllable = Math.floor(t * 3.2);
    const within = t * 3.2 - syllable;
    const speaks = syllable % 9 < 7 && within < 0.8;
    const [f1, f2] = [[730, 1090], [530, 1840], [270, 2290], [570, 840], [300, 870]][(syllable * 7) % 5];
    const pitch = 118 + 14 * Math.sin(t * 2.1);
    const pulse = speaks && (t * pitch) % 1 < pitch / RATE ? Math.sin(Math.PI * within) : 0;
    const low = this.resonate(0, pulse, f1, 90);
    return 2.2 * (low + this.resonate(2, pulse, f2, 110) * 0.6);
  }

  resonate(at, input, hz, width) {
    const r = Math.exp((-Math.PI * width) / RATE);
    const out = input * (1 - r) * 4 + 2 * r * Math.cos((2 * Math.PI * hz) / RATE) * this.state[at] - r * r * this.state[at + 1];
    this.state[at + 1] = this.state[at];
    this.state[at] = out;
    return out;
  }
}

class FarEnd extends AudioWorkletProcessor {
  constructor() {
    super();
    this.heard = []; // 8 kHz samples to play
    this.place = 0; // fraction between heard[0] and heard[1]
    this.filling = true;
    this.kernel = lowPass(sampleRate);
    this.spoken = new Float32Array(this.kernel.length); // ring of the microphone's samples
    this.at = 0;
    this.phase = 0;
    this.block = new Uint8Array(BLOCK);
    this.filled = 0;
    this.speak = "silence";
    this.voice = new TestVoice();
    this.peak = 0;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take(data) {
    if (data.speak) {
      this.speak = data.speak;
      return;
    }
    for (const code of new Uint8Array(data.heard)) {
      const sample = EXPAND[code];
      this.heard.push(sample);
      this.peak = Math.max(this.peak, Math.abs(sample));
    }
    if (this.heard.length > MOST) this.heard.splice(0, this.heard.length - TARGET);
  }

  process(inputs, outputs) {
    this.play(outputs[0]);
    this.send(inputs[0]?.[0], outputs[0][0].length);
    return true;
  }

  play(channels) {
    const step = RATE / sampleRate;
    const out = channels[0];
    if (this.filling && this.heard.length >= TARGET) this.filling = false;
    let used = 0;
    for (let n = 0; n < out.length; n++) {
      if (this.filling || this.heard.length - used < 3) {
        this.filling = true;
        out[n] = 0;
        continue;
      }
      const [a, b] = [this.heard[used], this.heard[used + 1]];
      out[n] = a + (b - a) * this.place;
      this.place += step;
      while (this.place >= 1) {
        this.place -= 1;
        used++;
      }
    }
    if (used) this.heard.splice(0, used);
    for (const channel of channels.slice(1)) channel.set(out);
  }

  send(input, count) {
    const step = RATE / sampleRate;
    for (let n = 0; n < count; n++) {
      this.spoken[this.at] = input ? input[n] : 0;
      this.at = (this.at + 1) % this.spoken.length;
      this.phase += step;
      if (this.phase >= 1) {
        this.phase -= 1;
        this.put(this.sample());
      }
    }
  }

  sample() {
    if (this.speak === "test") return this.voice.next();
    return this.speak === "microphone" ? this.filtered() : 0;
  }

  filtered() {
    let sum = 0;
    for (let n = 0; n < this.kernel.length; n++) {
      sum += this.kernel[n] * this.spoken[(this.at + n) % this.spoken.length];
    }
    return sum;
  }

  put(sample) {
    this.block[this.filled++] = compress(sample);
    if (this.filled < BLOCK) return;
    this.filled = 0;
    const block = this.block.slice().buffer;
    this.port.postMessage({ block, peak: this.peak }, [block]);
    this.peak = 0;
  }
}

registerProcessor("far-end", FarEnd);
