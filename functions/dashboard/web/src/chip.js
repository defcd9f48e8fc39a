// The chip says how fresh the figures are. What is old stays, and is called so.
// Beside its words the server gives it the times that they follow from.

import { clock, say, span } from "./text.js";
import { attribute, find, text } from "./dom.js";

let answered = Date.now(); // when something answered last
let silent = false; // nothing answers
let told = false; // the page is live

export function tell() {
  told = true;
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
  if (!told || !chip) return;
  const { status: name, asOf, pass, stale } = chip.dataset;
  if (silent || stale) {
    attribute(chip, "data-state", "stale");
    return text(chip, say("status.stale", { time: clock(stale || answered) }));
  }
  attribute(chip, "data-state", "live");
  const status = say(`status.${name}`);
  const last = pass || asOf;
  const behind = last ? (Date.now() - Date.parse(last)) / 1000 : null;
  if (name === "waiting" || behind === null) text(chip, status);
  else if (name === "counting" && behind < recently) text(chip, say("status.behind", { status, span: span(behind) }));
  else text(chip, say("status.asof", { status, time: clock(asOf || last) }));
}

setInterval(write, 1000);
