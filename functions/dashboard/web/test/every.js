// Takes pictures of every election at five widths, in both themes and two languages, to look at: of
// the whole page, or of what SECTION selects.

import { join } from "node:path";
import { Site, test, visit } from "./site.js";

const elections = {
  states: { minutes: 680 },
  parliament: { minutes: 900, election: "parliament" },
  mayor: { minutes: 640, election: "mayor" },
  council: { minutes: 640, election: "council" },
  referendum: { minutes: 640, election: "referendum" },
};
const widths = [390, 768, 1024, 1280, 1920];
const wanted = new RegExp(process.env.PICTURES ?? "^(states|parliament|mayor)-");

for (const [name, election] of Object.entries(elections)) {
  test(name, async (t) => {
    let site;
    for (const width of widths) for (const colorScheme of ["light", "dark"]) for (const lang of ["en", "ar"]) {
      const picture = `${name}-${width}-${colorScheme}-${lang}`;
      if (!wanted.test(picture)) continue;
      site ??= await Site.make(election);
      const page = await visit(t, `${site.url}?lang=${lang}`, { viewport: { width, height: 1000 }, colorScheme, reducedMotion: "reduce" });
      await page.locator('html.live [data-chip][data-state="live"]').waitFor();
      await page.locator('[data-chart="hours"] svg').waitFor();
      const path = join(process.env.FOLDER, `${picture}.png`);
      if (process.env.SECTION) await page.locator(process.env.SECTION).screenshot({ path });
      else await page.screenshot({ path, fullPage: true });
      await page.context().close();
    }
  });
}
