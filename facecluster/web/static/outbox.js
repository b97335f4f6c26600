// Answers that the server may not have yet. They lie in the browser's storage, an entry each, so that they outlive the page;
// all tabs of a library share them.

const LIBRARY = document.documentElement.dataset.library;
const PREFIX = `facecluster/${LIBRARY}/outbox/`;
const unstored = new Map(); // where the storage is full or forbidden, the page itself must do

/** Names the right to send: one tab has it at a time. */
export const SENDER = `facecluster/${LIBRARY}/sender`;

/** Keeps an answer: {id, say}. */
export function put(answer) {
  const at = Math.max(Date.now(), (waiting().at(-1)?.at ?? 0) + 1); // the order holds though a clock be put back
  const kept = { ...answer, at };
  try {
    localStorage.setItem(PREFIX + answer.id, JSON.stringify(kept));
  } catch {
    unstored.set(answer.id, kept);
  }
}

/** Forgets an answer that the server has, or will never take. */
export function drop(id) {
  localStorage.removeItem(PREFIX + id);
  unstored.delete(id);
}

/** All that wait, the oldest first. */
export function waiting() {
  const stored = Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => JSON.parse(localStorage.getItem(key)));
  return [...stored, ...unstored.values()].sort((one, other) => one.at - other.at);
}

/** Whether closing this tab would lose something. */
export const isFragile = () => unstored.size > 0;

/** Calls back when another tab has put an answer in. */
export const onOthers = (callback) =>
  addEventListener("storage", ({ key, newValue }) => key?.startsWith(PREFIX) && newValue && callback());
