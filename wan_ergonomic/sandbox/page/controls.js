// Speed and scenarios: what is set, and what can be.

import { post } from "./api.js";
import { byId, make, say, setText, show } from "./text.js";

const SPEEDS = [1, 10, 60, 1000];
const DOCUMENTED = { scenario: "completes", account: "ordinary" };

export function controls(about, refresh, open) {
  const set = async (settings) => {
    try {
      await post("settings", settings);
    } catch (error) {
      say(error.message);
    }
    refresh();
  };
  for (const speed of SPEEDS) {
    const button = make("button", "", `${speed}×`);
    button.type = "button";
    button.value = speed;
    button.addEventListener("click", () => set({ speed }));
    byId("speeds").append(button);
  }
  byId("own-speed").addEventListener("submit", (event) => {
    event.preventDefault();
    set({ speed: byId("speed").valueAsNumber });
  });
  list(byId("prompt-scenarios"), "scenario", about.scenarios, set);
  list(byId("account-scenarios"), "account", about.accounts, set);
  byId("choose").addEventListener("click", () => open("scenarios"));
  byId("documented").addEventListener("click", () => set(DOCUMENTED));
  byId("find").addEventListener("input", find);
  const summaries = (listed) => new Map(listed.map((one) => [one.name, one.summary]));
  const known = { scenario: summaries(about.scenarios), account: summaries(about.accounts) };
  return (state) => showSettings(state, known);
}

function list(fieldset, name, scenarios, set) {
  let stage;
  for (const one of scenarios) {
    if (stage?.dataset.stage !== one.stage) {
      stage = make("div", "stage");
      stage.dataset.stage = one.stage;
      stage.append(make("h2", "", one.stage));
      fieldset.append(stage);
    }
    const label = make("label", "scenario");
    const radio = make("input");
    Object.assign(radio, { type: "radio", name, value: one.name });
    radio.addEventListener("change", () => set({ [name]: one.name }));
    const words = make("span");
    words.append(make("b", "", one.name), " ", make("span", "quiet", one.summary));
    label.append(radio, words);
    stage.append(label);
  }
}

function find() {
  const words = byId("find").value.toLowerCase().split(/\s+/);
  for (const stage of document.querySelectorAll(".stage")) {
    const labels = [...stage.querySelectorAll("label")];
    for (const label of labels) {
      const text = label.textContent.toLowerCase();
      show(label, words.every((word) => text.includes(word)));
    }
    show(stage, labels.some((label) => !label.hidden));
  }
}

function showSettings(state, known) {
  for (const button of byId("speeds").children) {
    button.setAttribute("aria-pressed", String(Number(button.value) === state.speed));
  }
  // What a person types is left alone.
  if (document.activeElement !== byId("speed")) byId("speed").value = state.speed;
  const places = { scenario: ["playing", "playing-summary"], account: ["account-playing", "account-summary"] };
  for (const [name, [title, summary]] of Object.entries(places)) {
    setText(byId(title), state[name] === DOCUMENTED[name] ? "As documented" : state[name]);
    setText(byId(summary), known[name].get(state[name]) ?? "A scenario of your own.");
    for (const radio of document.querySelectorAll(`input[name=${name}]`)) {
      radio.checked = radio.value === state[name];
    }
  }
  const changed = Object.keys(DOCUMENTED).some((name) => state[name] !== DOCUMENTED[name]);
  byId("documented").disabled = !changed;
}
