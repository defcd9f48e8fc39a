// The chip says how fresh the figures are. What is old stays, and is called so.
// Beside its words the server gives it the times that they follow from.

import { chipWords } from "./chip_words.js";
import { clock, say } from "./text.js";
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

function write() {
  const chip = find("[data-chip]");
  if (!told || !chip) return;
  const { stale } = chip.dataset;
  if (silent || stale) {
    attribute(chip, "data-state", "stale");
    return text(chip, say("status.stale", { time: clock(stale || answered) }));
  }
  attribute(chip, "data-state", "live");
  text(chip, chipWords(chip.dataset, Date.now()));
}

setInterval(write, 1000);
