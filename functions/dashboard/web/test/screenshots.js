// Takes the pictures of docs/images.

import { join } from "node:path";
import { Site, test, visit } from "./site.js";

const views = {
  phone: { path: "", viewport: { width: 390, height: 2300 } },
  desk: { path: "", viewport: { width: 1280, height: 2060 } },
  wall: { path: "?view=wall", viewport: { width: 1920, height: 1080 } },
};

async function picture(t, site, name, { path, viewport, colorScheme, prepare }) {
  const page = await visit(t, site.url + path, { viewport, colorScheme, reducedMotion: "reduce" });
  await page.locator('html.live [data-chip][data-state="live"]').waitFor();
  await prepare?.(page);
  await page.screenshot({ path: join(process.env.FOLDER, `${name}.png`) });
}

test("pictures", async (t) => {
  const site = await Site.make({ minutes: 680 });
  for (const [name, view] of Object.entries(views)) {
    for (const colorScheme of ["light", "dark"]) {
      // The wall shows something else in each theme: the electors, and the map.
      const prepare = name === "wall" && colorScheme === "light" && (async (page) => {
        await page.keyboard.press("ArrowRight");
        await page.locator("a.tile").first().waitFor();
      });
      await picture(t, site, `${name}-${colorScheme}`, { ...view, colorScheme, prepare: prepare || undefined });
    }
  }
  await picture(t, site, "arabic", { path: "?lang=ar", viewport: { width: 1280, height: 1100 }, colorScheme: "light" });
  for (const [election, path, colorScheme, width, height] of [
    ["parliament", "?lang=de", "dark", 1280, 2100],
    ["mayor", "", "light", 1024, 1500],
    ["council", "?lang=ar", "light", 390, 2000],
    ["referendum", "?lang=es", "dark", 768, 1100],
  ]) {
    const site = await Site.make({ minutes: 900, election });
    await picture(t, site, election, { path, viewport: { width, height }, colorScheme });
  }
});
