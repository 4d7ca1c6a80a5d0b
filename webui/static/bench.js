// SPDX-License-Identifier: GPL-2.0-or-later
// The bench page: each telephone and each line is a WebSocket with states as JSON and sound as blocks.
"use strict";

const bench = document.getElementById("bench");
const words = JSON.parse(bench.dataset.words);
const hearing = JSON.parse(bench.dataset.hearing);
const REOPEN_MS = 1000;

// One audio context for all far ends. Browsers allow it only after a touch or a key.
const sound = {
  context: null,
  ready: null,
  microphone: null,

  start() {
    if (!window.AudioWorkletNode) {
      say(words.insecure);
      return Promise.resolve(false);
    }
    if (!this.ready) {
      this.context = new AudioContext({ latencyHint: "interactive" });
      this.ready = this.context.audioWorklet.addModule(bench.dataset.worklet).then(() => true);
    }
    if (this.context.state === "suspended") this.context.resume();
    return this.ready;
  },

  async openMicrophone() {
    if (!this.microphone) {
      const constraints = { audio: { echoCancellation: true, noiseSuppression: false, autoGainControl: true } };
      const stream = await navigator.mediaDevices.getUserMedia(constraints);
      this.microphone = this.context.createMediaStreamSource(stream);
    }
    return this.microphone;
  },
};

function say(text) {
  const notice = document.createElement("div");
  notice.className = "notice";
  notice.textContent = text;
  document.getElementById("bench-notices").replaceChildren(notice);
}

