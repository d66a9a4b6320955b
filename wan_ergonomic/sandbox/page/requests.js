// The requests with their responses.

import { get } from "./api.js";
import { Keyed } from "./keyed.js";
import { byId, copy, copyOf, duration, make, setText, timeOfDay, whole } from "./text.js";

export function requestList() {
  return new Keyed(byId("request-list"), { keyOf: (one) => one.number, made, updated });
}

function made(one) {
  const element = copyOf("request");
  const set = (name, text) => { element.querySelector(name).textContent = text; };
  set("time", timeOfDay(one.at));
  set(".method", one.method);
  set(".path", one.path);
  element.querySelector("details").addEventListener("toggle", () => load(element));
  return element;
}

function updated(element, one) {
  const before = element.one;
  element.one = one;
  const status = element.querySelector(".status");
  status.dataset.kind = one.status === null ? "none" : Math.floor(one.status / 100);
  setText(status, one.done ? String(one.status ?? "—") : "…");
  setText(element.querySelector(".duration"), one.done ? duration(one.duration) : "");
  setText(element.querySelector(".summary"), one.summary ?? "no response yet");
  if (before && before.done !== one.done) load(element);
}

async function load(element) {
  const { one } = element;
  if (!element.querySelector("details").open || element.loaded === one.done) return;
  element.loaded = one.done;
  const both = element.querySelector(".both");
  try {
    both.replaceChildren(...parts(one, await get(`requests/${one.number}`)));
  } catch (error) {
    both.replaceChildren(make("p", "quiet", error.message));
  }
}

function parts(one, detail) {
  const request = half("Request", one);
  if (one.id) request.append(make("h3", "", "Job"), make("p", "wrap", one.id));
  request.append(...named("Parameters", detail.query), ...named("Headers", detail.headers));
  request.append(...body(detail.body, `Body of request ${one.number}`));
  const response = half("Response", one);
  const sent = detail.response;
  if (!sent) {
    response.append(make("p", "quiet", "There is no response yet."));
    return [request, response];
  }
  response.append(...named("Headers", sent.headers));
  response.append(...body(sent.body, `Body of response ${one.number}`));
  for (const note of notes(one, sent)) response.append(make("p", "quiet", note));
  return [request, response];
}

function half(title) {
  const section = make("section");
  section.append(make("h2", "", title));
  return section;
}

function notes(one, sent) {
  const found = [];
  if (one.status === null) found.push("The connection was closed without a response.");
  else if (!sent.kept) found.push("Headers and body are no longer kept: newer responses took their place.");
  else if (!sent.size) found.push("The body is empty.");
  else if (sent.body === null) found.push(`${whole(sent.size)} bytes of ${sent.kind}, which are not kept.`);
  else if (sent.cut) found.push(`The body has ${whole(sent.size)} bytes; only its beginning is kept.`);
  if (one.status !== null && !sent.complete) found.push("The connection was closed before the end of the body.");
  return found;
}

function named(title, values) {
  const entries = Object.entries(values);
  if (!entries.length) return [];
  const list = make("dl");
  for (const [name, value] of entries) list.append(make("dt", "", name), make("dd", "", value));
  return [make("h3", "", title), list];
}

function body(text, label) {
  if (text === null) return [];
  const head = make("div", "copy");
  const button = make("button", "", "Copy");
  button.type = "button";
  button.addEventListener("click", () => copy(text, "the body"));
  head.append(make("h3", "", "Body"), button);
  const shown = make("pre", "", text);
  shown.tabIndex = 0;
  shown.setAttribute("role", "region");
  shown.setAttribute("aria-label", label);
  return [head, shown];
}
