"use strict";
// The view of one video with all that is known of it; copying; messages.

let opened = null;

function say(text) {
  const toast = byId("toast");
  toast.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { toast.textContent = ""; }, 4000);
}

async function copy(row, what) {
  const text = what === "seed" ? row.options?.seed : row[what];
  if (text === undefined || text === "") {
    say(`This row has no ${what === "again" ? "command" : what}.`);
    return;
  }
  const done = await copied(String(text));
  say(done ? `Copied the ${what === "again" ? "command" : what}.` : "The browser does not let this page copy.");
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedFromField(text);
  }
}

// For browsers that have no clipboard for a page from the disk.
function copiedFromField(text) {
  const field = make("textarea", "aside");
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

function open(row) {
  stop();
  const dialog = byId("detail");
  opened = row;
  byId("detail-name").textContent = row.label;
  byId("detail-prompt").textContent = row.prompt === row.label ? "" : row.prompt;
  byId("detail-reason").textContent = reasonText(row);
  byId("detail-reason").dataset.state = row.state;
  byId("note").value = ratingOf(row).note;
  byId("detail-stars").replaceChildren(...starButtons(row, 0));
  showStars(byId("detail-stars"), row);
  byId("detail-pick").ariaPressed = String(picked.includes(row));
  byId("detail-pick").hidden = !row.file;
  for (const button of dialog.querySelectorAll("[data-copy]")) {
    const what = button.dataset.copy;
    button.hidden = (what === "seed" ? row.options?.seed : row[what]) === undefined || row[what] === "";
  }
  byId("fields").replaceChildren(...fieldsOf(row));
  showScreen(row);
  if (!dialog.open) dialog.showModal();
}

function reasonText(row) {
  const parts = [row.state === "done" ? "" : row.state, row.reason, row.marks.join(", ")];
  return parts.filter(Boolean).join(": ");
}

function fieldsOf(row) {
  const known = { number: row.index + 1, ...row.fields };
  if (row.file) known.file = decodeURIComponent(row.file);
  if (row.seconds) known.seconds ??= row.seconds;
  if (row.size) known.size ??= row.size.join("×");
  return Object.entries(known).flatMap(([name, value]) => {
    const text = make("dd", "", String(value));
    text.dir = "auto";
    return [make("dt", "", readable(name)), text];
  });
}

function showScreen(row) {
  const screen = byId("screen");
  clearScreen();
  if (!row.file) {
    screen.append(make("p", "nothing", "There is no video."));
    return;
  }
  const video = videoOf(row);
  video.controls = true;
  video.loop = true;
  video.poster = row.still;
  video.autoplay = !calm.matches;
  video.ariaLabel = row.label;
  video.addEventListener("error", () => {
    if (video.isConnected) screen.replaceChildren(make("p", "nothing", "The browser cannot play this file."));
  });
  screen.append(video);
}

function clearScreen() {
  const video = byId("screen").querySelector("video");
  if (video) new InStep([video]).end();
  byId("screen").replaceChildren();
}

function openNext(step) {
  const order = lines.flat().map(([row]) => row);
  const place = order.indexOf(opened);
  if (order[place + step]) open(order[place + step]);
}

byId("detail").addEventListener("close", () => {
  clearScreen();
  const row = opened;
  opened = null;
  if (row) focusCard(row);
});
byId("note").addEventListener("input", ({ target }) => rate(opened, { note: target.value }));
byId("previous").addEventListener("click", () => openNext(-1));
byId("next").addEventListener("click", () => openNext(1));
byId("detail-pick").addEventListener("click", () => {
  pick(opened);
  byId("detail-pick").ariaPressed = String(picked.includes(opened));
});
byId("detail").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.copy) copy(opened, button.dataset.copy);
  if (button?.dataset.stars) chooseStars(opened, Number(button.dataset.stars));
});
document.addEventListener("rated", ({ detail: row }) => {
  if (row === opened) showStars(byId("detail-stars"), row);
  if (!keeps) say("This browser keeps no stars or notes for this page: export them before you close it.");
});
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  // A click beside the dialog closes it.
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
}
