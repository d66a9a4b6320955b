"use strict";
// The rows, their fields, and which fields can be axes.

const { title: TITLE, rows: ROWS } = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const STATES = ["done", "failed", "in doubt", "waiting", "bad", "missing", "no video", "unreadable"];
// A list of more values than this is no help in a menu.
const MOST_CHOICES = 60;
const MOST_COLUMNS = 24;
// The contact sheet has the same numbers.
const numberOf = (row) => `no. ${row.index + 1}`;

ROWS.forEach((row, index) => {
  row.index = index;
  row.marks ??= [];
  row.prompt ??= "";
  row.label = row.name || row.prompt || numberOf(row);
  // A variable may be called as an option is.
  row.fields = { ...row.details, ...row.options, ...row.variables };
  const values = Object.entries(row.fields).map(([name, value]) => `${name} ${value}`);
  row.words = [row.name, row.prompt, row.state, row.reason, ...row.marks, ...values]
    .join("\n").toLowerCase();
});

function fieldOf(row, name) {
  if (name === "prompt" || name === "name" || name === "state") return row[name];
  return row.fields[name];
}

// The values of a field with the number of their rows: numbers in order, others as they come.
function valuesOf(name, rows = ROWS) {
  const counts = new Map();
  for (const row of rows) {
    const value = fieldOf(row, name);
    if (value !== undefined && value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const values = [...counts.keys()];
  if (values.every((value) => typeof value === "number")) values.sort((a, b) => a - b);
  return new Map(values.map((value) => [value, counts.get(value)]));
}

const namesIn = (part) => [...new Set(ROWS.flatMap((row) => Object.keys(row[part] ?? {})))];
const varies = (name) => valuesOf(name).size > 1;
const readable = (name) => name.replaceAll("_", " ");

const FIELDS = [...new Set([...namesIn("variables"), ...namesIn("options"), ...namesIn("details")])];
const AXES = [...new Set(["prompt", ...namesIn("variables"), ...namesIn("options"), "model", "name"])]
  .filter(varies);
const FILTERS = FIELDS.filter((name) => varies(name) && valuesOf(name).size <= MOST_CHOICES);

// Variables are the axes of a matrix; without them, rows are prompts. Seeds that are nearly all
// different are no axis.
function usualAxes() {
  const variables = namesIn("variables").filter(varies);
  const options = namesIn("options").filter(varies)
    .filter((name) => valuesOf(name).size * 2 <= ROWS.length)
    .sort((a, b) => Number(b === "seed") - Number(a === "seed"));
  const found = [...(variables.length || !varies("prompt") ? variables : ["prompt"]), ...options];
  const [rows, columns, sections] = found;
  const fits = columns && valuesOf(columns).size <= MOST_COLUMNS;
  return { rows: rows ?? "", columns: fits ? columns : "", sections: sections ?? "" };
}

const RATIO = (() => {
  const ratios = ROWS.filter((row) => row.size).map(({ size: [width, height] }) => width / height);
  ratios.sort((a, b) => a - b);
  const middle = ratios[Math.floor(ratios.length / 2)] ?? 16 / 9;
  return Math.min(Math.max(middle, 9 / 16), 21 / 9);
})();
