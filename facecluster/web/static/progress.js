// How far the library is: said aloud now and then; and names that spread, when somebody wants it.

import { post } from "./api.js";

const LOOK_MS = 1_000; // while names are being spread
const SAID_PERCENT = 10; // how much more must be settled to be worth a word to those who listen

const place = document.getElementById("progress");
const aloud = document.createElement("p"); // there before it has anything to say, or nobody hears it
aloud.className = "hidden";
aloud.setAttribute("role", "status");
document.body.append(aloud);

const percent = () => Number(place.querySelector("[data-percent]")?.dataset.percent ?? 0);
let said = percent();

/** Shows how names spread, as the server answers. */
async function show(answer) {
  clearTimeout(show.timer);
  const part = place.querySelector("[data-spread]");
  const response = await answer.catch(() => null); // a banner says that the server is away
  if (!part || !response?.ok) return;
  put(part, await response.text());
  if (part.querySelector("[data-status=running]")) show.timer = setTimeout(look, LOOK_MS);
}

const look = () => show(fetch("/spread"));

// The button keeps the focus of who has just pressed it.
function put(part, html) {
  const hadFocus = part.contains(document.activeElement);
  part.innerHTML = html;
  if (hadFocus) part.querySelector("button").focus({ preventScroll: true });
}

place.addEventListener("click", ({ target }) => {
  if (target.closest("[data-spread-names][aria-disabled=false]")) show(post("/spread"));
});
place.addEventListener("toggle", ({ target }) => target.open && look(), true); // does not bubble

document.addEventListener("library-changed", () => {
  if (place.querySelector("details")?.open) look();
  if (Math.abs(percent() - said) < SAID_PERCENT) return;
  said = percent();
  aloud.textContent = `${said} percent of all faces are settled.`;
});
