// While the figures of another filter are on their way the old ones don't stand
// under the new name: after a moment the page says what it waits for instead.

import { say } from "./text.js";
import { attribute, find, text } from "./dom.js";

const moment = 250; // in which most answers come
let timer;

// wait begins to wait for the figures of what about() names.
export function wait(about) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    attribute(find("main"), "aria-busy", "true");
    text(find('[data-t="headline"]'), say("filter.waiting", { kicker: about() }));
    text(find("[data-kicker]"), about());
  }, moment);
}

// arrived says that they are here.
export function arrived() {
  clearTimeout(timer);
  attribute(find("main"), "aria-busy", null);
}
