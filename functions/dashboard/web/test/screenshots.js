// Takes the pictures of docs/images.

import { join } from "node:path";
import { Site, test, visit } from "./site.js";

const views = {
  phone: { path: "", viewport: { width: 390, height: 1800 } },
  desk: { path: "", viewport: { width: 1280, height: 1470 } },
  wall: { path: "?view=wall", viewport: { width: 1920, height: 1080 } },
};

async function picture(t, site, name, { path, viewport, colorScheme, prepare }) {
  const page = await visit(t, site.url + path, { viewport, colorScheme, reducedMotion: "reduce" });
  await page.locator('html.live [data-chip][data-state="live"]').waitFor();
  await prepare?.(page);
  if (!path.includes("wall")) await page.locator('[data-chart="hours"] svg').waitFor();
  await page.screenshot({ path: join(process.env.FOLDER, `${name}.png`) });
}

test("pictures", async (t) => {
  const site = await Site.make({ minutes: 680 });
  for (const [name, view] of Object.entries(views)) {
    for (const colorScheme of ["light", "dark"]) {
      // The wall shows something else in each theme: the map, and the charts.
      const prepare = name === "wall" && colorScheme === "light" && (async (page) => {
        await page.keyboard.press("ArrowRight");
        await page.locator('[data-chart="minutes"] svg').waitFor();
      });
      await picture(t, site, `${name}-${colorScheme}`, { ...view, colorScheme, prepare: prepare || undefined });
    }
  }
  await picture(t, site, "arabic", { path: "?lang=ar", viewport: { width: 1280, height: 1100 }, colorScheme: "light" });
  const parliament = await Site.make({ minutes: 1080, election: "parliament" });
  await picture(t, parliament, "parliament", { path: "?lang=de", viewport: { width: 1280, height: 1400 }, colorScheme: "dark" });
});
