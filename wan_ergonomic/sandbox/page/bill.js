// The account's bill, from its books.

import { Keyed } from "./keyed.js";
import { byId, make, setText, show, timeOfDay, usd } from "./text.js";

const WORDS = { MODEL_USAGE: "Charge", REFUND: "Refund", TOP_UP: "Top-up" };

export function entryList() {
  return new Keyed(byId("entry-list"), {
    keyOf: (one) => `${one.type} ${one.id}`,
    made,
    updated: () => {},
  });
}

function made(one) {
  const row = make("tr");
  const id = make("td");
  id.append(make("code", "", one.id));
  row.append(
    make("td", "", timeOfDay(one.at)),
    make("td", "", WORDS[one.type]),
    make("td", "number", usd(one.usd)),
    id,
  );
  return row;
}

export function showSums(bill) {
  for (const name of ["balance", "charged", "refunded", "opening"]) {
    setText(byId(name), usd(bill[name]));
  }
  show(byId("entries"), bill.total > 0);
}
