// What the chip says while the figures come. It needs no document.

import { clock, say, span } from "./text.js";

// recently is how far behind is worth counting in seconds.
const recently = 90;

// chipWords says how the count stands, and how far the figures are behind: since the last
// pass, or since the newest record that is in them without one (asOf). Where all that is
// known to be on Kafka is counted (settled), they are behind nothing, however long nobody
// has voted.
export function chipWords({ status: name, asOf, pass, settled }, now) {
  const status = say(`status.${name}`);
  const last = Math.max(...[pass, asOf].filter(Boolean).map(Date.parse));
  if (name === "waiting" || !Number.isFinite(last)) return status;
  if (name === "counting" && settled !== undefined) return say("status.current", { status });
  const behind = (now - last) / 1000;
  if (name === "counting" && behind < recently) return say("status.behind", { status, span: span(behind) });
  return say("status.asof", { status, time: clock(asOf || last) });
}
