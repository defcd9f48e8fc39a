// What the charts have in common: the axes, and the reading of one moment.

import { draw } from "../dom.js";
import { hhmm } from "../text.js";

// rem is how much larger than usual the type is: on a wall, or as the reader has
// set it.
export const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

// stretch is how much taller charts are where they have a wall to themselves.
export const stretch = () => (document.documentElement.classList.contains("wall") ? 1.35 : 1);

// frame is a picture of the given inner size and margins, with a group in it.
export function frame(box, width, height, margin, summary) {
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": summary });
  const body = draw("g", { transform: `translate(${margin.left} ${margin.top})` });
  svg.append(body);
  const old = box.querySelector("svg");
  if (old) old.replaceWith(svg);
  else box.prepend(svg);
  return { svg, body, inner: { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom } };
}

// across draws the lines of the values, labelled at their left.
export function across(body, y, width, ticks, write) {
  for (const value of ticks) {
    const at = Math.round(y(value)) + 0.5;
    body.append(
      draw("line", { class: value === 0 ? "axis" : "grid", x1: 0, x2: width, y1: at, y2: at }),
      label(write(value), { x: -8 * rem(), y: at, "text-anchor": "end", "dominant-baseline": "central" }),
    );
  }
}

// below labels the times under the axis.
export function below(body, at, height, times) {
  for (const time of times) {
    const x = Math.round(at(time)) + 0.5;
    body.append(
      draw("line", { class: "axis", x1: x, x2: x, y1: height, y2: height + 4 }),
      label(hhmm(time), { x, y: height + 18 * rem(), "text-anchor": "middle" }),
    );
  }
}

export function label(text, attributes) {
  const element = draw("text", attributes);
  element.textContent = text;
  return element;
}

// apart moves labels down or up until there is room between them.
export function apart(labels, room, height) {
  labels.sort((a, b) => a.y - b.y);
  for (let i = 1; i < labels.length; i++) labels[i].y = Math.max(labels[i].y, labels[i - 1].y + room);
  let limit = height;
  for (let i = labels.length - 1; i >= 0; i--) {
    labels[i].y = Math.min(labels[i].y, limit);
    limit = labels[i].y - room;
  }
  return labels;
}

// reading shows the figures of the moment under the pointer.
export function reading(box, { svg, body, inner }, margin, nearest, write) {
  let out = box.querySelector(".reading");
  if (!out) {
    out = Object.assign(document.createElement("p"), { className: "reading" });
    out.setAttribute("aria-hidden", "true");
    box.append(out);
  }
  const cursor = draw("line", { class: "cursor", y1: 0, y2: inner.height, visibility: "hidden" });
  body.append(cursor);
  svg.addEventListener("pointermove", (event) => {
    const area = svg.getBoundingClientRect();
    const found = nearest(((event.clientX - area.left) / area.width) * svg.viewBox.baseVal.width - margin.left);
    if (!found) return;
    cursor.setAttribute("x1", found.x);
    cursor.setAttribute("x2", found.x);
    cursor.setAttribute("visibility", "visible");
    out.textContent = write(found);
  });
  svg.addEventListener("pointerleave", () => {
    cursor.setAttribute("visibility", "hidden");
    out.textContent = "";
  });
}
