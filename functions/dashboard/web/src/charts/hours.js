// Votes per hour: columns, with the candidates' parts on top of each other.

import { scaleBand, scaleLinear } from "d3-scale";
import { stack } from "d3-shape";
import { draw } from "../dom.js";
import { count, integer, say, zone } from "../text.js";
import { across, frame, label, reading, rem, stretch } from "./frame.js";
import { hourLabels, hourText } from "./hour_labels.js";

const hour = 3_600_000;
const tall = 260;

export function hoursChart(box, width, { hours: rows, candidates }) {
  if (rows.length === 0) return box.replaceChildren();
  const em = rem();
  const height = tall * em * stretch();
  const margin = { top: 12 * em, right: 0, bottom: 24 * em, left: 48 * em };
  const busiest = rows.reduce((a, b) => (b.votes > a.votes ? b : a));
  const summary = say("when.hours.summary", { from: hourText(rows, rows[0].at), to: hourText(rows, rows.at(-1).at + hour), zone: zone(rows[0].at), busiest: hourText(rows, busiest.at), most: count(busiest.votes, "votes") });
  const picture = frame(box, width, height, margin, summary);
  const { body, inner } = picture;
  const x = scaleBand(rows.map((h) => h.at), [0, inner.width]).padding(0.22);
  const y = scaleLinear([0, Math.max(1, busiest.votes)], [inner.height, 0]).nice(5);

  across(body, y, inner.width, y.ticks(5).filter(Number.isInteger), integer);
  const layers = stack().keys(candidates.map((c) => c.id)).value((h, id) => h.candidates?.[id] ?? 0)(rows);
  for (const layer of layers) {
    const group = draw("g", { color: candidates.find((c) => c.id === layer.key).colour });
    layer.forEach(([from, to], i) => {
      const tall = y(from) - y(to);
      if (tall > 0) group.append(draw("rect", { class: rows[i].complete ? "column" : "column unsure", x: x(rows[i].at), width: x.bandwidth(), y: y(to), height: tall }));
    });
    body.append(group);
  }
  for (const h of rows) {
    const tall = y(h.votes - unshown(h)) - y(h.votes);
    if (tall > 0) body.append(draw("rect", { class: "column unshown", x: x(h.at), width: x.bandwidth(), y: y(h.votes), height: tall }));
  }
  for (const { at, text } of hourLabels(rows, inner.width / (48 * em))) {
    body.append(label(text, { x: x(at) + x.bandwidth() / 2, y: inner.height + 18 * em, "text-anchor": "middle" }));
  }
  const nearest = (px) => {
    const h = rows[Math.min(Math.max(Math.floor(px / x.step()), 0), rows.length - 1)];
    return { ...h, x: x(h.at) + x.bandwidth() / 2 };
  };
  reading(box, picture, margin, nearest, (h) =>
    [hourText(rows, h.at), count(h.votes, "votes"), ...candidates.filter((c) => h.candidates?.[c.id]).map((c) => `${c.short} ${integer(h.candidates[c.id])}`), ...(unshown(h) > 0 ? [`${integer(unshown(h))} ${say("when.unshown")}`] : [])].join(" · "));
}

// unshown is how many votes of an hour aren't shown by candidate.
const unshown = (h) => h.votes - Object.values(h.candidates ?? {}).reduce((sum, n) => sum + n, 0);
