// The screens that are lists: choosing, the bar of what can be done, and what became of what they show.

import { acts } from "./list-acts.js";
import { keys } from "./keys.js";
import { markInPlace } from "./marks.js";
import { showPhoto } from "./photo.js";

const bar = document.querySelector(".bar.chosen");

function dressBar({ count }) {
  bar.hidden = count === 0;
  bar.querySelector("[data-count]").textContent = count.toLocaleString("en");
  for (const button of bar.querySelectorAll("[data-least]")) button.disabled = count < Number(button.dataset.least);
  for (const button of bar.querySelectorAll("[data-most]")) button.hidden = count > Number(button.dataset.most);
}

function press(button) {
  if (button && !button.disabled && !button.closest("[hidden]")) button.click();
}

/** The keys that buttons say they have: of the bar only while something is chosen. */
function bind(buttons, title) {
  const bindings = {};
  for (const button of buttons) {
    const key = button.ariaKeyShortcuts?.toLowerCase();
    const help = button.textContent.replace(/\s*\S$/, "").trim(); // without the key itself
    // The photo of the face that has the focus is shown where nothing is chosen, too.
    if (key) bindings[key] = { does: button.dataset.does === "photo" ? acts.photo : () => press(button), help };
  }
  keys(bindings, { title });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-does]");
  if (button && !button.form) acts[button.dataset.does]?.(button);
});
document.addEventListener("submit", (event) => {
  const act = acts[event.target.dataset.does];
  if (!act) return;
  event.preventDefault();
  act(event.target);
});
if (bar) {
  document.addEventListener("selection", ({ detail }) => dressBar(detail));
  bind(document.querySelectorAll(".whole [aria-keyshortcuts], .bar.chosen [aria-keyshortcuts]"), "This list");
  document.addEventListener("open", ({ detail }) => detail.face && showPhoto(detail.face));
  // Who is found by other words is another list, in which nobody is chosen yet.
  document.addEventListener("htmx:after:swap", () => dressBar({ count: document.querySelector("face-grid")?.count ?? 0 }));
}
document.addEventListener("chosen", ({ target, detail }) => {
  if (target.dataset.opens) location.href = target.dataset.opens + detail.person;
});
document.addEventListener("library-changed", markInPlace);
