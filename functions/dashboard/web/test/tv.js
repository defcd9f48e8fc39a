// Graphics for television: the lower third and the full screen, live, within the picture, and
// with nothing behind them or one colour.

import assert from "node:assert/strict";
import { Site, says, test, visit } from "./site.js";

const viewport = { width: 1920, height: 1080 };

// alpha is how opaque the corner of a picture is, and its colour.
async function corner(page) {
  const picture = (await page.screenshot({ omitBackground: true })).toString("base64");
  return page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    canvas.drawImage(bitmap, 0, 0);
    return [...canvas.getImageData(2, 2, 1, 1).data];
  }, picture);
}

for (const [graphic, most] of [["lower-third", 4], ["full", 8]]) {
  test(`${graphic} stays within the picture, and live`, async (t) => {
    for (const election of [{}, { election: "parliament" }]) {
      const site = await Site.make({ minutes: 300, ...election });
      const page = await visit(t, `${site.url}tv/${graphic}`, { viewport });
      await page.locator("html.live").waitFor();
      assert.deepEqual(await corner(page), [0, 0, 0, 0], "nothing is behind it");
      const shown = await page.locator(".candidate:visible").count();
      assert.ok(shown > 1 && shown <= most, `${shown} candidates`);
      const outside = await page.evaluate(() => [...document.querySelectorAll(".race, .race :is(h1, .kicker, .standing, .candidate, .share, .sums div, h3)")]
        .filter((e) => e.checkVisibility())
        .filter((e) => {
          const box = e.getBoundingClientRect();
          const race = document.querySelector(".race").getBoundingClientRect();
          return box.left < 96 - 1 || box.right > 1824 + 1 || box.top < race.top - 1 || box.bottom > race.bottom + 1 || box.bottom > 1026 + 1;
        }).map((e) => e.outerHTML.slice(0, 80)));
      assert.deepEqual(outside, []);
      const over = await page.evaluate(() => {
        const parts = [...document.querySelectorAll(".race :is(h1, .kicker, .standing, .racebar, .portrait, h3, .result, .sums div)")]
          .filter((e) => e.checkVisibility()).map((e) => [e.textContent.trim() || e.className, e.getBoundingClientRect()]);
        return parts.flatMap(([name, a], i) => parts.slice(i + 1)
          .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
          .map(([other]) => `${name} and ${other}`));
      });
      assert.deepEqual(over, [], "nothing lies over another");
      await site.change({ minutes: 420 });
      await says(page, "h1", (await site.results()).totals.headline);
      const added = await page.evaluate(() => [...document.querySelectorAll("body, main, .top, .race, .racebar, .candidate, .who, .result")].filter((e) => {
        const line = Object.assign(document.createElement("p"), { textContent: "new" });
        e.append(line);
        return line.checkVisibility();
      }).map((e) => e.className || e.localName));
      assert.deepEqual(added, [], "what the page gets stays off the air");
      if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/tv-${graphic}-${election.election ?? "country"}.png`, omitBackground: true });
      assert.deepEqual(page.wrong, []);
    }
  });
}

test("a background is one colour, to be keyed out", async (t) => {
  const site = await Site.make({ minutes: 300 });
  const page = await visit(t, `${site.url}tv/lower-third?background=green&region=TX`, { viewport });
  await page.locator("html.live").waitFor();
  assert.deepEqual(await corner(page), [0, 0xb1, 0x40, 255]);
  await says(page, ".kicker", /Texas/);
  assert.deepEqual(page.wrong, []);
});
