// Parts of a page that could not be had: asked for again, or said to be missing.

import { look } from "./live.js";
import { toast } from "./toast.js";

/**
 * Asks the server for what an element holds.
 * @param {Element} element gets the answer as its content
 * @param {string} address
 */
export const fill = (element, address) =>
  // A source of its own: htmx lets requests of one source wait for each other, and drops the third.
  window.htmx.ajax("GET", address, { source: element, target: element, swap: "innerHTML" });

// A server that was started again does not know the sheets of pictures of before: who shows one asks for its content again, once.
document.addEventListener(
  "error",
  (event) => {
    const part = event.target instanceof HTMLImageElement ? event.target.closest("[data-fragment]") : null;
    if (!part || part.dataset.again) return;
    part.dataset.again = "asked";
    fill(part, part.dataset.fragment);
  },
  true, // errors of images do not bubble
);

const missed = new Set();

document.addEventListener("htmx:error", ({ target }) => miss(target));
document.addEventListener("htmx:response:error", ({ target, detail }) => {
  const { status } = detail.ctx.response;
  if (status === 401) look(); // says so
  else toast(status === 404 ? "That is not there any more." : "A part of this page could not be loaded.", { kind: "bad" });
  miss(target);
});

// What is asked for only once, when it comes into sight, would stay empty for ever.
function miss(element) {
  if (element.matches?.("[hx-get]")) missed.add(element);
}

document.addEventListener("server-back", () => {
  for (const element of missed) fill(element, element.getAttribute("hx-get"));
  missed.clear();
});

// Going back within a page (to another year of a list) is no reason to load all of it anew.
document.addEventListener("htmx:before:history:restore", (event) => event.preventDefault());
