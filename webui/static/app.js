// SPDX-License-Identifier: GPL-2.0-or-later
// What every page needs beyond HTML: clocks that tick, the recording player, small comforts of forms.
"use strict";

const offset = Number(document.querySelector('meta[name="server-time"]').content) - Date.now();

function asDuration(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds % 60)];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function tick() {
  for (const clock of document.querySelectorAll("time[data-since]")) {
    const text = asDuration(Math.max(0, (Date.now() + offset - Date.parse(clock.dataset.since)) / 1000));
    if (clock.textContent !== text) clock.textContent = text;
  }
  for (const clock of document.querySelectorAll("time[data-until]")) {
    const text = asDuration(Math.max(0, (Date.parse(clock.dataset.until) - Date.now() - offset) / 1000));
    if (clock.textContent !== text) clock.textContent = text;
  }
}

function play(button) {
  const player = document.getElementById("player");
  const audio = document.getElementById("player-audio");
  audio.src = button.dataset.play;
  document.getElementById("player-title").textContent = button.dataset.title;
  document.getElementById("player-download").href = `${button.dataset.play}?download=1`;
  player.hidden = false;
  audio.play();
}

function closePlayer() {
  document.getElementById("player-audio").pause();
  document.getElementById("player").hidden = true;
}

function reveal(button) {
  const field = document.getElementById(button.dataset.reveal);
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
}

// A rough guide while typing; the server decides.
function strength(password) {
  if (password.length < 10) return password ? 1 : 0;
  const variety = new Set(password.toLowerCase()).size;
  if (variety < 6) return 1;
  return password.length >= 16 ? 4 : password.length >= 13 && variety >= 8 ? 3 : 2;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button, summary");
  if (button?.dataset.play) play(button);
  if (button?.id === "player-close") closePlayer();
  if (button?.dataset.reveal) reveal(button);
  if (button?.dataset.copyDay) copyDay(button);
  for (const menu of document.querySelectorAll("details.menu[open], details.rest[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A week's Tuesday to Friday are mostly like its Monday.
function copyDay(button) {
  const days = [...button.closest("form").querySelectorAll(".days .day")];
  const times = [...days[0].querySelectorAll("input")].map((input) => input.value);
  for (const day of days.slice(1, Number(button.dataset.copyDay))) {
    day.querySelectorAll("input").forEach((input, place) => { input.value = times[place] ?? ""; });
  }
}

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open], details.rest[open]")) menu.open = false;
});

document.addEventListener("input", (event) => {
  const meter = document.querySelector(`[data-strength-of="${event.target.id}"]`);
  if (meter) meter.dataset.score = strength(event.target.value);
});

// Whether a form that saves holds what the box does not know yet.
function somethingTyped() {
  return [...document.querySelectorAll("[hx-post] :is(input, textarea), [method=post] :is(input, textarea)")]
    .some((field) => !["hidden", "checkbox", "radio"].includes(field.type) && field.value !== field.defaultValue);
}

// What was typed before a log-out was saved now: back to where that was.
document.addEventListener("htmx:afterRequest", (event) => {
  const { then } = event.target.dataset;
  if (then && event.detail.successful) location.assign(then);
});

document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  const door = event.detail.xhr.getResponseHeader("X-Log-In");
  if (door && !somethingTyped()) return location.assign(door);
  const notices = document.getElementById("notices") ?? document.getElementById("toasts");
  if (!notices) return;
  const notice = document.createElement("div");
  notice.className = "notice bad";
  notice.textContent = responseText.slice(0, 300);
  notices.replaceChildren(notice);
});

// An order was carried out: its sheet is not needed any more.
document.addEventListener("orderDone", () => {
  const sheet = document.getElementById("orders");
  if (sheet?.matches(":popover-open")) sheet.hidePopover();
});

// A tab that slept may have missed everything.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  for (const part of document.querySelectorAll('[hx-trigger*="awake"]')) htmx.trigger(part, "awake");
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "toasts") setTimeout(() => event.target.replaceChildren(), 8000);
});

// Rows of a live list glide to their new places: what stands below one that is gone does not jump.
function glide() {
  for (const list of document.querySelectorAll("[data-glides]")) {
    [...list.children].forEach((row, n) => { row.style.transform = `translateY(${100 * n}%)`; });
    list.classList.add("glides");
  }
}

document.addEventListener("htmx:afterSwap", glide);
glide();
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
setInterval(tick, 1000);

document.querySelector("[data-focus]")?.focus();
