// SPDX-License-Identifier: GPL-2.0-or-later
// The wallboard: live figures, colours that follow the clock, sound, pages that take turns, a screen that stays on.
"use strict";

const LOST_MS = 15_000; // the box sends something every 5 s
const RETRY_MS = 3_000;
const PAGE_MS = 12_000;
const HINT_MS = 30_000;
const TONES = ["", "warn", "alarm"];
const wall = document.getElementById("wall");
const queues = document.getElementById("wall-queues");

// ---- connection ----

let stream = null;
let heardAt = Date.now();

function show(state, clock) {
  const place = document.getElementById("wall-state");
  if (clock) document.getElementById("wall-clock").textContent = clock;
  if (place.dataset.state === state) return;
  place.dataset.state = state;
  document.getElementById("wall-state-text").textContent = JSON.parse(place.dataset.texts)[state];
}

function beat({ data }) {
  heardAt = Date.now();
  const [state, clock] = data.split(" ");
  show(state, clock);
}

function draw({ data }) {
  heardAt = Date.now();
  Idiomorph.morph(queues, data, { morphStyle: "innerHTML" });
  colour();
  turn(0);
}

function connect() {
  stream?.close();
  heardAt = Date.now();
  stream = new EventSource(wall.dataset.stream);
  stream.addEventListener("board", draw);
  stream.addEventListener("beat", beat);
  stream.addEventListener("version", ({ data }) => { if (data !== wall.dataset.version) location.reload(); });
  stream.onerror = () => {
    show("lost");
    if (stream.readyState === EventSource.CLOSED) ask();
  };
}

// The box answers, but not with the stream: it says itself why (log in, a link that was revoked).
async function ask() {
  stream.close();
  try {
    const { status, redirected } = await fetch(wall.dataset.stream, { method: "HEAD" });
    if (redirected || status === 401 || status === 403) return location.reload();
  } catch { /* no network: the next try tells */ }
  setTimeout(connect, RETRY_MS);
}

function watch() {
  if (Date.now() - heardAt < LOST_MS) return;
  show("lost");
  if (stream.readyState !== EventSource.CLOSED) connect();
}

// ---- colours and sound ----

const tones = new Map();
let sound = null;

function toneOf(figure) {
  const clock = figure.querySelector("time[data-since]");
  if (!("warnS" in figure.dataset)) return figure.dataset.tone;
  if (!clock) return "";
  const waited = (Date.now() + offset - Date.parse(clock.dataset.since)) / 1000;
  const [warn, alarm] = [Number(figure.dataset.warnS), Number(figure.dataset.alarmS)];
  return alarm && waited >= alarm ? "alarm" : warn && waited >= warn ? "warn" : "";
}

function colour() {
  let loudest = 0;
  const seen = new Set();
  for (const queue of queues.querySelectorAll(".wall-queue")) {
    const from = { warn: 1, alarm: 2 }[queue.dataset.sound] ?? 9;
    for (const figure of queue.querySelectorAll("[data-tone]")) {
      const key = `${queue.id} ${figure.dataset.figure}`;
      const tone = toneOf(figure);
      figure.dataset.tone = tone;
      const [before, now] = [tones.get(key) ?? 2, TONES.indexOf(tone)];
      if (now > before && now >= from) loudest = Math.max(loudest, now);
      tones.set(key, now);
      seen.add(key);
    }
  }
  for (const key of tones.keys()) if (!seen.has(key)) tones.delete(key);
  if (loudest) ring(loudest);
}

// Two notes for amber, three higher ones for red.
function ring(level) {
  wall.dataset.rang = Number(wall.dataset.rang ?? 0) + 1;
  if (sound?.state !== "running") return;
  const notes = level === 2 ? [880, 660, 880] : [587, 784];
  notes.forEach((pitch, n) => {
    const [tone, gain, at] = [sound.createOscillator(), sound.createGain(), sound.currentTime + n * 0.28];
    tone.frequency.value = pitch;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.5, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.26);
    tone.connect(gain).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.27);
  });
}

function setSound(on) {
  const button = document.getElementById("wall-sound");
  if (on) sound?.resume();
  else sound?.suspend();
  button.setAttribute("aria-pressed", String(on));
  document.getElementById("wall-hint").hidden = true;
  localStorage.setItem("wallboard-sound", on ? "on" : "off");
}

function hint() {
  const place = document.getElementById("wall-hint");
  place.hidden = false;
  setTimeout(() => { place.hidden = true; }, HINT_MS); // a screen without a mouse needs its room
}

async function beginSound() {
  if (localStorage.getItem("wallboard-sound") === "off") return;
  sound = new AudioContext();
  await Promise.race([sound.resume(), new Promise((done) => { setTimeout(done, 500); })]);
  if (sound.state === "running") setSound(true);
  else hint();
}

// ---- pages ----

let page = 0;

function pages() {
  return Math.max(1, Math.round(queues.scrollHeight / queues.clientHeight));
}

function turn(by) {
  const count = getComputedStyle(queues).overflowY === "hidden" ? pages() : 1;
  page = (page + by) % count;
  if (count > 1) queues.scrollTop = page * (queues.clientHeight + parseFloat(getComputedStyle(queues).rowGap));
  document.getElementById("wall-pages").textContent = count > 1 ? `${page + 1} / ${count}` : "";
}

// ---- the screen ----

async function stayAwake() {
  if (document.visibilityState !== "visible" || !navigator.wakeLock) return;
  try {
    await navigator.wakeLock.request("screen");
    wall.dataset.awake = "true";
  } catch { /* battery saver, or not allowed here: the page works all the same */ }
}

let idle = 0;
function stir() {
  wall.classList.remove("idle");
  clearTimeout(idle);
  idle = setTimeout(() => wall.classList.add("idle"), 5_000);
}

document.addEventListener("visibilitychange", stayAwake);
for (const what of ["pointermove", "pointerdown", "keydown"]) document.addEventListener(what, stir);
document.getElementById("wall-sound").addEventListener("click", (event) => {
  sound ??= new AudioContext();
  setSound(event.currentTarget.getAttribute("aria-pressed") !== "true");
});
document.getElementById("wall-hint-on").addEventListener("click", () => setSound(true));
document.getElementById("wall-hint-off").addEventListener("click", () => setSound(false));
document.getElementById("wall-full").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});
addEventListener("resize", () => turn(0));
connect();
colour();
turn(0);
stir();
stayAwake();
beginSound();
setInterval(watch, 1_000);
setInterval(colour, 1_000);
setInterval(() => turn(1), PAGE_MS);
