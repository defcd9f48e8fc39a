// A page of somebody else shows a section: the frame grows to its height, and stays live.

import assert from "node:assert/strict";
import { axe } from "./axe.js";
import { Site, fits, grouped, test, until, visit } from "./site.js";

// The same machine by another name is another origin.
const news = process.env.BASE.replace("127.0.0.1", "localhost");
const read = (t, site, section, options) => visit(t, `${news}/article?${new URLSearchParams({ src: site.url, section })}`, options);

test("another page shows a section as high as it is, which stays live", async (t) => {
  const site = await Site.make({ minutes: 300, embedder: news });
  const page = await read(t, site, "race", { expects: ["404"] }); // the article has no icon
  const frame = page.frameLocator("tally-stream iframe");
  await frame.locator("html.live").waitFor();
  assert.equal(await frame.locator("html").getAttribute("lang"), "de");
  assert.equal(await frame.locator("main > section:visible").count(), 1);
  assert.equal(await frame.locator(".filters:visible, .top:visible, .foot:visible").count(), 0);
  await page.waitForFunction(() => {
    const { height } = document.querySelector("iframe");
    return height !== "480" && Number(height) > 200;
  });
  await site.change({ minutes: 340 });
  const votes = grouped((await site.results()).totals.votes).replaceAll(",", ".");
  await frame.locator('[data-t="votes"]', { hasText: votes }).waitFor();
  const inner = page.frames().find((f) => f.url().includes("embed="));
  assert.equal(await inner.evaluate(() => document.documentElement.scrollHeight <= innerHeight + 1), true, "nothing to scroll in the frame");
  assert.deepEqual(page.wrong, []);
});

test("every section stands alone", async (t) => {
  const site = await Site.make({ minutes: 300 });
  for (const section of ["race", "where", "when", "who", "books"]) {
    const page = await visit(t, `${site.url}?embed=${section}&region=TX`, { viewport: { width: 480, height: 900 } });
    await page.locator("html.live").waitFor();
    assert.equal(await page.locator("main > section:visible").count(), 1, section);
    await fits(page);
    assert.match(await page.getAttribute(".credit a", "href"), /^\?region=TX$/);
    assert.deepEqual((await axe(page)).filter((found) => !found.startsWith("page-has-heading-one")), [], section); // the page around has one
    assert.deepEqual(page.wrong, []);
  }
});

test("who isn't allowed to shows nothing", async (t) => {
  const site = await Site.make({ minutes: 300 });
  const page = await read(t, site, "race");
  await page.locator("tally-stream iframe").waitFor();
  await until(async () => {
    await page.evaluate(() => new Promise(requestAnimationFrame));
    return page.wrong.some((text) => text.includes("frame-ancestors 'none'")) || `the frame is refused: ${page.wrong}`;
  });
  assert.equal(page.frames().some((f) => f.url().startsWith(site.url)), false);
});
