// SPDX-License-Identifier: GPL-2.0-or-later
// The player of one recording: the outline of both channels, where it is now, what is silenced; speed; notes.
"use strict";

const box = document.getElementById("recording-player");

if (box) {
  const audio = document.getElementById("recording-audio");
  const canvas = document.getElementById("waveform");
  const duration = Number(box.dataset.duration);
  const silent = JSON.parse(box.dataset.silent);
  let outline = null;

  const colour = (name) => getComputedStyle(box).getPropertyValue(name).trim();

  // The loudest moment fills the height: quiet lines are seen as well.
  function loudest() {
    return outline.data.reduce((most, value) => Math.max(most, Math.abs(value)), 8);
  }

  function drawNotes(ctx, scale) {
    ctx.fillStyle = colour("--amber");
    for (const note of document.querySelectorAll("#notes [data-seek]")) {
      const at = (Number(note.dataset.seek) / duration) * canvas.width;
      ctx.fillRect(at - scale, 0, 2 * scale, canvas.height);
      ctx.fillRect(at - 4 * scale, 0, 8 * scale, 8 * scale);
    }
  }

  // Both channels, or one of them on both ears.
  let channels = null;
  let ears = null;
  function hear(which) {
    if (!channels && which === "both") return;
    if (!channels) {
      const sound = new AudioContext();
      [channels, ears] = [sound.createChannelSplitter(2), sound.createChannelMerger(2)];
      sound.createMediaElementSource(audio).connect(channels);
      ears.connect(sound.destination);
    }
    channels.context.resume();
    channels.disconnect();
    for (const ear of [0, 1]) channels.connect(ears, which === "both" ? ear : Number(which), ear);
  }

  // audiowaveform's data: minimum and maximum of each channel in turn.
  function drawChannel(ctx, channel, middle, half, played) {
    const { data, length, channels, most } = outline;
    const step = canvas.width / length;
    for (let n = 0; n < length; n += 1) {
      const at = 2 * (channels * n + channel);
      const top = middle - (data[at + 1] / most) * half;
      const bottom = middle - (data[at] / most) * half;
      ctx.fillStyle = n * step < played ? colour("--tip") : colour("--quiet");
      ctx.fillRect(n * step, top, Math.max(1, step - 0.5), Math.max(1, bottom - top));
    }
  }

  function draw() {
    const scale = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = 128 * scale;
    const ctx = canvas.getContext("2d");
    ctx.fillStyle = colour("--rule");
    for (const [from, to] of silent) {
      ctx.fillRect((from / duration) * canvas.width, 0, ((to - from) / duration) * canvas.width, canvas.height);
    }
    const played = (audio.currentTime / duration) * canvas.width;
    if (outline) {
      drawChannel(ctx, 0, canvas.height / 4, canvas.height / 4 - 2, played);
      drawChannel(ctx, 1, (3 * canvas.height) / 4, canvas.height / 4 - 2, played);
    }
    drawNotes(ctx, scale);
    ctx.fillStyle = colour("--ink");
    ctx.fillRect(played, 0, scale, canvas.height);
  }

  function seek(seconds) {
    audio.currentTime = Math.max(0, Math.min(duration, seconds));
    draw();
  }

  canvas.addEventListener("click", (event) => seek((event.offsetX / canvas.clientWidth) * duration));
  for (const what of ["timeupdate", "seeked", "play", "pause"]) audio.addEventListener(what, draw);
  audio.addEventListener("timeupdate", () => {
    const at = document.getElementById("note-at");
    if (at && document.activeElement !== at) at.value = Math.min(duration, audio.currentTime).toFixed(2);
  });
  document.getElementById("speed").addEventListener("change", (event) => {
    audio.playbackRate = Number(event.target.value);
  });
  document.getElementById("channel").addEventListener("change", (event) => hear(event.target.value));
  document.addEventListener("htmx:afterSwap", draw);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-seek]");
    if (button) seek(Number(button.dataset.seek));
  });
  window.addEventListener("resize", draw);
  fetch(box.dataset.peaks)
    .then((answer) => (answer.ok ? answer.json() : null))
    .then((found) => {
      outline = found;
      if (found) found.most = loudest();
      canvas.dataset.points = found ? found.length : 0;
      draw();
    });
}
