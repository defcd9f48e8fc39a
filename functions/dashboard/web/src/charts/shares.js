// The share of each candidate of all votes cast up to a moment: lines, labelled
// at their ends.

import { scaleLinear, scaleTime } from "d3-scale";
import { line } from "d3-shape";
import { draw } from "../dom.js";
import { hhmm, percent, say, wholePercent } from "../text.js";
import { across, apart, below, frame, label, reading, rem, stretch } from "./frame.js";

const tall = 260;

export function sharesChart(box, width, figures) {
  const rows = grown(figures);
  if (rows.length < 2) return box.replaceChildren();
  const order = figures.candidates.slice(0, figures.lines);
  const last = rows.at(-1);
  const long = Math.max(...order.map((c) => c.short.length));
  const em = rem();
  const height = tall * em * stretch();
  const wanted = (76 + long * 8) * em;
  const fits = wanted < width * 0.42; // else the marks alone name the lines
  const margin = { top: 12 * em, right: fits ? wanted : 76 * em, bottom: 24 * em, left: 40 * em };
  const summary = say("when.shares.summary", { list: order.map((c) => `${c.name} ${percent(last.share[c.id])}`).join(", ") });
  const picture = frame(box, width, height, margin, summary);
  const { body, inner } = picture;
  const most = Math.max(0.1, ...rows.flatMap((row) => Object.values(row.share)));
  const x = scaleTime([rows[0].at, last.at], [0, inner.width]);
  const y = scaleLinear([0, most], [inner.height, 0]).nice(5);

  across(body, y, inner.width, y.ticks(5), wholePercent);
  below(body, x, inner.height, x.ticks(Math.max(2, Math.floor(inner.width / 80 / em))));
  for (const c of [...order].reverse()) {
    body.append(draw("path", { class: "line", color: c.colour, d: line((row) => x(row.at), (row) => y(row.share[c.id]))(rows) }));
  }
  const ends = apart(order.map((c) => ({ c, y: y(last.share[c.id]) })), 16 * em, inner.height);
  for (const { c, y: at } of ends) {
    body.append(
      draw("use", { class: "mark", href: `#mark-${c.mark}`, color: c.colour, x: inner.width + 6 * em, y: at - 4.5 * em, width: 9 * em, height: 9 * em }),
      label(`${fits ? `${c.short} ` : ""}${percent(last.share[c.id])}`, { class: "label", x: inner.width + 20 * em, y: at, "dominant-baseline": "central" }),
    );
  }
  const nearest = (px) => {
    const at = x.invert(px).getTime();
    const row = rows.reduce((a, b) => (Math.abs(b.at - at) < Math.abs(a.at - at) ? b : a));
    return { ...row, x: x(row.at) };
  };
  reading(box, picture, margin, nearest, (row) =>
    [hhmm(row.at), ...order.map((c) => `${c.short} ${percent(row.share[c.id])}`)].join(" · "));
}

// grown adds the votes up over time: by minute where the minutes are shown by
// candidate and reach back to the first vote, else by hour.
function grown({ hourly, minutes, watermark, candidates }) {
  const first = hourly[0]?.hour;
  const whole = minutes.length > 0 && minutes.every((m) => m.candidates) && first && Date.parse(minutes[0].minute) - Date.parse(first) < 3_600_000;
  const [spells, start, length] = whole ? [minutes, "minute", 60_000] : [hourly, "hour", 3_600_000];
  const now = Date.parse(watermark ?? "") || Infinity;
  const sums = Object.fromEntries(candidates.map((c) => [c.id, 0]));
  const rows = [];
  for (const spell of spells) {
    let all = 0;
    for (const c of candidates) all += sums[c.id] += spell.candidates?.[c.id] ?? 0;
    if (!all) continue;
    const at = Math.min(Date.parse(spell[start]) + length, Math.max(now, Date.parse(spell[start])));
    rows.push({ at, share: Object.fromEntries(candidates.map((c) => [c.id, sums[c.id] / all])) });
  }
  return rows;
}
