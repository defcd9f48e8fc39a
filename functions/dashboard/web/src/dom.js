// What all parts need to read the page and to write on it. Nothing is touched that
// hasn't changed.

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