class FarEnd {
  constructor(element) {
    this.element = element;
    this.name = element.dataset.port;
    this.isPhone = element.dataset.kind === "phone";
    this.state = {};
    this.node = null;
    this.listens = true;
    this.find(".speak").addEventListener("change", () => this.choose(this.find(".speak").value));
    this.find(".listen").addEventListener("click", () => this.listen(!this.listens));
    for (const key of element.querySelectorAll("[data-digit]")) key.addEventListener("click", () => this.dial(key.dataset.digit));
    element.addEventListener("keydown", (event) => this.typed(event));
    this.isPhone ? this.bindPhone() : this.bindExchange();
    this.open();
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  bindPhone() {
    this.find(".hook").addEventListener("click", () => (this.lifted ? this.send({ do: "hang_up" }) : this.pickUp()));
    this.find(".flash").addEventListener("click", () => this.send({ do: "flash" }));
  }

  bindExchange() {
    const form = this.find("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.attend();
      this.send({ do: "call", number: form.elements.number.value.trim(), name: form.elements.name.value.trim() });
    });
    this.find(".answer").addEventListener("click", () => {
      this.attend();
      this.send({ do: "answer" });
    });
    this.find(".end").addEventListener("click", () => this.send({ do: "hang_up", by: "battery" }));
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/bench/ws/${this.name}`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.show({});
    this.socket.onmessage = ({ data }) => (typeof data === "string" ? this.take(JSON.parse(data)) : this.hear(data));
    this.socket.onclose = () => {
      this.element.dataset.open = "false";
      this.write(words.closed, "");
      setTimeout(() => this.open(), REOPEN_MS);
    };
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  get lifted() {
    return this.state.hook === "off";
  }

  send(command) {
    if (this.isOpen) this.socket.send(JSON.stringify(command));
  }

  take(packet) {
    if (packet.state) this.show(packet.state);
    if (packet.error) say(packet.error.message ?? packet.error);
  }

  pickUp() {
    this.attend();
    this.send({ do: "pick_up" });
  }

  dial(digit) {
    this.attend();
    if (this.isPhone && !this.lifted) this.send({ do: "pick_up" });
    this.send({ do: "digits", digits: digit });
  }

  typed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select")) return;
    if (/^[0-9*#]$/.test(event.key)) this.dial(event.key);
  }

  // One person has one mouth and one pair of ears: both go to the end that was touched last. The end left
  // behind speaks with the test voice and is silent here, so that nothing howls.
  async attend() {
    if (!(await this.connect())) return;
    for (const other of ends) {
      if (other === this || !other.node) continue;
      other.listen(false);
      if (other.speaks === "microphone") await other.speak("test");
    }
    this.listen(true);
    if (!this.chosen) await this.speak("microphone");
  }

  async connect() {
    if (!(await sound.start())) return false;
    if (this.node) return true;
    this.node = new AudioWorkletNode(sound.context, "far-end", { numberOfInputs: 1, outputChannelCount: [1] });
    this.gain = new GainNode(sound.context, { gain: this.listens ? 1 : 0 });
    this.node.connect(this.gain).connect(sound.context.destination);
    this.node.port.onmessage = ({ data }) => this.sound(data);
    return true;
  }

  sound({ block, peak }) {
    if (this.isOpen && this.socket.bufferedAmount < 16 * 160) this.socket.send(block);
    this.level = Math.max(peak, (this.level ?? 0) * 0.8);
    this.element.style.setProperty("--level", Math.min(1, Math.sqrt(this.level) * 1.1).toFixed(2));
    this.element.dataset.level = this.level.toFixed(3);
  }

  hear(block) {
    this.node?.port.postMessage({ heard: block }, [block]);
  }

  // What a person chose stays.
  choose(source) {
    this.chosen = true;
    return this.speak(source);
  }

  async speak(source) {
    if (!(await this.connect())) return;
    if (source === "microphone") source = await this.takeMicrophone();
    else sound.microphone && this.speaks === "microphone" && sound.microphone.disconnect(this.node);
    this.speaks = source;
    this.find(".speak").value = source;
    this.node.port.postMessage({ speak: source });
  }

  async takeMicrophone() {
    try {
      const microphone = await sound.openMicrophone();
      microphone.connect(this.node);
      return "microphone";
    } catch {
      say(words.denied);
      return "test";
    }
  }

  listen(on) {
    this.listens = on;
    this.find(".listen").setAttribute("aria-pressed", String(on));
    if (this.gain) this.gain.gain.value = on ? 1 : 0;
  }

  show(state) {
    this.state = { ...this.state, ...state };
    Object.assign(this.element.dataset, {
      open: "true",
      hook: this.state.hook ?? "on",
      ringing: String(Boolean(this.state.ringing)),
      hearing: this.state.hearing ?? "",
      callerId: asText(this.state.caller_id),
      dialled: this.state.dialled ?? "",
    });
    this.write(this.topLine(), this.lowLine());
    this.isPhone ? this.showPhone() : this.showExchange();
  }

  showPhone() {
    const button = this.find(".hook");
    const text = this.lifted ? button.dataset.hangUp : button.dataset.pickUp;
    if (button.textContent !== text) button.textContent = text;
    button.classList.toggle("primary", !this.lifted);
    button.classList.toggle("danger", this.lifted);
    this.find(".flash").disabled = !this.lifted;
  }

  showExchange() {
    const busy = this.lifted || Boolean(this.state.ringing);
    this.find(".call-in").disabled = busy;
    this.find(".end").disabled = !busy;
    this.find(".answer").hidden = this.state.line !== "dialling";
  }

  topLine() {
    const { idle } = this.find(".top-line").dataset;
    if (!this.isPhone) return this.state.dialled || asText(this.state.caller_id) || idle;
    return this.lifted ? (this.state.dialled ?? "") : asText(this.state.caller_id) || idle;
  }

  lowLine() {
    if (this.state.ringing) return this.isPhone ? words.ringing : words.calling;
    if (this.state.plugged === false) return words.closed;
    if (!this.lifted) return words.idle;
    const heard = hearing[this.state.hearing] ?? this.state.hearing ?? "";
    const place = this.isPhone ? words.lifted : this.state.line === "dialling" ? words.seized : words.answered;
    return this.isPhone ? heard || place : [place, heard].filter(Boolean).join(" · ");
  }

  write(top, low) {
    this.find(".top-line").textContent = top || "\u00a0";
    this.find(".low-line").textContent = low || "\u00a0";
  }
}

// Caller ID comes as a text, or as number and name.
function asText(callerId) {
  if (!callerId) return "";
  if (typeof callerId === "string") return callerId;
  return [callerId.name, callerId.number].filter(Boolean).join(" ");
}

const ends = [...bench.querySelectorAll(".far")].map((element) => new FarEnd(element));
