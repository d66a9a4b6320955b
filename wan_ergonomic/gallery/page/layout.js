"use strict";
// Lays the shown rows out as a grid by axes or as a wall, a few at a time, so that nothing halts.

const VIEW_KEPT_AS = `wan-gallery-view:${TITLE}`;
// Milliseconds of work in one frame.
const BUDGET = 6;
const GAP = 10;
// The page's margin; the style sheet has the same.
const EDGE = innerWidth < 760 ? 12 : 16;

const view = { kind: "wall", rows: "", columns: "", sections: "", order: "list", size: 232 };
const main = byId("rows");
// The rows of cards as a person sees them: [[row, column], …], for the arrow keys.
let lines = [];
let columnsOfWall = 1;
let rendering = 0;

const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    target.querySelectorAll(".card").forEach(hydrate);
  }
}, { root: main, rootMargin: "800px" });

const ORDERS = {
  list: ["as listed", () => 0],
  name: ["name", (a, b) => a.label.localeCompare(b.label)],
  stars: ["stars", (a, b) => ratingOf(b).stars - ratingOf(a).stars],
  state: ["state, failures first", (a, b) => STATES.indexOf(b.state) - STATES.indexOf(a.state)],
  newest: ["newest first", (a, b) => String(b.fields.ended ?? "").localeCompare(a.fields.ended ?? "")],
};

function groupsBy(rows, name) {
  if (!name) return [[null, rows]];
  const order = [...valuesOf(name, rows).keys()];
  const groups = new Map(order.map((value) => [value, []]));
  for (const row of rows) {
    const value = fieldOf(row, name);
    const known = value === undefined || value === "" ? "–" : value;
    if (!groups.has(known)) groups.set(known, []);
    groups.get(known).push(row);
  }
  return [...groups];
}

// Yields what to append, in order; each step is little work.
function* wallUnits(rows) {
  const sorted = [...rows].sort(ORDERS[view.order][1]);
  lines = [];
  for (let from = 0; from < sorted.length; from += columnsOfWall) {
    lines.push(sorted.slice(from, from + columnsOfWall).map((row, column) => [row, column]));
  }
  // The browser skips whole shelves that are out of sight, which is less to watch than cards.
  for (const line of lines) {
    const shelf = make("div", "shelf");
    for (const [row] of line) {
      const card = cardOf(row);
      describeCard(row, card, []);
      shelf.append(card);
    }
    main.append(shelf);
    near.observe(shelf);
    yield;
  }
}

function* gridUnits(rows) {
  lines = [];
  const plans = groupsBy(rows, view.sections).map(([title, inside]) => planOf(title, inside));
  for (const plan of plans) {
    const table = tableOf(plan);
    for (const { head, cells } of plan.rows) {
      const line = rowOf(head, cells, plan.width);
      table.append(line);
      near.observe(line);
      yield;
    }
  }
}

// The rows of one section, each with its cells; a cell has any number of videos.
function planOf(title, rows) {
  const columns = view.columns ? groupsBy(rows, view.columns).map(([value]) => value) : [];
  const planned = groupsBy(rows, view.rows).map(([head, inside]) => {
    if (!view.columns) return { head, cells: inside.map((row) => [row]) };
    const cells = new Map(groupsBy(inside, view.columns));
    return { head, cells: columns.map((value) => cells.get(value) ?? []) };
  });
  for (const { cells } of planned) {
    lines.push(cells.flatMap((cell, column) => cell.map((row) => [row, column])));
  }
  const width = Math.max(...planned.map(({ cells }) => cells.length));
  return { title, columns, rows: planned, width };
}

