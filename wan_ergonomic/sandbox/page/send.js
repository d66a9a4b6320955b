// The form: it sends a prompt to the API, as any program does.

import { byId, make, setText } from "./text.js";

export function form(about, refresh) {
  byId("fields").append(...about.fields.map(field));
  byId("send").addEventListener("submit", async (event) => {
    event.preventDefault();
    const sent = byId("sent");
    setText(sent, "");
    try {
      setText(sent, await send(about));
    } catch {
      setText(sent, "There was no response.");
    }
    refresh();
  });
}

function field(one) {
  const label = make("label", one.kind === "string" && !one.enum ? "tall" : "");
  label.append(make("span", "", one.name), control(one));
  return label;
}

function control(one) {
  const choices = one.kind === "boolean" ? [true, false] : one.enum;
  if (!choices) {
    const input = make("input");
    input.type = one.kind === "string" ? "text" : "number";
    if (one.kind !== "string") input.step = one.kind === "integer" ? 1 : "any";
    if (one.minimum !== undefined) input.min = one.minimum;
    if (one.maximum !== undefined) input.max = one.maximum;
    if (one.maxLength !== undefined) input.maxLength = one.maxLength;
    input.dir = "auto";
    return ready(input, one);
  }
  const select = make("select");
  const usual = one.default === undefined ? "" : ` (${word(one.default)})`;
  if (!one.required) select.append(option("", `default${usual}`));
  for (const value of choices) select.append(option(JSON.stringify(value), word(value)));
  return ready(select, one);
}

function ready(control, one) {
  control.name = one.name;
  control.dataset.kind = one.kind;
  control.required = one.required;
  if (control.localName === "input") control.placeholder = one.default === undefined ? "" : word(one.default);
  return control;
}

function option(value, text) {
  const node = make("option", "", text);
  node.value = value;
  return node;
}

function word(value) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}

async function send(about) {
  const body = { model: about.model, prompt: byId("prompt").value };
  for (const control of byId("fields").querySelectorAll("input, select")) {
    if (control.value === "") continue;
    if (control.localName === "select") body[control.name] = JSON.parse(control.value);
    else body[control.name] = control.dataset.kind === "string" ? control.value : control.valueAsNumber;
  }
  const response = await fetch(about.create.path, {
    method: about.create.method,
    headers: { "Authorization": `Bearer ${about.key}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  let said = "";
  try {
    const sent = JSON.parse(text);
    said = sent.message ?? sent.status ?? "";
  } catch {
    // A scenario can send a page of HTML.
  }
  return `${response.status} ${response.ok ? "accepted" : "rejected"}${said ? `: ${said}` : ""}`;
}
