// Lets a number run to its new value where the step is small, within 400 milliseconds;
// where it isn't, or the reader wants no motion, it just changes.

import { number } from "./text.js";
import { text } from "./dom.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const rolling = new WeakMap(); // element → the value that it shows, and its next frame

// roll takes an element to the number (data-n) and text of another.
export function roll(element, to) {
  const value = Number(to.dataset.n);
  const decimals = to.dataset.n.split(".")[1]?.length ?? 0;
  const from = rolling.get(element)?.value ?? Number(element.dataset.n);
  if (from === value && element.textContent === to.textContent) return;
  cancelAnimationFrame(rolling.get(element)?.frame);
  const last = to.textContent;
  const written = number(value, decimals);
  const small = Math.abs(value - from) < Math.max(Math.abs(from) * 0.05, decimals ? 2 : 0);
  if (!small || from === value || calm.matches || document.hidden || !last.includes(written)) {
    rolling.delete(element);
    return text(element, last);
  }
  const start = performance.now();
  const state = { value: from };
  rolling.set(element, state);
  const step = (now) => {
    const t = Math.min(1, (now - start) / 400);
    if (t === 1) {
      rolling.delete(element);
      return text(element, last);
    }
    state.value = from + (value - from) * (1 - (1 - t) ** 3);
    text(element, last.replace(written, () => number(state.value, decimals)));
    state.frame = requestAnimationFrame(step);
  };
  state.frame = requestAnimationFrame(step);
}
