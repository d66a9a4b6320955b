// The tabs: one is shown, and its name is in the address.

import { byId, show } from "./text.js";

const NAMES = ["jobs", "requests", "bill", "scenarios"];

export function tabs() {
  const open = (name, focus) => {
    for (const each of NAMES) {
      const tab = byId(`tab-${each}`);
      tab.setAttribute("aria-selected", String(each === name));
      tab.tabIndex = each === name ? 0 : -1;
      show(byId(each), each === name);
    }
    if (focus) byId(`tab-${name}`).focus();
    history.replaceState(null, "", `#${name}`);
  };
  for (const [index, name] of NAMES.entries()) {
    const tab = byId(`tab-${name}`);
    tab.addEventListener("click", () => open(name));
    tab.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: NAMES.length - 1 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      open(NAMES.at(steps[event.key] % NAMES.length), true);
    });
  }
  const named = location.hash.slice(1);
  open(NAMES.includes(named) ? named : "jobs");
  return (name) => open(name, true);
}
