// What axe finds wrong with a page. Text is held to AAA: its contrast is 7:1, and 4.5:1
// where it is large.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = { "color-contrast-enhanced": { enabled: true } };

export async function axe(page, open = false) {
  await page.evaluate(source);
  return page.evaluate(async ([open, rules]) => {
    for (const details of document.querySelectorAll("details")) details.open = open;
    const { violations } = await axe.run(document, { resultTypes: ["violations"], rules });
    return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(", ")}`);
  }, [open, rules]);
}
