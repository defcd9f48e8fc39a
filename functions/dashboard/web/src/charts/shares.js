// The share of each candidate of all votes cast up to a moment: lines, labelled
// at their ends.

import { scaleLinear, scaleTime } from "d3-scale";
import { line } from "d3-shape";
import { draw } from "../dom.js";
import { hhmm, percent, say, wholePercent } from "../text.js";
import { across, apart, below, frame, label, reading, rem, stretch } from "./frame.js";

const tall = 260;

export function sharesChart(box, width, figures) {
  const rows = figures.shares;
  if (rows.length < 2) return box.replaceChildren();
  const order = figures.candidates.slice(0, figures.lines);
  const last = rows.at(-1);
  const long = Math.max(...order.map((c) => c.short.length));
  const em = rem();
  const height = tall * em * stretch();
  const wanted = (76 + long * 8) * em;
  const fits = wanted < width * 0.42; // else the marks alone name the lines
  const margin = { top: 12 * em, right: fits ? wanted : 76 * em, bottom: 24 * em, left: 40 * em };
  const summary = say("when.shares.summary", { list: order.map((c) => `${c.name} ${percent(last.shares[c.id])}`).join(", ") });
  const picture = frame(box, width, height, margin, summary);
  const { body, inner } = picture;
  const most = Math.max(0.1, ...rows.flatMap((row) => Object.values(row.shares)));
  const x = scaleTime([rows[0].at, last.at], [0, inner.width]);
  const y = scaleLinear([0, most], [inner.height, 0]).nice(5);

  across(body, y, inner.width, y.ticks(5), wholePercent);
  below(body, x, inner.height, x.ticks(Math.max(2, Math.floor(inner.width / 80 / em))));
  for (const c of [...order].reverse()) {
    body.append(draw("path", { class: "line", color: c.colour, d: line((row) => x(row.at), (row) => y(row.shares[c.id]))(rows) }));
  }
  const ends = apart(order.map((c) => ({ c, y: y(last.shares[c.id]) })), 16 * em, inner.height);
  for (const { c, y: at } of ends) {
    body.append(
      draw("use", { class: "mark", href: `#mark-${c.mark}`, color: c.colour, x: inner.width + 6 * em, y: at - 4.5 * em, width: 9 * em, height: 9 * em }),
      label(`${fits ? `${c.short} ` : ""}${percent(last.shares[c.id])}`, { class: "label", x: inner.width + 20 * em, y: at, "dominant-baseline": "central" }),
    );
  }
  const nearest = (px) => {
    const at = x.invert(px).getTime();
    const row = rows.reduce((a, b) => (Math.abs(b.at - at) < Math.abs(a.at - at) ? b : a));
    return { ...row, x: x(row.at) };
  };
  reading(box, picture, margin, nearest, (row) =>
    [hhmm(row.at), ...order.map((c) => `${c.short} ${percent(row.shares[c.id])}`)].join(" · "));
}
