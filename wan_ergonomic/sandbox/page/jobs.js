// The jobs: how far each is, its video, and its end before its time.

import { post } from "./api.js";
import { Keyed } from "./keyed.js";
import { byId, copy, copyOf, make, minutes, path, say, setText, show, usd, whole, written } from "./text.js";

const running = new Map();

export function jobList(refresh) {
  return new Keyed(byId("job-list"), {
    keyOf: (job) => job.name,
    made: (job) => made(job, refresh),
    updated,
  });
}

function made(job, refresh) {
  const element = copyOf("job");
  const on = (name, action) => element.querySelector(name).addEventListener("click", action);
  element.querySelector(".prompt").textContent = job.prompt;
  element.querySelector(".id").textContent = job.id;
  setText(element.querySelector(".options"), options(job));
  element.querySelector("progress").setAttribute("aria-label", "How far the job is");
  on(".copy-id", () => copy(job.id, "the id"));
  on(".play", () => play(element, job));
  for (const how of ["finish", "fail"]) {
    on(`.${how}`, async () => {
      // The buttons go with the end of the job, and would take the focus with them.
      element.focus();
      try {
        await post(`jobs/${job.name}/${how}`);
      } catch (error) {
        say(error.message);
      }
      refresh();
    });
  }
  return element;
}

function options(job) {
  const parts = Object.entries(job.options).map(([name, value]) => `${name} ${written(value)}`);
  if (job.scenario !== "completes") parts.push(`scenario ${job.scenario}`);
  return parts.join(" · ");
}

function updated(element, job) {
  element.dataset.state = job.state;
  setText(element.querySelector(".chip"), job.status);
  setText(element.querySelector(".error"), job.error ?? "");
  const refunded = job.state === "failed" ? ", refunded" : "";
  setText(element.querySelector(".cost"), usd(job.usd) + refunded);
  const runs = job.state === "running";
  show(element.querySelector(".finish"), runs);
  show(element.querySelector(".fail"), runs);
  show(element.querySelector(".play"), job.edition !== null && !element.querySelector("video"));
  element.edition = job.edition;
  const progress = element.querySelector("progress");
  show(progress, runs);
  if (job.expected !== null) progress.max = job.expected;
  if (runs) {
    running.set(element, job);
  } else {
    running.delete(element);
    const of = job.expected === null ? "" : ` of ${minutes(job.expected)}`;
    const early = job.expected !== null && job.ran >= job.expected - 0.5 ? "" : of;
    setText(element.querySelector(".elapsed"), `${minutes(job.ran)}${early}`);
  }
}

// Shows how far each job is at a time of the sandbox, and never less than it has shown.
export function advance(time) {
  for (const [element, job] of running) {
    if (!element.isConnected) {
      running.delete(element);
      continue;
    }
    const most = job.expected ?? Infinity;
    const ran = Math.min(Math.max(time - job.began, element.ran ?? 0), most);
    element.ran = ran;
    const of = job.expected === null ? ", and never ends" : ` of ${minutes(job.expected)}`;
    setText(element.querySelector(".elapsed"), minutes(ran) + of);
    if (job.expected !== null) element.querySelector("progress").value = ran;
  }
}

function play(element, job) {
  const video = make("video");
  video.controls = video.autoplay = video.loop = video.muted = video.playsInline = true;
  video.setAttribute("aria-label", "The video of this job");
  video.src = `${path}/videos/${job.name}.mp4?edition=${element.edition}`;
  element.querySelector(".screen").replaceChildren(video);
  show(element.querySelector(".play"), false);
  video.focus();
}

export function counts(jobs) {
  const parts = ["running", "completed", "failed"].map((state) => `${whole(jobs[state])} ${state}`);
  return jobs.total ? parts.join(", ") : "";
}
