// Lists whose elements stay: one element for each key, made once, moved and updated after that.

import { byId, show, whole } from "./text.js";

const STEP = 50;
const MOST = 1000;

export class Keyed {
  constructor(list, { keyOf, made, updated }) {
    Object.assign(this, { list, keyOf, made, updated, elements: new Map() });
  }

  show(items) {
    const before = this.elements;
    this.elements = new Map(items.map((item) => [this.keyOf(item), null]));
    for (const [key, element] of before) if (!this.elements.has(key)) element.remove();
    let place = this.list.firstElementChild;
    for (const item of items) {
      const key = this.keyOf(item);
      const element = before.get(key) ?? this.made(item);
      this.elements.set(key, element);
      this.updated(element, item);
      // What is in its place is not touched: moving an element would end its video.
      if (element === place) place = place.nextElementSibling;
      else this.list.insertBefore(element, place);
    }
  }
}

// A list with a button for more of it.
export class Newest {
  constructor(section, changed) {
    this.section = byId(section);
    this.count = STEP;
    this.button = this.section.querySelector(".more");
    this.button.addEventListener("click", () => {
      this.count = Math.min(this.count + STEP * 4, MOST);
      changed();
    });
  }

  show(total, shown) {
    show(this.section.querySelector(".nothing"), total === 0);
    show(this.button, shown < total && this.count < MOST);
    const most = this.section.querySelector(".most");
    show(most, shown < total);
    const text = `The newest ${whole(shown)} of ${whole(total)} are shown.`;
    if (most.textContent !== text) most.textContent = text;
  }
}
