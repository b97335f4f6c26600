// What this tab decided and has not undone, the latest last. It outlives the page, not the tab.

const KEY = `facecluster/${document.documentElement.dataset.library}/decided`;
const MOST = 10_000; // ids of 16 characters: far below what a tab may keep

const all = () => JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
function keep(ids) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(ids.slice(-MOST)));
  } catch {
    // Storage is full or forbidden: History undoes it too.
  }
}

/** Notes a decision of this tab; an undo itself is no such thing. */
export function remember(id, say) {
  if (say.kind !== "undo") keep([...all(), id]);
}

/** Forgets a decision that is no longer in force, or never was. */
export function undone(id) {
  keep(all().filter((other) => other !== id));
}

/** The last decision of this tab that is in force; null: there is none. */
export const lastDecision = () => all().at(-1) ?? null;
