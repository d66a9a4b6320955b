// The page's own requests, which the sandbox neither records nor charges.

import { path } from "./text.js";

// There was no response: the sandbox has been stopped.
export class Silence extends Error {}

async function responded(address, options) {
  let response, body;
  try {
    response = await fetch(`${path}/${address}`, options);
    body = await response.json();
  } catch {
    throw new Silence("The sandbox does not respond.");
  }
  if (!response.ok) throw new Error(body.error);
  return body;
}

export const get = (address) => responded(address);

export function post(address, body = {}) {
  const headers = { "Content-Type": "application/json" };
  return responded(address, { method: "POST", headers, body: JSON.stringify(body) });
}
