"use strict";
// Two videos against each other: side by side, with a wipe between them, or one for the other.

let pair = null;

function pick(row) {
  const place = picked.indexOf(row);
  if (place >= 0) picked.splice(place, 1);
  else picked.push(row);
  // A third one takes the place of the first.
  const gone = picked.length > 2 ? [picked.shift()] : [];
  for (const each of [row, ...gone, ...picked]) refreshCard(each);
  showPicks();
}

function clearPicks() {
  for (const row of picked.splice(0)) refreshCard(row);
  showPicks();
}

function showPicks() {
  const [a, b] = picked;
  byId("picks").hidden = !a;
  byId("pick-a").textContent = a?.label ?? "";
  byId("pick-b").textContent = b?.label ?? "choose another video";
  byId("compare-picks").disabled = !b;
}

async function compare() {
  if (picked.length < 2) {
    say("Choose two videos with A/B first.");
    return;
  }
  stop();
  const videos = picked.map(videoOf);
  pair = new InStep(videos);
  pair.speed = Number(byId("speed").value);
  byId("stage").replaceChildren(...videos.map((video, index) => figureOf(video, picked[index], index)));
  byId("differences").replaceChildren(differences(...picked));
  byId("time").value = 0;
  const mine = pair;
  if (!byId("compare").open) byId("compare").showModal();
  byId("compare-play").focus();
  await mine.ready();
  if (pair !== mine) return;
  if (!calm.matches) mine.play();
  showPlaying();
  requestAnimationFrame(showTime);
}

function figureOf(video, row, index) {
  const figure = make("figure");
  video.ariaLabel = `${"AB"[index]}: ${row.label}`;
  const caption = make("figcaption");
  const name = make("bdi", "", row.label);
  const stars = make("span", "stars");
  stars.role = "group";
  stars.ariaLabel = `Stars of ${"AB"[index]}`;
  stars.append(...starButtons(row, 0));
  showStars(stars, row);
  stars.addEventListener("click", ({ target }) => {
    const button = target.closest(".star");
    if (button) chooseStars(row, Number(button.dataset.stars));
    showStars(stars, row);
  });
  caption.append(make("b", "", "AB"[index]), name, stars);
  figure.append(video, caption);
  return figure;
}

function differences(a, b) {
  const all = (row) => ({ prompt: row.prompt, marks: row.marks.join(", "), ...row.fields });
  const [first, second] = [all(a), all(b)];
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  const differing = names.filter((name) => first[name] !== second[name]);
  const table = make("table");
  table.append(make("caption", "", "What differs"));
  const lineOf = (kind, cells) => {
    const line = make("tr");
    line.append(...cells.map((text, index) => {
      const cell = make(index && kind === "td" ? "td" : "th", "", String(text ?? "–"));
      if (cell.matches("th")) cell.scope = kind === "th" ? "col" : "row";
      cell.dir = "auto";
      return cell;
    }));
    return line;
  };
  table.append(lineOf("th", ["field", "A", "B"]));
  table.append(...differing.map((name) => lineOf("td", [readable(name), first[name], second[name]])));
  return table;
}

function chooseMode(mode) {
  byId("stage").className = mode;
  byId("stage").classList.remove("b");
  byId("wipe-label").hidden = mode !== "wipe";
  for (const button of document.querySelectorAll("[data-mode]")) {
    button.ariaPressed = String(button.dataset.mode === mode);
  }
}

// In flip mode a second press shows the other one.
function flip() {
  if (byId("stage").classList.contains("flip")) byId("stage").classList.toggle("b");
  else chooseMode("flip");
}

function showPlaying() {
  byId("compare-play").textContent = pair?.wanted ? "Pause" : "Play";
}

function showTime() {
  if (!pair) return;
  const time = pair.leader?.currentTime ?? 0;
  byId("time").value = pair.length ? (1000 * time) / pair.length : 0;
  byId("clock").textContent = `${time.toFixed(2)} s`;
  requestAnimationFrame(showTime);
}

function togglePair() {
  if (pair.wanted) pair.pause();
  else pair.play();
  showPlaying();
}

function step(frames) {
  pair.pause();
  showPlaying();
  const rate = Math.max(...picked.map((row) => row.rate ?? 0)) || 30;
  pair.seek((pair.leader?.currentTime ?? 0) + frames / rate);
}

function swap() {
  picked.reverse();
  picked.forEach((row) => refreshCard(row));
  showPicks();
  pair.end();
  compare();
}

chooseMode("beside");
byId("compare").addEventListener("close", () => {
  pair.end();
  pair = null;
});
byId("compare-play").addEventListener("click", togglePair);
byId("frame-back").addEventListener("click", () => step(-1));
byId("frame-on").addEventListener("click", () => step(1));
byId("swap").addEventListener("click", swap);
byId("time").addEventListener("input", ({ target }) => {
  pair.pause();
  showPlaying();
  pair.seek((pair.length * target.value) / 1000);
});
byId("speed").addEventListener("change", ({ target }) => {
  pair.speed = Number(target.value);
  if (pair.wanted) pair.play();
});
byId("wipe").addEventListener("input", ({ target }) => {
  byId("stage").style.setProperty("--wipe", `${target.value}%`);
});
for (const button of document.querySelectorAll("[data-mode]")) {
  button.addEventListener("click", () => (button.dataset.mode === "flip" ? flip() : chooseMode(button.dataset.mode)));
}
byId("compare-picks").addEventListener("click", compare);
byId("clear-picks").addEventListener("click", clearPicks);
