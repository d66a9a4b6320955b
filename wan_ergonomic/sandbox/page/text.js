// Elements and words. Text is always set as text: nothing here, or elsewhere, reads HTML.

export const byId = (id) => document.getElementById(id);
export const path = document.documentElement.dataset.path;

export function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

export function copyOf(template) {
  return byId(template).content.firstElementChild.cloneNode(true);
}

// Only what differs is set: a screen reader, a selection and the focus notice every change.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function show(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

export const whole = new Intl.NumberFormat("en-US").format;
export const usd = (amount) => `${amount < 0 ? "−" : ""}$${Math.abs(amount).toFixed(2)}`;

export function counted(number, one) {
  return `${whole(number)} ${one}${number === 1 ? "" : "s"}`;
}

// 375 becomes 6:15.
export function minutes(seconds) {
  const rounded = Math.floor(seconds + 1e-6);
  return `${Math.floor(rounded / 60)}:${String(rounded % 60).padStart(2, "0")}`;
}

export function timeOfDay(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB");
}

export function duration(seconds) {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

// Whatever an option is, as one text.
export function written(value) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : JSON.stringify(value);
}

let fading;
export function say(text) {
  byId("toast").textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { byId("toast").textContent = ""; }, 4000);
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied ${what}.`);
  } catch {
    say("The browser does not let this page copy. Select the text instead.");
  }
}
