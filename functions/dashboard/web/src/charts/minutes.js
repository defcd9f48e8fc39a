// Votes per minute: a quiet area. Minutes that aren't complete are dashed,
// amended ones have a mark.

import { scaleLinear, scaleTime } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import { draw } from "../dom.js";
import { count, hhmm, integer, say, signed, zone } from "../text.js";
import { across, below, frame, label, reading, rem, stretch } from "./frame.js";

const minute = 60_000;
const tall = 220;
const letter = 7.5; // about as wide as a letter of a label is

export function minutesChart(box, width, { minutes: rows, candidates }) {
  if (rows.length < 2) return box.replaceChildren();
  const complete = rows.filter((m) => m.complete);
  const busiest = rows.reduce((a, b) => (b.votes > a.votes ? b : a));
  const em = rem();
  const height = tall * em * stretch();
  const margin = { top: 20 * em, right: 8 * em, bottom: 24 * em, left: 44 * em };
  const picture = frame(box, width, height, margin, summary(rows, complete, busiest));
  const { body, inner } = picture;
  const x = scaleTime([rows[0].at, rows.at(-1).at], [0, inner.width]);
  const y = scaleLinear([0, Math.max(busiest.votes, 1)], [inner.height, 0]).nice(4);

  across(body, y, inner.width, y.ticks(4).filter(Number.isInteger), integer);
  below(body, x, inner.height, x.ticks(Math.max(2, Math.floor(width / 90 / em))));
  const shape = { x: (m) => x(m.at), y: (m) => y(m.votes) };
  const open = rows.slice(Math.max(0, complete.length - 1));
  body.append(
    draw("path", { class: "area", d: area(shape.x, inner.height, shape.y).curve(curveMonotoneX)(complete) }),
    draw("path", { class: "edge", d: line(shape.x, shape.y).curve(curveMonotoneX)(complete) }),
    draw("path", { class: "open", d: line(shape.x, shape.y)(open) }),
  );
  peak(body, x, y, busiest, inner.width);
  for (const m of rows) if (m.amended !== undefined) body.append(draw("path", { class: "late", d: `M${x(m.at) - 4} ${inner.height}h8l-4 -7z` }));

  const nearest = (at) => {
    const i = Math.round((x.invert(at) - rows[0].at) / minute);
    const m = rows[Math.min(Math.max(i, 0), rows.length - 1)];
    return { ...m, x: x(m.at) };
  };
  reading(box, picture, margin, nearest, (m) => {
    const parts = [hhmm(m.at), count(m.votes, "votes")];
    if (!m.complete) parts.push(say("when.open"));
    for (const c of candidates) if (m.candidates?.[c.id]) parts.push(`${c.name} ${integer(m.candidates[c.id])}`);
    if (m.amended !== undefined) parts.push(say("when.amended", { n: signed(m.amended) }));
    return parts.join(" · ");
  });
}

function peak(body, x, y, busiest, width) {
  const at = x(busiest.at);
  const said = say("when.peak", { time: hhmm(busiest.at), votes: count(busiest.votes, "votes") });
  const half = Math.min(said.length * letter * rem(), width) / 2;
  body.append(
    draw("circle", { class: "dot", cx: at, cy: y(busiest.votes), r: 3.5 }),
    label(said, { class: "label", x: Math.min(Math.max(at, half), width - half), y: y(busiest.votes) - 6, "text-anchor": "middle" }),
  );
}

function summary(rows, complete, busiest) {
  return say("when.minutes.summary", {
    from: hhmm(rows[0].at),
    to: hhmm(rows.at(-1).at),
    zone: zone(rows[0].at),
    busiest: hhmm(busiest.at),
    most: count(busiest.votes, "votes"),
    last: count(complete.at(-1)?.votes ?? 0, "votes"),
  });
}
