// SPDX-License-Identifier: GPL-2.0-or-later
// The wizard: time zone and country as the browser has them, the telephone that was lifted, examples, printing.
"use strict";

function propose(fields) {
  const zone = document.getElementById("s-timezone");
  const wanted = [...zone.options].find((o) => o.value === Intl.DateTimeFormat().resolvedOptions().timeZone);
  if (!wanted || zone.value !== "UTC" || wanted.value === "UTC") return;
  zone.value = wanted.value;
  const country = document.getElementById("s-country");
  const its = wanted.dataset.country;
  if (its && [...country.options].some((o) => o.value === its)) country.value = its;
  document.getElementById("proposed").hidden = false;
}

// What is being typed elsewhere stays; only a telephone that was just lifted takes the focus.
function lifted(state) {
  const row = document.getElementById(`lift-${state.dataset.port}`);
  if (!row || row.dataset.state === state.dataset.state) return;
  row.dataset.state = state.dataset.state;
  if (state.dataset.state !== "in_use") return;
  const name = row.querySelector("input");
  name.focus();
  name.select();
  row.scrollIntoView({ block: "center", behavior: "smooth" });
}

document.addEventListener("htmx:afterRequest", () => {
  for (const state of document.querySelectorAll(".lift-state")) lifted(state);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.fill) document.getElementById(button.dataset.fill).value = button.dataset.text;
  if (button && "print" in button.dataset) window.print();
});

const place = document.querySelector("[data-propose]");
if (place) propose(place);
