// patched makes the edits that the server sends of a text: a text is put in, a number above 0
// keeps as many units of it, and one below leaves out as many. What follows the last is kept.
export function patched(text, edits) {
  let at = 0;
  let made = "";
  for (const edit of edits) {
    if (typeof edit === "string") {
      made += edit;
      continue;
    }
    if (edit > 0) made += text.slice(at, at + edit);
    at += Math.abs(edit);
  }
  return made + text.slice(at);
}
