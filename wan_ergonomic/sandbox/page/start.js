// Reads the state again and again, and shows what has changed.

import { Silence, get } from "./api.js";
import { entryList, showSums } from "./bill.js";
import { controls } from "./controls.js";
import { advance, counts, jobList } from "./jobs.js";
import { Newest } from "./keyed.js";
import { requestList } from "./requests.js";
import { form } from "./send.js";
import { tabs } from "./tabs.js";
import { byId, copy, counted, setText, show, usd, whole } from "./text.js";

const PAUSE = 500;
const PAUSE_OF_LOST = 2000;
const FRAME = 200;

let version = "";
let clock = null;
let speed = 1;
let reading = false;
let again = false;
let lost = false;
let timer;

const newest = Object.fromEntries(
  ["jobs", "requests", "bill"].map((name) => [name, new Newest(name, refresh)]),
);
const lists = { jobs: jobList(refresh), requests: requestList(), bill: entryList() };

async function refresh() {
  clearTimeout(timer);
  again = reading;
  if (reading) return;
  reading = true;
  try {
    const asked = `jobs=${newest.jobs.count}&requests=${newest.requests.count}&entries=${newest.bill.count}`;
    showState(await get(`state?${asked}&version=${version}`));
    lost = false;
  } catch (error) {
    if (!(error instanceof Silence)) throw error;
    lost = true;
    clock = null;
  } finally {
    show(byId("lost"), lost);
    reading = false;
    if (again) refresh();
    else if (!document.hidden) timer = setTimeout(refresh, lost ? PAUSE_OF_LOST : PAUSE);
  }
}

function showState(state) {
  version = state.version;
  if (state.jobs) showAll(state);
  speed = state.speed ?? speed;
  clock = { time: state.time, at: performance.now() };
  advance(state.time);
  document.dispatchEvent(new Event("rendered"));
}

function showAll(state) {
  const { jobs, requests, bill } = state;
  for (const [name, part] of Object.entries({ jobs, requests, bill })) {
    lists[name].show(part.shown);
    newest[name].show(part.total - (part.dropped ?? 0), part.shown.length);
  }
  setText(byId("tab-jobs").querySelector(".count"), whole(jobs.total));
  setText(byId("tab-requests").querySelector(".count"), whole(requests.total));
  setText(byId("tab-bill").querySelector(".count"), usd(bill.charged - bill.refunded));
  setText(byId("job-counts"), counts(jobs));
  show(byId("dropped"), requests.dropped > 0);
  const are = requests.dropped === 1 ? "is" : "are";
  setText(byId("dropped"), `${counted(requests.dropped, "older request")} ${are} no longer kept.`);
  showSums(bill);
  showSettings(state);
  document.title = jobs.running ? `(${whole(jobs.running)}) wan sandbox` : "wan sandbox";
}

// Between two states the time goes on by itself.
function tick() {
  if (clock) advance(clock.time + ((performance.now() - clock.at) / 1000) * speed);
}

const open = tabs();
const about = await get("about");
const showSettings = controls(about, refresh, open);
setText(byId("url"), about.url);
for (const name of ["shell", "python"]) setText(byId(name), about[name]);
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(byId(button.dataset.copy).textContent, "it"));
}
form(about, refresh);
// On a narrow window the controls come first, and would fill it.
if (matchMedia("(max-width: 900px)").matches) {
  for (const panel of [...document.querySelectorAll(".panel")].slice(1)) panel.open = false;
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
setInterval(tick, FRAME);
await refresh();
