// For everyone: axe finds nothing, the keyboard reaches everything, the page
// reflows.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Site, says, test, visit } from "./site.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function check(page, where, open) {
  await page.evaluate(axe);
  const found = await page.evaluate(async (open) => {
    for (const details of document.querySelectorAll("details")) details.open = open;
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(", ")}`);
  }, open);
  assert.deepEqual(found, [], where);
}

const phone = { width: 375, height: 800 };
const desk = { width: 1280, height: 900 };

test("axe finds nothing", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const empty = await Site.make();
  for (const [where, address, options] of [
    ["light, tables open", site.url, { colorScheme: "light", viewport: desk }],
    ["dark", site.url, { colorScheme: "dark", viewport: desk }],
    ["phone, light", site.url, { colorScheme: "light", viewport: phone }],
    ["phone, dark, one region", `${site.url}?region=TX`, { colorScheme: "dark", viewport: phone }],
    ["wall", `${site.url}?view=wall`, { colorScheme: "dark", viewport: { width: 1920, height: 1080 } }],
    ["waiting", empty.url, { viewport: desk }],
    ["no such page", `${site.url}nowhere`, { viewport: desk, expects: ["404"] }],
  ]) {
    const page = await visit(t, address, { reducedMotion: "reduce", ...options });
    if (!address.endsWith("nowhere")) await page.locator('[data-chip][data-state="live"]').waitFor();
    await check(page, where, where.includes("open"));
    assert.deepEqual(page.wrong, [], where);
  }
});

test("the keyboard reaches everything", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const page = await visit(t, site.url);
  await page.locator('[data-chart="hours"] svg').waitFor();
  const seen = new Set();
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      if (e === document.body) return null;
      const look = getComputedStyle(e);
      const tile = e.matches("a.tile");
      const mark = tile ? getComputedStyle(e.querySelector(".fill")).strokeWidth !== "0px" : look.outlineStyle !== "none";
      return { name: e.matches("a.tile") ? "tile" : e.name || e.textContent.trim().slice(0, 60) || e.tagName, mark, href: e.getAttribute("href") };
    });
    if (!at) break;
    assert.ok(at.mark, `${at.name} doesn't show that it has the focus`);
    if (i === 0) assert.equal(at.href, "#results");
    seen.add(at.name);
  }
  for (const want of ["region", "group", "from", "to", "tile", "Wall view"]) assert.ok(seen.has(want), `Tab never came to ${want}: ${[...seen]}`);
  const all = await page.locator("main a:not(.tile):visible, main summary:visible, main select:visible").count();
  assert.ok(seen.size >= Math.min(all, 20), `${seen.size} stops for ${all} links and controls`);

  await page.locator('a.tile[data-key="TX"]').focus();
  await says(page, "[data-readout]", /^Texas: /);
  const press = async (key) => {
    await page.keyboard.press(key);
    return page.evaluate(() => document.activeElement.dataset.key);
  };
  assert.equal(await press("ArrowUp"), "OK");
  assert.equal(await press("ArrowRight"), "LA");
  assert.equal(await press("ArrowLeft"), "OK");
  assert.equal(await press("ArrowDown"), "TX");
  await page.keyboard.press("Enter");
  await says(page, "[data-kicker]", "Texas");
  await page.locator('a.tile[data-key="TX"][aria-current="true"]').waitFor();
  assert.match(page.url(), /region=TX/);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.key), "TX", "the focus stays");
  assert.equal(await page.locator('a.tile[tabindex="0"]').count(), 1, "the map is one stop");
});

test("the page reflows: narrow, and at 200%", async (t) => {
  const site = await Site.make({ minutes: 400 });
  for (const [where, viewport] of [
    ["320 pixels", { width: 320, height: 640 }],
    ["1280 pixels at 200%", { width: 640, height: 450 }],
  ]) {
    const page = await visit(t, site.url, { viewport });
    await page.locator('[data-chart="hours"] svg').waitFor();
    await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, null, { timeout: 60_000 }).catch(async () => {
      const wide = await page.evaluate(() => [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll")).slice(0, 5).map((e) => e.outerHTML.slice(0, 120)));
      assert.fail(`${where}: the page is wider than the screen: ${wide}`);
    });
  }
});

test("the wall view takes turns and needs no scrolling", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const page = await visit(t, "about:blank", { viewport: { width: 1920, height: 1080 } });
  await page.clock.install();
  await page.goto(`${site.url}?view=wall`);
  await page.locator("html.wall section.on").waitFor();
  const on = () => page.evaluate(() => document.querySelector("section.on").className);
  const first = await on();
  await page.clock.runFor(15_100);
  assert.notEqual(await on(), first);
  assert.equal(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), true);
  const cut = await page.evaluate(() => {
    const list = document.querySelector(".candidates");
    return list.scrollHeight - list.clientHeight;
  });
  assert.equal(cut, 0, "candidates are cut off");
});
