// What a screen reader hears: the headline, where its meaning has changed, and
// at most every fifteen seconds.

import { find, text } from "./dom.js";

const quiet = 15_000;
let spoken = null;
let last = -quiet;
let waiting;

export function announce() {
  const headline = find("#headline");
  const now = headline.dataset.meaning;
  clearTimeout(waiting);
  if (now === spoken) return;
  if (spoken === null) {
    spoken = now; // the reader has just read the page itself
    return;
  }
  const speak = () => {
    spoken = now;
    last = performance.now();
    const standing = find("[data-standing]");
    const said = standing.dataset.state === "counting" ? [headline] : [standing, headline];
    text(find("[data-live]"), said.map((e) => e.textContent).join(" "));
  };
  const rest = last + quiet - performance.now();
  if (rest <= 0) speak();
  else waiting = setTimeout(speak, rest);
}

// hush forgets what was said: the page is about something else. It will say the
// first headline of that at once.
export function hush() {
  clearTimeout(waiting);
  if (spoken !== null) spoken = "";
  last = -quiet;
}
