"use strict";
// The keyboard: arrows go from card to card, letters act on the card that has the focus.

const KEYS = [
  ["Arrows, Home, End", "go from video to video"],
  ["Enter", "open the video, with all that is known of it"],
  ["Space", "play or stop the row"],
  ["1 to 5, 0", "give stars, take them away"],
  ["n", "write a note"],
  ["c", "choose as A or B"],
  ["v", "compare A and B"],
  ["p, s, m", "copy the prompt, the seed, the command that makes it again"],
  ["/", "filter by text"],
  ["g", "change between grid and wall"],
  ["Escape", "close, or stop"],
  ["In a comparison", "Space plays, ← and → go by frames, w wipes, f flips, x swaps"],
];

let current = null;

function focusCard(row) {
  const card = cards.get(row);
  if (!card?.isConnected) return;
  makeCurrent(card);
  card.querySelector(".still").focus();
}

// Only the buttons of one card are reached with Tab; a thousand would be no help.
function makeCurrent(card) {
  if (current === card) return;
  for (const [each, index] of [[current, -1], [card, 0]]) {
    each?.querySelectorAll("button").forEach((button) => { button.tabIndex = index; });
  }
  current = card;
}

function move(row, key) {
  const y = lines.findIndex((line) => line.some(([each]) => each === row));
  const order = lines.flat().map(([each]) => each);
  const x = order.indexOf(row);
  const column = lines[y]?.find(([each]) => each === row)?.[1] ?? 0;
  const towards = { ArrowLeft: order[x - 1], ArrowRight: order[x + 1], Home: order[0], End: order.at(-1) };
  if (key in towards) return towards[key];
  const step = key === "ArrowDown" ? 1 : -1;
  let line = lines[y + step];
  for (let next = y + step; line && !line.length; next += step) line = lines[next];
  return line?.reduce((a, b) => (Math.abs(b[1] - column) < Math.abs(a[1] - column) ? b : a))[0];
}

const MOVES = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);
const ACTIONS = {
  n: (row) => { open(row); byId("note").focus(); },
  c: (row) => row.file && pick(row),
  p: (row) => copy(row, "prompt"),
  s: (row) => copy(row, "seed"),
  m: (row) => copy(row, "again"),
};
const ANYWHERE = {
  "/": () => { showPanel(true); byId("text").focus(); },
  "?": () => byId("keys").showModal(),
  g: () => chooseView(view.kind === "grid" ? "wall" : "grid"),
  v: () => compare(),
  Escape: () => stop(),
};
const IN_COMPARISON = {
  " ": togglePair,
  ArrowLeft: () => step(-1),
  ArrowRight: () => step(1),
  w: () => chooseMode(byId("stage").classList.contains("wipe") ? "beside" : "wipe"),
  f: flip,
  x: swap,
};

function onCard(event, card) {
  const row = ROWS[card.dataset.row];
  const onStill = event.target.matches(".still");
  if (MOVES.has(event.key)) {
    const next = move(row, event.key);
    if (next) focusCard(next);
    return true;
  }
  if (event.key === " " && onStill) toggle(unitOf(card));
  else if (/^[0-5]$/.test(event.key)) rate(row, { stars: Number(event.key) });
  else if (event.key in ACTIONS) ACTIONS[event.key](row);
  else return false;
  return true;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const writes = event.target.matches("input:not([type=range]), textarea, select");
  const dialog = document.querySelector("dialog[open]");
  let done = false;
  if (dialog?.id === "compare" && !event.target.matches("input, select, button:not(.main)")) {
    done = event.key in IN_COMPARISON;
    if (done) IN_COMPARISON[event.key]();
  } else if (dialog?.id === "detail" && !writes && !event.target.matches("video")) {
    done = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (done) openNext(event.key === "ArrowLeft" ? -1 : 1);
    else if (/^[0-5]$/.test(event.key)) rate(opened, { stars: Number(event.key) });
  } else if (!dialog && !writes) {
    const card = event.target.closest(".card");
    done = Boolean(card && onCard(event, card));
    if (!done && event.key in ANYWHERE) {
      ANYWHERE[event.key]();
      done = true;
    }
  }
  if (done) event.preventDefault();
}

document.addEventListener("keydown", onKey);
// Some browsers click a button when Space is released.
document.addEventListener("keyup", (event) => {
  if (event.key === " " && event.target.matches(".still, #compare-play")) event.preventDefault();
});
main.addEventListener("focusin", ({ target }) => {
  const card = target.closest(".card");
  if (card) makeCurrent(card);
});
byId("key-list").append(...KEYS.flatMap(([key, what]) => [make("dt", "", key), make("dd", "", what)]));
