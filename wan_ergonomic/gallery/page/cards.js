"use strict";
// One card for each row, made when it is first shown. Its picture is set when it comes near.

const cards = new Map();
const picked = [];

function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function starButtons(row, tabindex) {
  return [1, 2, 3, 4, 5].map((number) => {
    const button = make("button", "star");
    button.type = "button";
    button.tabIndex = tabindex;
    button.dataset.stars = number;
    button.ariaLabel = number === 1 ? "1 star" : `${number} stars`;
    return button;
  });
}

function showStars(group, row) {
  const { stars } = ratingOf(row);
  [...group.children].forEach((button, index) => {
    button.ariaPressed = String(index + 1 === stars);
    button.classList.toggle("on", index < stars);
  });
}

// A second click on the same star takes the stars away.
function chooseStars(row, number) {
  rate(row, { stars: ratingOf(row).stars === number ? 0 : number });
}

function cardOf(row) {
  if (!cards.has(row)) cards.set(row, makeCard(row));
  return cards.get(row);
}

function makeCard(row) {
  const card = byId("card").content.firstElementChild.cloneNode(true);
  const still = card.querySelector(".still");
  card.dataset.row = row.index;
  card.dataset.state = row.state;
  card.ariaLabel = row.label;
  still.ariaLabel = `${row.label}, ${row.state}`;
  if (!row.file) still.append(...reasonOf(row));
  card.querySelector(".name").textContent = row.label;
  card.querySelector(".name").title = row.prompt;
  card.querySelector(".stars").append(...starButtons(row, -1));
  refreshCard(row, card);
  return card;
}

function reasonOf(row) {
  const reason = make("span", "reason", row.reason || (row.file ? "" : "There is no video."));
  reason.dir = "auto";
  return [make("b", "what", row.state), reason];
}

function flagsOf(row) {
  const { note } = ratingOf(row);
  const letter = picked.includes(row) ? [["letter", "AB"[picked.indexOf(row)]]] : [];
  const state = row.file && row.state !== "done" ? [["bad", row.state]] : [];
  const marks = row.marks.map((mark) => ["mark", mark]);
  return [...letter, ...state, ...marks, ...(note ? [["note", "note"]] : [])];
}

function refreshCard(row, card = cards.get(row)) {
  if (!card) return;
  showStars(card.querySelector(".stars"), row);
  const flags = flagsOf(row).map(([kind, text]) => make("span", `flag ${kind}`, text));
  card.querySelector(".flags").replaceChildren(...flags);
  const pick = card.querySelector(".pick");
  pick.ariaPressed = String(picked.includes(row));
  pick.hidden = !row.file;
}

// What distinguishes a row from others, without what the grid says already.
function describe(row, except) {
  const parts = AXES.filter((name) => !except.includes(name) && name !== "prompt" && name !== "name")
    .filter((name) => row.fields[name] !== undefined)
    .map((name) => (typeof row.fields[name] === "string" ? row.fields[name]
      : `${readable(name)} ${row.fields[name]}`));
  return parts.join(" · ");
}

function hydrate(card) {
  const row = ROWS[card.dataset.row];
  if (!row.still || card.querySelector("img")) return;
  const image = make("img");
  image.alt = "";
  image.decoding = "async";
  image.src = row.still;
  card.querySelector(".still").prepend(image);
}

document.addEventListener("rated", ({ detail: row }) => refreshCard(row));
