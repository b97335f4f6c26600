// What others decide, and what runs find, shows up while one looks; nothing is moved or reloaded by it.
//
// Event `library-changed` on document: {by: what was decided since, tables: whether a run or names came, state}.

import { isOurs } from "./api.js";
import { banner, toast } from "./toast.js";

const EVERY_MS = 2_000;
const BEHIND_THE_NEXT_CARD_MS = 400; // on a screen of questions: the server gives the next one first
const LOGGED_OUT = "You are logged out. Log in again in another tab of this browser; this page then goes on.";

const root = document.documentElement;
let asking = null;

/** Asks the server at once what has changed. */
export function look() {
  clearTimeout(look.timer);
  asking ??= ask().finally(() => {
    asking = null;
    if (!document.hidden) look.timer = setTimeout(look, EVERY_MS);
  });
  return asking;
}

async function ask() {
  const response = await fetch(`/changes?since=${root.dataset.state}`).catch(() => null);
  banner("away", response ? null : "facecluster does not answer. Is it still running?");
  banner("login", response?.status === 401 ? LOGGED_OUT : null);
  if (response?.status === 200) apply(await response.json());
  if (response?.ok && look.wasAway) document.dispatchEvent(new CustomEvent("server-back"));
  look.wasAway = !response?.ok;
}

function apply(changes) {
  root.dataset.state = changes.state;
  showProgress(changes.progress);
  for (const count of document.querySelectorAll("[data-open]")) {
    count.textContent = (changes.open?.[count.dataset.open] ?? 0).toLocaleString("en");
  }
  const theirs = changes.by.filter((decision) => !isOurs(decision));
  if (theirs.length) toast(told(theirs));
  document.dispatchEvent(new CustomEvent("library-changed", { detail: changes }));
}

function told(theirs) {
  const { who, said } = theirs.at(-1);
  const before = theirs.length > 1 ? `, after ${theirs.length - 1} more` : "";
  return `${who} ${said} (elsewhere${before})`;
}

// What is open stays open, and keeps the focus.
function showProgress(html) {
  const place = document.getElementById("progress");
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const wasOpen = place.querySelector("details")?.open ?? false;
  const spread = place.querySelector("[data-spread]");
  place.innerHTML = html;
  if (spread) place.querySelector("[data-spread]")?.replaceWith(spread);
  const details = place.querySelector("details");
  if (details) details.open = wasOpen;
  if (focused) (focused.isConnected ? focused : place.querySelector("summary"))?.focus({ preventScroll: true });
}

document.addEventListener("visibilitychange", () => document.hidden || look());
addEventListener("focus", look);
document.addEventListener("decided", () => {
  clearTimeout(look.timer);
  look.timer = setTimeout(look, document.getElementById("deck") ? BEHIND_THE_NEXT_CARD_MS : 0);
});
look.timer = setTimeout(look, EVERY_MS);
