// For everyone: axe finds nothing, the keyboard reaches everything, the page
// reflows.

import assert from "node:assert/strict";
import { axe } from "./axe.js";
import { Site, fits, overlaps, says, test, visit } from "./site.js";

const check = async (page, where, open) => assert.deepEqual(await axe(page, open), [], where);

const phone = { width: 375, height: 800 };
const desk = { width: 1280, height: 900 };

test("axe finds nothing", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const empty = await Site.make();
  const parliament = await Site.make({ minutes: 200, election: "parliament" });
  for (const [where, address, options] of [
    ["light, tables open", site.url, { colorScheme: "light", viewport: desk }],
    ["dark", site.url, { colorScheme: "dark", viewport: desk }],
    ["phone, light", site.url, { colorScheme: "light", viewport: phone }],
    ["phone, dark, one region", `${site.url}?region=TX`, { colorScheme: "dark", viewport: phone }],
    ["wall", `${site.url}?view=wall`, { colorScheme: "dark", viewport: { width: 1920, height: 1080 } }],
    ["waiting", empty.url, { viewport: desk }],
    ["sixteen parties, 650 constituencies", parliament.url, { viewport: { width: 768, height: 900 } }],
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
  await page.locator("html.live").waitFor();
  const seen = new Set();
  let tiles = 0;
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      if (e === document.body) return null;
      const look = getComputedStyle(e);
      const tile = e.matches("a.tile");
      const mark = tile ? getComputedStyle(e.querySelector(".fill")).strokeWidth !== "0px" : look.outlineStyle !== "none";
      return { name: e.matches("a.tile") ? "tile" : e.name || e.textContent.trim().slice(0, 60) || e.tagName, mark, href: e.getAttribute("href"), known: e.matches("a[href], select, button, summary, [tabindex]") };
    });
    if (!at) break;
    assert.ok(at.mark, `${at.name} doesn't show that it has the focus`);
    assert.ok(at.known, `${at.name} is a stop, and nothing to press or to scroll`);
    tiles += at.name === "tile";
    if (i === 0) assert.equal(at.href, "#results");
    seen.add(at.name);
  }
  assert.equal(tiles, 1, "the map is one stop");
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
    await page.locator("html.live").waitFor();
    await fits(page).catch(async () => {
      const wide = await page.evaluate(() => [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll")).slice(0, 5).map((e) => e.outerHTML.slice(0, 120)));
      assert.fail(`${where}: the page is wider than the screen: ${wide}`);
    });
    for (const width of where === "320 pixels" ? [320, 390, 705, 768, 900, 961, 1100] : []) {
      await page.setViewportSize({ width, height: 640 });
      assert.deepEqual(await overlaps(page), [], `names lie over figures at ${width} pixels`);
    }
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
  const cut = (selector) => page.evaluate((selector) => {
    const box = document.querySelector(selector);
    return box.scrollHeight - box.clientHeight;
  }, selector);
  for (let turns = 0; turns < 8 && !(await on()).includes("where"); turns++) await page.keyboard.press("ArrowRight");
  assert.match(await on(), /where/);
  assert.equal(await cut("section.where"), 0, "the map's lists are cut off");
  for (const [lang, width, height] of [["en", 1920, 1080], ["de", 1280, 720], ["de", 1440, 900], ["ar", 1366, 768]]) {
    await page.setViewportSize({ width, height });
    await page.goto(`${site.url}?view=wall&lang=${lang}`);
    await page.locator("html.wall section.on").waitFor();
    assert.equal(await cut(".candidates"), 0, `candidates are cut off on a screen of ${width} by ${height}, in ${lang}`);
  }
});

// contrast is that of an element's fill or stroke beside the page's paper, by the colours that
// a canvas makes of them.
const contrast = (element) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const luminance = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((n) => (n / 255 <= 0.04045 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const look = getComputedStyle(element);
  const [a, b] = [luminance(look.fill === "none" ? look.stroke : look.fill), luminance(getComputedStyle(document.body).backgroundColor)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
};

test("marks of every colour show beside the paper: 3:1, in both themes", async (t) => {
  const site = await Site.make({ minutes: 200, election: "parliament" });
  for (const colorScheme of ["light", "dark"]) {
    const page = await visit(t, site.url, { colorScheme });
    await page.locator("html.live").waitFor();
    const marks = page.locator("main .candidates .mark, .racebar [data-seg], .chart .line");
    const found = await marks.evaluateAll((all, source) => all.map((e) => [e.getAttribute("color"), eval(source)(e)]), contrast.toString());
    assert.ok(new Set(found.map(([colour]) => colour)).size === 16, "sixteen candidates have sixteen colours");
    assert.ok(found.length >= 40);
    assert.deepEqual(found.filter(([, ratio]) => ratio < 3), [], colorScheme);
  }
});

test("what is pressed is large enough: 24 pixels for a pointer, 44 for a finger", async (t) => {
  const site = await Site.make({ minutes: 400 });
  for (const [least, options] of [[24, { viewport: desk }], [44, { viewport: phone, hasTouch: true, isMobile: true }]]) {
    const page = await visit(t, site.url, options);
    await page.locator("html.live").waitFor();
    // Tiles are small on a phone: the box of regions and the table do what they do.
    const small = await page.locator(least > 24 ? "a:not(.tile, .skip), summary, select" : "a:not(.skip), summary, select").evaluateAll((all, least) => all
      .filter((e) => e.checkVisibility())
      .map((e) => [e.textContent.trim().slice(0, 20), Math.round(e.getBoundingClientRect().width), Math.round(e.getBoundingClientRect().height)])
      .filter(([, width, height]) => Math.min(width, height) < least), least);
    assert.deepEqual(small, [], `${least} pixels`);
  }
});

test("print is black on white, also from the dark theme", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const page = await visit(t, site.url, { colorScheme: "dark" });
  await page.locator('a.tile[data-key="TX"]').waitFor();
  const tones = () => page.evaluate(() => ["body", "h1", ".note", ".bar", 'a.tile[data-key="TX"] .fill'].map((selector) => {
    const look = getComputedStyle(document.querySelector(selector));
    return [look.backgroundColor, look.color, look.fill].join();
  }));
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const dark = await tones();
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  assert.deepEqual(dark, await tones());
  assert.match(dark[0], /^rgb\(255, 255, 255\),rgb\(0, 0, 0\)/);
});

test("before the first vote nobody has a figure", async (t) => {
  const site = await Site.make();
  const page = await visit(t, site.url);
  assert.equal(await page.locator(".candidate").count(), 5);
  assert.equal(await page.locator(".candidate .share:visible").count(), 0);
  await site.change({ minutes: 300 });
  await page.locator(".candidate .share:visible").first().waitFor();
});

test("many parties fold, and fit", async (t) => {
  const site = await Site.make({ minutes: 300, election: "parliament" });
  for (const width of [390, 768, 1440]) {
    const page = await visit(t, site.url, { viewport: { width, height: 900 } });
    await page.locator("html.live").waitFor();
    assert.equal(await page.locator(".candidate:visible").count(), 8);
    await page.locator("#others summary").click();
    assert.equal(await page.locator(".candidate:visible").count(), 16);
    assert.deepEqual(await overlaps(page), [], `names lie over figures at ${width} pixels`);
    await fits(page);
  }
});
