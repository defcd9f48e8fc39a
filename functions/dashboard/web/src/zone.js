// The server writes times in UTC. This writes them anew for the reader's time zone.

import { find, findAll, text } from "./dom.js";
import { say, timed, zone } from "./text.js";

// localize writes the times of a page: this one, or one that will take its place.
export function localize(page = document) {
  for (const element of findAll("[data-as]", page)) {
    text(element, timed(element.dataset.as, element.getAttribute("datetime") ?? element.getAttribute("value")));
  }
  text(find("[data-zone]", page), say("page.zone", { zone: zone() }));
}