function tableOf({ title, columns, width }) {
  const section = make("section");
  const table = make("div", "grid");
  table.role = "table";
  table.ariaLabel = title === null ? "Videos" : `${readable(view.sections)} ${title}`;
  if (title !== null) {
    const heading = make("h2");
    heading.dir = "auto";
    heading.append(make("span", "quiet", readable(view.sections)), " ", String(title));
    section.append(heading);
  }
  const head = make("div", "heads");
  head.role = "row";
  const names = columns.length ? columns : Array.from({ length: width }, (_, index) => index + 1);
  head.append(corner(), ...names.map((name) => cellOf("columnheader", "head", String(name))));
  head.style.setProperty("--width", width);
  table.append(head);
  section.append(table);
  main.append(section);
  return table;
}

function corner() {
  const across = view.columns ? readable(view.columns) : "";
  const down = view.rows ? readable(view.rows) : "";
  const text = across ? `${down} ↓  ${across} →` : `${down} ↓`;
  return cellOf("columnheader", "head corner", view.rows || across ? text : "Videos");
}

function cellOf(role, className, text) {
  const cell = make("div", className, text);
  cell.role = role;
  cell.dir = "auto";
  return cell;
}

function rowOf(head, cells, width) {
  const line = make("div", "row");
  line.role = "row";
  line.style.setProperty("--width", width);
  line.style.setProperty("--high", Math.max(1, ...cells.map((cell) => cell.length)));
  const first = cellOf("rowheader", "head", undefined);
  const text = make("p", "", head === null ? "all" : String(head));
  text.dir = "auto";
  text.title = head === null ? "" : String(head);
  first.append(text);
  if (cells.some((cell) => cell.some((row) => row.file))) {
    const play = make("button", "play-row", "Play row");
    play.type = "button";
    play.tabIndex = -1;
    first.append(play);
  }
  line.append(first, ...cells.map((cell) => cellWith(cell)));
  return line;
}

function cellWith(rows) {
  const cell = cellOf("cell", "cell", undefined);
  for (const row of rows) {
    const card = cardOf(row);
    describeCard(row, card, [view.rows, view.columns, view.sections]);
    cell.append(card);
  }
  if (!rows.length) cell.append(make("p", "nothing", "none"));
  return cell;
}

function describeCard(row, card, axes) {
  const about = describe(row, axes);
  const isSaid = axes.includes("prompt") && row.label === row.prompt;
  // A grid has one line for both, so that more of its rows are seen at once.
  const line = [isSaid ? "" : row.label, about].filter(Boolean).join(" · ") || numberOf(row);
  card.querySelector(".name").textContent = axes.length ? line : row.label;
  card.querySelector(".about").textContent = axes.length ? "" : about;
}

function render(rows) {
  const token = ++rendering;
  near.disconnect();
  main.replaceChildren();
  main.dataset.view = view.kind;
  measure();
  if (!rows.length) {
    main.append(make("p", "nothing", ROWS.length ? "No row has all that the filters ask for." : "There are no rows."));
    lines = [];
    document.dispatchEvent(new CustomEvent("rendered"));
    return;
  }
  const units = view.kind === "grid" ? gridUnits(rows) : wallUnits(rows);
  const work = () => {
    if (token !== rendering) return;
    const until = performance.now() + BUDGET;
    let done = false;
    while (!done && performance.now() < until) done = units.next().done;
    if (done) document.dispatchEvent(new CustomEvent("rendered"));
    else requestAnimationFrame(work);
  };
  work();
}

// The width of cards is a whole number of pixels, so their height is known before they are drawn.
function measure() {
  const style = document.documentElement.style;
  const room = main.clientWidth - 2 * EDGE;
  columnsOfWall = Math.max(1, Math.floor((room + GAP) / (view.size + GAP)));
  const fluid = Math.floor((room - (columnsOfWall - 1) * GAP) / columnsOfWall);
  const column = Math.min(view.kind === "wall" ? fluid : view.size, room);
  style.setProperty("--col", `${column}px`);
  style.setProperty("--still", `${Math.round(column / RATIO)}px`);
}

function keepView() {
  stored((storage) => storage.setItem(VIEW_KEPT_AS, JSON.stringify(view)));
}
