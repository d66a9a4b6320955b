"use strict";
// Stars and notes: kept in this browser, written to and read from JSON lines.

const KEPT_AS = "wan-gallery:";
const ratings = new Map();
let keeps = true;

function stored(action) {
  try {
    return action(window.localStorage);
  } catch {
    // Some browsers keep nothing for a page from the disk, or have no room.
    keeps = false;
    return null;
  }
}

for (const row of ROWS) {
  const text = stored((storage) => storage.getItem(KEPT_AS + row.key));
  try {
    if (text) ratings.set(row.key, { stars: 0, note: "", ...JSON.parse(text) });
  } catch {
    // Another program's entry.
  }
}

const ratingOf = (row) => ratings.get(row.key) ?? { stars: 0, note: "" };
const isRated = (row) => ratingOf(row).stars > 0 || ratingOf(row).note !== "";

function rate(row, change) {
  const rating = { ...ratingOf(row), ...change };
  ratings.set(row.key, rating);
  const name = KEPT_AS + row.key;
  if (isRated(row)) stored((storage) => storage.setItem(name, JSON.stringify(rating)));
  else stored((storage) => storage.removeItem(name));
  document.dispatchEvent(new CustomEvent("rated", { detail: row }));
}

// One row of a list for `wan batch run`: what was asked for, and what you think of it.
function asLine(row) {
  const { stars, note } = ratingOf(row);
  const line = { ...row.variables, ...row.options };
  if (row.name) line.name = row.name;
  line.prompt = row.prompt;
  if (stars) line.stars = stars;
  if (note) line.note = note;
  return JSON.stringify(line);
}

function download(rows, kind) {
  const text = rows.map((row) => `${asLine(row)}\n`).join("");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  link.download = `${TITLE}-${kind}.jsonl`;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// Gives rows the stars and notes of exported lines; returns how many rows got some.
function readBack(text) {
  const same = ({ stars, note, ...line }) => JSON.stringify(Object.entries(line).sort());
  const lines = new Map();
  for (const line of text.split("\n").filter((each) => each.trim())) {
    const read = JSON.parse(line);
    lines.set(same(read), { stars: Number(read.stars) || 0, note: String(read.note ?? "") });
  }
  const found = ROWS.filter((row) => lines.has(same(JSON.parse(asLine(row)))));
  for (const row of found) rate(row, lines.get(same(JSON.parse(asLine(row)))));
  return found.length;
}
