// SPDX-License-Identifier: GPL-2.0-or-later
// Passkeys: asks the server what to sign, lets the browser sign it, and sends the answer as a form.
"use strict";

async function withPasskey(form) {
  const options = await (await fetch(form.dataset.passkey)).json();
  const credential = form.dataset.kind === "new"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  form.elements.answer.value = JSON.stringify(credential.toJSON());
  form.submit();
}

// The forms are hidden where the browser or the address cannot have passkeys (plain http, an IP address).
const possible = window.PublicKeyCredential?.parseRequestOptionsFromJSON && !/^[\d.]+$|:/.test(location.hostname);
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !possible;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    withPasskey(form).catch((error) => {
      const said = form.querySelector(".wrong");
      said.hidden = false;
      said.title = String(error);
    });
  });
}
for (const sorry of document.querySelectorAll("[data-no-passkey]")) sorry.hidden = Boolean(possible);
