// Puts values into the page that the server has rendered, and touches nothing
// that hasn't changed.

export const find = (selector, within = document) => within.querySelector(selector);
export const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];

export function text(element, value) {
  if (element && element.textContent !== value) element.textContent = value;
}

export function attribute(element, name, value) {
  if (!element) return;
  if (value == null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

export const flag = (element, name, on) => element?.toggleAttribute(name, Boolean(on));

// when shows what stands on the page for a condition.
export function when(name, on) {
  for (const element of findAll(`[data-when="${name}"]`)) flag(element, "hidden", !on);
}

// list brings the lines of a list into the items' order, makes those that are
// missing from the list's template, and lets write fill each of them in.
export function list(name, items, key, write, { template = name, make } = {}) {
  const body = find(`[data-list="${CSS.escape(name)}"]`);
  if (!body) return;
  const lines = new Map();
  for (const line of [...body.children]) if (line.dataset.key !== undefined) lines.set(line.dataset.key, line);
  let at = [...body.children].find((line) => line.dataset.key !== undefined) ?? null;
  for (const item of items) {
    const id = key(item);
    let line = lines.get(id);
    lines.delete(id);
    if (!line) {
      line = make ? make(item) : blank(template);
      line.dataset.key = id;
    }
    if (line === at) at = next(at);
    else body.insertBefore(line, at);
    write(item, (field, value) => text(find(`[data-f="${field}"]`, line), value), line);
  }
  const focused = document.activeElement;
  for (const line of lines.values()) {
    if (line.contains(focused)) body.closest("[tabindex], section")?.focus?.({ preventScroll: true });
    line.remove();
  }
}

const next = (line) => line.nextElementSibling;

// blank makes a line of a template, whatever it has to be wrapped in there.
function blank(name) {
  const line = find("[data-key]", find(`template[data-item="${name}"]`).content);
  return document.importNode(line, true);
}

const svg = "http://www.w3.org/2000/svg";

// draw makes an element of a picture.
export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) if (value != null) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export const calm = matchMedia("(prefers-reduced-motion: reduce)");

// roll lets a number run to its new value where the step is small, within 400
// milliseconds; where it isn't, or the reader wants no motion, it just changes.
const rolling = new WeakMap();
export function roll(element, value, write) {
  if (!element) return;
  const from = rolling.get(element)?.value;
  cancelAnimationFrame(rolling.get(element)?.frame);
  const small = from !== undefined && Math.abs(value - from) < Math.max(Math.abs(from) * 0.05, 0.02);
  if (!small || from === value || calm.matches || document.hidden) {
    rolling.set(element, { value });
    return text(element, write(value));
  }
  const start = performance.now();
  const state = { value: from };
  rolling.set(element, state);
  const step = (now) => {
    const t = Math.min(1, (now - start) / 400);
    state.value = t < 1 ? from + (value - from) * (1 - (1 - t) ** 3) : value;
    text(element, write(Number.isInteger(value) ? Math.round(state.value) : state.value));
    if (t < 1) state.frame = requestAnimationFrame(step);
  };
  state.frame = requestAnimationFrame(step);
}
