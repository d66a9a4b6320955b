// The page's own requests, which the sandbox neither records nor charges.

import { path } from "./text.js";

async function responded(address, options) {
  const response = await fetch(`${path}/${address}`, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

export const get = (address) => responded(address);

export function post(address, body = {}) {
  const headers = { "Content-Type": "application/json" };
  return responded(address, { method: "POST", headers, body: JSON.stringify(body) });
}
