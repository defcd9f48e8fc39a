// Makes an element like another one, and touches nothing that is like it already:
// focus, scroll positions and transitions stay. Both are of the same template.

// key tells an element from its siblings.
const key = (node) => (node.dataset ? node.dataset.key ?? node.dataset.seg ?? node.dataset.by ?? (node.id || null) : null);

// morph makes from like to. own(from, to) says what of an element isn't touched: "all",
// or "content", which is all but its attributes.
export function morph(from, to, own) {
  const kept = own(from, to);
  if (kept === "all") return;
  attributes(from, to);
  if (kept !== "content") children(from, to, own);
}

function attributes(from, to) {
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name)) from.removeAttribute(name);
}

function children(from, to, own) {
  const keyed = new Map([...from.children].map((child) => [key(child), child]));
  let at = from.firstChild;
  for (const want of [...to.childNodes]) {
    const name = key(want);
    const node = name === null ? alike(at, want) : keyed.get(name);
    if (!node || node.nodeName !== want.nodeName) {
      from.insertBefore(document.importNode(want, true), at);
      continue;
    }
    if (node === at) at = at.nextSibling;
    else from.insertBefore(node, at);
    if (node.nodeType === Node.ELEMENT_NODE) morph(node, want, own);
    else if (node.data !== want.data) node.data = want.data;
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

// alike is the next node from some node on that can become another one.
function alike(at, want) {
  for (let node = at; node; node = node.nextSibling) {
    if (node.nodeName === want.nodeName && key(node) === null) return node;
  }
  return null;
}
