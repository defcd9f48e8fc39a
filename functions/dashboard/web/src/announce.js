// What a screen reader hears: the headline, where its meaning has changed, and
// at most every fifteen seconds.

import { find, text } from "./dom.js";

const quiet = 15_000;
let spoken = null;
let last = -quiet;
let waiting;

// meaning is what a listener would want to know: who leads, by how many whole
// points, at how many twentieths of the electorate, and how the count stands.
function meaning(r) {
  const t = r.totals;
  return [r.status, t.race, t.leader, Math.round((t.margin_share ?? 0) * 100), Math.floor((t.turnout ?? 0) * 20)].join();
}

export function announce(r) {
  const now = meaning(r);
  clearTimeout(waiting);
  if (now === spoken) return;
  if (spoken === null) {
    spoken = now; // the reader has just read the page itself
    return;
  }
  const speak = () => {
    spoken = now;
    last = performance.now();
    text(find("[data-live]"), r.status === "counting" ? r.totals.headline : `${r.state.text} ${r.totals.headline}`);
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
