// The chip says how fresh the figures are. What is old stays, and is called so.

import { clock, say, span } from "./text.js";
import { attribute, find, text } from "./dom.js";

let latest = null; // the last results
let answered = Date.now(); // when something answered last
let silent = false; // nothing answers

export function tell(results) {
  latest = results;
  write();
}

export function lost(trouble) {
  if (!trouble) answered = Date.now();
  if (trouble === silent) return;
  silent = trouble;
  write();
}

// recently is how far behind is worth counting in seconds.
const recently = 90;

function write() {
  const chip = find("[data-chip]");
  if (!latest || !chip) return;
  if (silent || latest.stale) {
    attribute(chip, "data-state", "stale");
    return text(chip, say("status.stale", { time: clock(latest.stale ? latest.stale_since : answered) }));
  }
  attribute(chip, "data-state", "live");
  const status = say(`status.${latest.status}`);
  const pass = latest.freshness?.last_pass_at ?? latest.as_of;
  const behind = pass ? (Date.now() - Date.parse(pass)) / 1000 : null;
  if (latest.status === "waiting" || behind === null) text(chip, status);
  else if (latest.status === "counting" && behind < recently) text(chip, say("status.behind", { status, span: span(behind) }));
  else text(chip, say("status.asof", { status, time: clock(latest.as_of ?? pass) }));
}

setInterval(write, 1000);
