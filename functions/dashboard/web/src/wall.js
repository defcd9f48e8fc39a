// The wall view, ?view=wall: a screen in a newsroom. Who leads is always there;
// the other sections take turns.

import { findAll } from "./dom.js";

const turn = 15_000;

export function wall() {
  if (new URLSearchParams(location.search).get("view") !== "wall") return;
  document.documentElement.classList.add("wall");
  let at = -1;
  const rotate = () => {
    const sections = findAll("main > section:not(.race, [hidden])");
    at = (at + 1) % sections.length;
    sections.forEach((section, i) => section.classList.toggle("on", i === at));
  };
  rotate();
  setInterval(rotate, turn);
  addEventListener("keydown", (event) => event.key === "ArrowRight" && rotate());
}
