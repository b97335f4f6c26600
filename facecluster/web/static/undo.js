// What this tab decided and has not undone, the latest last. It outlives the page, not the tab.

const KEY = `facecluster/${document.documentElement.dataset.library}/decided`;
const MOST = 1_000; // with what was said, some 100 kB: far below what a tab may keep

const all = () => JSON.parse(sessionStorage.getItem(KEY) ?? "[]");

function keep(decisions) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(decisions.slice(-MOST)));
  } catch {
    // Storage is full or forbidden: History undoes it too.
  }
}

/** Notes a decision of this tab, and later what was said of it; an undo itself is no such thing. */
export function remember(id, say, said = null) {
  if (say.kind === "undo") return;
  const before = all();
  const known = before.find((one) => one.id === id);
  if (known) known.said = said;
  else if (said === null) before.push({ id, said });
  keep(before);
}

/** Forgets a decision that is no longer in force, or never was; what was said of it, if anything. */
export function forget(id) {
  const before = all();
  keep(before.filter((one) => one.id !== id));
  return before.find((one) => one.id === id)?.said ?? null;
}

/** The last decision of this tab that is in force; null: there is none. */
export const lastDecision = () => all().at(-1)?.id ?? null;
