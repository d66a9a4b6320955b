"use strict";
// Which rows are shown: by words, by the values of fields, by state, by stars.

const wanted = { text: "", states: new Set(), values: new Map() };

// "two words" stay together; seed:7 is about a field.
function terms(text) {
  return [...text.toLowerCase().matchAll(/(?:([\w-]+):)?(?:"([^"]*)"?|(\S+))/g)].map((found) => {
    const word = found[2] ?? found[3];
    const name = FIELDS.concat("prompt", "name", "state").find(
      (each) => each.toLowerCase().replaceAll(" ", "_") === found[1],
    );
    if (name) return { name, word };
    return { word: found[1] ? `${found[1]}:${word}` : word };
  });
}

function hasTerm(row, { name, word }) {
  if (!name) return row.words.includes(word);
  const value = fieldOf(row, name);
  if (typeof value === "number") return String(value) === word;
  return value !== undefined && String(value).toLowerCase().includes(word);
}

function hasStars(row, choice) {
  const { stars, note } = ratingOf(row);
  if (choice === "none") return stars === 0;
  return choice === "note" ? note !== "" : stars >= Number(choice);
}

function hasValue(row, name, value) {
  if (name === "stars") return hasStars(row, value);
  if (name === "marks") return value === "any" ? row.marks.length > 0 : row.marks.includes(value);
  return String(fieldOf(row, name)) === value;
}

function shownRows() {
  const words = terms(wanted.text);
  return ROWS.filter(
    (row) =>
      (!wanted.states.size || wanted.states.has(row.state)) &&
      words.every((term) => hasTerm(row, term)) &&
      [...wanted.values].every(([name, value]) => hasValue(row, name, value)),
  );
}

const isFiltered = () => wanted.text !== "" || wanted.states.size > 0 || wanted.values.size > 0;

// The menus of the filters: [name, heading, [[value, text], …]].
function menus() {
  const stars = [1, 2, 3, 4, 5].map((n) => [String(n), n === 5 ? "5" : `${n} or more`]);
  const marks = [...new Set(ROWS.flatMap((row) => row.marks))];
  const found = [["stars", "stars", [...stars, ["none", "none"], ["note", "with a note"]]]];
  if (marks.length) found.push(["marks", "marks", [["any", "any"], ...marks.map((m) => [m, m])]]);
  for (const name of FILTERS) {
    const choices = [...valuesOf(name)].map(([value, n]) => [String(value), `${value} (${n})`]);
    found.push([name, readable(name), choices]);
  }
  return found;
}
