// SPDX-License-Identifier: GPL-2.0-or-later
// The agent's desk: tells of a ringing call outside the page, keeps what is written until the box has it, keys.
"use strict";

const deskPage = document.getElementById("desk");
const deskWords = document.getElementById("desk-words").dataset;
const ownTitle = document.title;
const OFTEN_MS = 4000; // drafts that could not be sent are sent again

// What people write in is theirs while it is shown: a redrawn part leaves it alone.
Idiomorph.defaults.callbacks.beforeNodeMorphed = (old) => !(old instanceof Element && old.hasAttribute("data-keep"));

// ---- a call rings ---------------------------------------------------------------------------------

let told = "";
let hidden = "";
let ring = 0;

function look() {
  document.getElementById("away").hidden = true;
  const popUp = document.getElementById("pop-up");
  const call = popUp?.dataset.call ?? "";
  document.title = call ? `☎ ${popUp.dataset.title} · ${deskWords.rings}` : ownTitle;
  if (popUp && hidden === call) popUp.close();
  if (call && call !== told) tell(popUp, call);
  if (!call) clearInterval(ring);
  told = call;
}

function tell(popUp, call) {
  if ("Notification" in window && Notification.permission === "granted") {
    // One tag for all tabs: the second one replaces the first one's.
    const notification = new Notification(popUp.dataset.title, { body: popUp.dataset.body.trim(), tag: call });
    notification.onclick = () => window.focus();
  }
  if (localStorage.getItem("desk:sound") === "on" && localStorage.getItem("desk:rang") !== call) {
    localStorage.setItem("desk:rang", call); // other tabs are silent
    clearInterval(ring);
    beep();
    ring = setInterval(beep, 3000);
  }
}

let audio = null;

function beep() {
  audio ??= new AudioContext();
  for (const [pitch, from] of [[660, 0], [880, 0.25]]) {
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const level = new GainNode(audio, { gain: 0.12 });
    tone.connect(level).connect(audio.destination);
    tone.start(audio.currentTime + from);
    tone.stop(audio.currentTime + from + 0.2);
  }
}

// ---- notes ----------------------------------------------------------------------------------------

const draftOf = (call) => `note:${deskPage.dataset.user}:${call}`;
const fieldOf = (call) => document.querySelector(`[data-note="${call}"] textarea`);

function unsaved(form) {
  form.querySelector(".note-state").textContent = deskWords.unsaved;
}

// What this browser has and the box has not: shown where its field is, sent in any case.
function sendDrafts() {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(draftOf("")))) {
    const call = key.slice(draftOf("").length);
    const field = fieldOf(call);
    if (field && document.activeElement !== field) field.value = localStorage.getItem(key);
    if (field) htmx.trigger(field.form, "change");
    else htmx.ajax("POST", `/calls/${call}/note`, { values: { text: localStorage.getItem(key) }, swap: "none" });
  }
}

document.addEventListener("input", (event) => {
  const call = event.target.closest("[data-note]")?.dataset.note;
  if (call) localStorage.setItem(draftOf(call), event.target.value);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const call = event.detail.pathInfo?.requestPath.match(/^\/calls\/([^/]+)\/note$/)?.[1];
  if (!call) return;
  const { status } = event.detail.xhr;
  const sent = event.detail.requestConfig.parameters.text;
  const done = status === 200 || status === 404; // a call that was erased takes its notes with it
  if (done && localStorage.getItem(draftOf(call)) === sent) localStorage.removeItem(draftOf(call));
  const form = fieldOf(call)?.form;
  if (form && !done) unsaved(form);
});

// Another tab writes the same note.
window.addEventListener("storage", (event) => {
  const field = event.key?.startsWith(draftOf("")) && fieldOf(event.key.slice(draftOf("").length));
  if (field && event.newValue !== null) field.value = event.newValue;
});

// ---- comfort --------------------------------------------------------------------------------------

function remembered(id, unless) {
  const box = document.getElementById(id);
  if (!box) return;
  box.checked = (localStorage.getItem(`desk:${id}`) ?? unless) === "on";
  box.addEventListener("change", () => {
    localStorage.setItem(`desk:${id}`, box.checked ? "on" : "off");
    if (id === "sound" && box.checked) beep();
    showComfort();
  });
}

function showComfort() {
  const ask = document.getElementById("notify");
  if (ask) ask.hidden = !("Notification" in window) || Notification.permission !== "default";
  const list = document.getElementById("key-list");
  if (list) list.hidden = !document.getElementById("keys").checked;
}

function isWriting(element) {
  return element.matches("textarea, select, input:not([type=checkbox])");
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (isWriting(document.activeElement)) document.activeElement.blur();
    else hide();
    return;
  }
  const on = document.getElementById("keys")?.checked;
  if (!on || event.ctrlKey || event.altKey || event.metaKey || isWriting(event.target)) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (isWriting(wanted)) wanted.focus();
  else wanted.click();
});

function hide() {
  hidden = document.getElementById("pop-up")?.dataset.call ?? "";
  if (hidden) look();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.id === "pop-up-hide") hide();
  if (button?.id === "notify") Notification.requestPermission().then(showComfort);
});

// A pick from the list of names is done: its field is free for the next one.
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  const people = event.target.closest?.(".people");
  if (people) people.replaceChildren();
  if (event.target.id === "dial-form") event.target.reset();
});

deskPage.addEventListener("away", () => { document.getElementById("away").hidden = false; });
document.body.addEventListener("htmx:sseError", () => { document.getElementById("away").hidden = false; });
deskPage.addEventListener("htmx:afterSwap", (event) => { if (event.target === deskPage) look(); });
window.addEventListener("online", sendDrafts);
remembered("sound", "off");
remembered("keys", "on");
showComfort();
look();
sendDrafts();
setInterval(sendDrafts, OFTEN_MS);
