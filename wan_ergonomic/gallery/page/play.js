"use strict";
// Plays the card under the pointer, in the grid all cards of its row in step.

const DWELL = 140;
const MOST_AT_ONCE = 24;
let playing = null;
let waiting = 0;

const isVisible = (card) => {
  const a = card.getBoundingClientRect();
  const b = main.getBoundingClientRect();
  return a.right > b.left && a.left < b.right && a.bottom > b.top && a.top < b.bottom;
};

function unitOf(element) {
  return element.closest(".row") ?? element.closest(".card");
}

function cardsIn(unit) {
  const inside = unit.matches(".card") ? [unit] : [...unit.querySelectorAll(".card")];
  return inside.filter((card) => ROWS[card.dataset.row].file && isVisible(card)).slice(0, MOST_AT_ONCE);
}

async function start(unit) {
  stop();
  const videos = cardsIn(unit).map((card) => {
    const row = ROWS[card.dataset.row];
    const video = videoOf(row);
    video.addEventListener("error", () => card.classList.add("unplayable"), { once: true });
    card.querySelector(".still").append(video);
    return video;
  });
  if (!videos.length) return;
  const steps = new InStep(videos);
  playing = { unit, steps };
  unit.classList.add("playing");
  nameButton(unit, "Stop");
  await steps.ready();
  if (playing?.steps === steps) {
    videos.forEach((video) => video.classList.add("ready"));
    steps.play();
  }
}

function stop() {
  clearTimeout(waiting);
  if (!playing) return;
  playing.unit.classList.remove("playing");
  nameButton(playing.unit, "Play row");
  playing.steps.end();
  playing = null;
}

function nameButton(unit, text) {
  const button = unit.querySelector(".play-row");
  if (button) button.textContent = text;
}

function toggle(unit) {
  if (playing?.unit === unit) stop();
  else start(unit);
}

main.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType !== "mouse" || calm.matches) return;
  const card = target.closest(".card");
  const unit = card && unitOf(card);
  if (!unit || playing?.unit === unit) return;
  clearTimeout(waiting);
  // Not for each card that the pointer passes.
  waiting = setTimeout(() => start(unit), DWELL);
});

main.addEventListener("pointerout", ({ target, relatedTarget, pointerType }) => {
  if (pointerType !== "mouse" || calm.matches) return;
  clearTimeout(waiting);
  const unit = unitOf(target);
  if (unit && playing?.unit === unit && !unit.contains(relatedTarget)) stop();
});

document.addEventListener("visibilitychange", () => document.hidden && stop());
