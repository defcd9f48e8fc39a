// What the chip says while the figures come. It needs no document.

import { clock, say, span } from "./text.js";

// recently is how far behind is worth counting in seconds.
const recently = 90;

// chipWords says how the count stands, and how far the figures are behind. Where all that
// is known to be on Kafka is counted (settled), they are behind nothing, however long
// nobody has voted.
export function chipWords({ status: name, asOf, pass, settled }, now) {
  const status = say(`status.${name}`);
  const last = pass || asOf;
  if (name === "waiting" || !last) return status;
  if (name === "counting" && settled !== undefined) return say("status.current", { status });
  const behind = (now - Date.parse(last)) / 1000;
  if (name === "counting" && behind < recently) return say("status.behind", { status, span: span(behind) });
  return say("status.asof", { status, time: clock(asOf || last) });
}
