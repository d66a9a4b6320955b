"use strict";
// Builds the controls, connects them, and shows the rows.

let filters = [];

function option(value, text) {
  const element = make("option", "", text);
  element.value = value;
  return element;
}

function update() {
  const rows = shownRows();
  const number = (n) => n.toLocaleString("en");
  byId("count").textContent = rows.length === ROWS.length ? `${number(rows.length)} rows`
    : `${number(rows.length)} of ${number(ROWS.length)} rows`;
  byId("clear").hidden = !isFiltered();
  stop();
  render(rows);
}

function showControls() {
  document.body.dataset.view = view.kind;
  for (const button of document.querySelectorAll("button[data-view]")) {
    button.ariaPressed = String(button.dataset.view === view.kind);
  }
  for (const name of ["rows", "columns", "sections"]) byId(`axis-${name}`).value = view[name];
  byId("order").value = view.order;
  byId("size").value = view.size;
}

function chooseView(kind) {
  view.kind = kind;
  keepView();
  showControls();
  update();
}

function showPanel(wanted) {
  byId("bar").classList.toggle("open", wanted);
  byId("more").ariaExpanded = String(wanted);
}

function buildAxes() {
  const empty = { rows: "none", columns: "in order", sections: "none" };
  for (const name of ["rows", "columns", "sections"]) {
    const fitting = AXES.filter((axis) => name !== "columns" || valuesOf(axis).size <= MOST_CHOICES);
    const select = byId(`axis-${name}`);
    select.append(option("", empty[name]), ...fitting.map((axis) => option(axis, readable(axis))));
    select.addEventListener("change", () => {
      view[name] = select.value;
      keepView();
      update();
    });
  }
}

function buildStates() {
  const counts = valuesOf("state");
  const found = STATES.filter((state) => counts.has(state));
  byId("states").hidden = found.length < 2;
  byId("states").append(...found.map((state) => {
    const button = make("button", "chip", `${counts.get(state).toLocaleString("en")} ${state}`);
    button.type = "button";
    button.dataset.state = state;
    button.ariaPressed = "false";
    button.addEventListener("click", () => {
      if (!wanted.states.delete(state)) wanted.states.add(state);
      button.ariaPressed = String(wanted.states.has(state));
      update();
    });
    return button;
  }));
}

function buildFilters() {
  filters = menus().map(([name, heading, choices]) => {
    const label = make("label", "", `${heading} `);
    const select = make("select");
    select.append(option("", "any"), ...choices.map(([value, text]) => option(value, text)));
    select.addEventListener("change", () => {
      if (select.value) wanted.values.set(name, select.value);
      else wanted.values.delete(name);
      update();
    });
    label.append(select);
    byId("filters").append(label);
    return select;
  });
}

function clearFilters() {
  wanted.text = byId("text").value = "";
  wanted.states.clear();
  wanted.values.clear();
  for (const select of filters) select.value = "";
  for (const chip of document.querySelectorAll(".chip")) chip.ariaPressed = "false";
  update();
}

function onMain({ target }) {
  const row = ROWS[target.closest(".card")?.dataset.row];
  const button = target.closest("button");
  if (button?.matches(".play-row")) toggle(unitOf(button));
  else if (!row || !button) return;
  else if (button.matches(".still")) open(row);
  else if (button.matches(".pick")) pick(row);
  else chooseStars(row, Number(button.dataset.stars));
}

function later(action, wait) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };
}

function exportRows(rows, kind) {
  byId("export").open = false;
  if (rows.length) download(rows, kind);
  else say("No row has stars or a note yet.");
}

async function importRows({ target }) {
  byId("export").open = false;
  try {
    const found = readBack(await target.files[0].text());
    say(`${found} rows have the stars and notes of the file.`);
  } catch {
    say("This file has no JSON lines as this page exports them; nothing was changed.");
  }
  target.value = "";
}

function restore() {
  const axes = usualAxes();
  Object.assign(view, axes, { kind: axes.rows && axes.columns ? "grid" : "wall" });
  if (innerWidth < 600) view.size = 166;
  try {
    const kept = JSON.parse(stored((storage) => storage.getItem(VIEW_KEPT_AS)) ?? "{}");
    for (const name of Object.keys(view)) {
      const isAxis = ["rows", "columns", "sections"].includes(name);
      if (name in kept && (!isAxis || kept[name] === "" || AXES.includes(kept[name]))) view[name] = kept[name];
    }
    if (!(view.order in ORDERS)) view.order = "list";
  } catch {
    // Another program's entry.
  }
}

restore();
buildAxes();
buildStates();
buildFilters();
byId("order").append(...Object.entries(ORDERS).map(([value, [text]]) => option(value, text)));
showControls();

for (const button of document.querySelectorAll("button[data-view]")) {
  button.addEventListener("click", () => chooseView(button.dataset.view));
}
byId("order").addEventListener("change", ({ target }) => {
  view.order = target.value;
  keepView();
  update();
});
byId("size").addEventListener("input", ({ target }) => {
  view.size = Number(target.value);
  measure();
});
// The columns of a wall are counted anew when the size is chosen.
byId("size").addEventListener("change", () => { keepView(); update(); });
byId("text").addEventListener("input", later(() => { wanted.text = byId("text").value; update(); }, 150));
byId("more").addEventListener("click", () => showPanel(!byId("bar").classList.contains("open")));
byId("show-filters").addEventListener("click", ({ target }) => {
  byId("filters").hidden = !byId("filters").hidden;
  target.ariaExpanded = String(!byId("filters").hidden);
});
byId("clear").addEventListener("click", clearFilters);
byId("help").addEventListener("click", () => byId("keys").showModal());
byId("export-rated").addEventListener("click", () => exportRows(ROWS.filter(isRated), "rated"));
byId("export-shown").addEventListener("click", () => exportRows(shownRows(), "rows"));
byId("import").addEventListener("click", () => byId("import-file").click());
byId("import-file").addEventListener("change", importRows);
document.addEventListener("click", ({ target }) => {
  if (!byId("export").contains(target)) byId("export").open = false;
});
main.addEventListener("click", onMain);

// The first Tab into the videos reaches the first card.
document.addEventListener("rendered", () => {
  if (current?.isConnected) return;
  const first = main.querySelector(".card");
  if (first) makeCurrent(first);
});

let width = main.clientWidth;
new ResizeObserver(later(() => {
  if (main.clientWidth === width) return;
  width = main.clientWidth;
  update();
}, 200)).observe(main);
update();
