// The figures of the moment under the pointer, beside each chart over time. The server has drawn the charts; what they
// show is in the page, as JSON.

import { attribute, find, findAll, text } from "./dom.js";
import { hourText } from "./hour_text.js";
import { count, hhmm, integer, percent, say, signed } from "./text.js";

// Each finds what a chart shows at a part of its width, and where that is.
const moments = {
  minutes({ minutes: rows }, part) {
    const i = Math.round(part * (rows.length - 1));
    return [rows[i], i / (rows.length - 1)];
  },
  shares({ shares: rows }, part) {
    const along = ({ at }) => (at - rows[0].at) / Math.max(1, rows.at(-1).at - rows[0].at);
    const row = rows.reduce((a, b) => (Math.abs(along(b) - part) < Math.abs(along(a) - part) ? b : a));
    return [row, along(row)];
  },
  hours({ hours: rows }, part) {
    const i = Math.min(Math.floor(part * rows.length), rows.length - 1);
    return [rows[i], (i + 0.5) / rows.length];
  },
};

// Each says what a chart shows of a moment.
const words = {
  minutes: (m, { candidates }) => [
    hhmm(m.at),
    count(m.votes, "votes"),
    ...(m.complete ? [] : [say("when.open")]),
    ...candidates.filter((c) => m.candidates?.[c.id]).map((c) => `${c.name} ${integer(m.candidates[c.id])}`),
    ...(m.amended === undefined ? [] : [say("when.amended", { n: signed(m.amended) })]),
  ],
  shares: (row, { candidates, lines }) => [hhmm(row.at), ...candidates.slice(0, lines).map((c) => `${c.short} ${percent(row.shares[c.id])}`)],
  hours: (h, { hours, candidates }) => [
    hourText(hours, h.at),
    count(h.votes, "votes"),
    ...candidates.filter((c) => h.candidates?.[c.id]).map((c) => `${c.short} ${integer(h.candidates[c.id])}`),
    ...(unshown(h) > 0 ? [`${integer(unshown(h))} ${say("when.unshown")}`] : []),
  ],
};

// unshown is how many votes of an hour aren't shown by candidate.
const unshown = (h) => h.votes - Object.values(h.candidates ?? {}).reduce((sum, n) => sum + n, 0);

// reading begins to show them.
export function reading() {
  for (const box of findAll("[data-chart]")) {
    box.addEventListener("pointermove", (event) => show(box, event.clientX));
    box.addEventListener("pointerleave", () => hide(box));
  }
}

// figures are what the charts show now. They are parsed again when they have changed, not with each move of the pointer.
let parsed = { json: "null", value: null };
function figures() {
  const json = find("[data-figures]").textContent;
  if (json !== parsed.json) parsed = { json, value: JSON.parse(json) };
  return parsed.value;
}

function show(box, x) {
  const drawing = find("svg", box);
  if (!drawing) return;
  const area = drawing.getBoundingClientRect();
  const shown = figures();
  const part = Math.min(Math.max((x - area.left) / area.width, 0), 1);
  const [moment, at] = moments[box.dataset.chart](shown, part);
  const cursor = find(".cursor", box);
  for (const end of ["x1", "x2"]) attribute(cursor, end, `${at * 100}%`);
  attribute(cursor, "visibility", "visible");
  text(find(".reading", box), words[box.dataset.chart](moment, shown).join(" · "));
}

function hide(box) {
  attribute(find(".cursor", box), "visibility", "hidden");
  text(find(".reading", box), "");
}
