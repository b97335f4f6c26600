// What the page says of itself: toasts, which go again, and banners, which stay until their reason has gone.

const SHOWN_MS = 9000; // long enough to read two lines and reach for Undo; the key Z and History have no such limit
const MOST_AT_ONCE = 3;

/**
 * Shows a sentence for a while; it stays as long as the pointer or the focus is on it.
 * @param {string} sentence
 * @param {{kind?: "said"|"bad", actions?: {label: string, href?: string, does?: () => void}[], of?: string}} [how]
 *   of: the decision that it tells of, see `withdraw`
 */
export function toast(sentence, { kind = "said", actions = [], of = "" } = {}) {
  const place = document.getElementById("toasts");
  while (place.children.length >= MOST_AT_ONCE) place.firstElementChild.remove();
  const note = document.createElement("div");
  note.className = kind === "bad" ? "toast bad" : "toast";
  const text = document.createElement("p");
  text.textContent = sentence.charAt(0).toUpperCase() + sentence.slice(1);
  note.dataset.of = of;
  const controls = document.createElement("span");
  controls.append(...actions.map((action) => control(action, note)), closer(note));
  note.append(text, controls);
  place.append(note);
  leaveInTime(note);
}

/** Takes away what tells of a decision that holds no more. */
export function withdraw(decision) {
  for (const note of document.querySelectorAll(`.toast[data-of="${decision}"]`)) leave(note);
}

function control({ label, href, does }, note) {
  const element = document.createElement(href ? "a" : "button");
  element.textContent = label;
  if (href) element.href = href;
  else element.type = "button";
  element.addEventListener("click", () => {
    does?.();
    leave(note);
  });
  return element;
}

// Gives the focus back to where it came from.
function leave(note) {
  const hadFocus = note.contains(document.activeElement);
  note.remove();
  if (hadFocus) note.cameFrom?.focus({ preventScroll: true });
}

function closer(note) {
  const button = control({ label: "×" }, note);
  button.setAttribute("aria-label", "Close");
  return button;
}

function leaveInTime(note) {
  let timer;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => leave(note), SHOWN_MS);
  };
  const hold = () => clearTimeout(timer);
  note.addEventListener("pointerenter", hold);
  note.addEventListener("focusin", ({ relatedTarget }) => {
    hold();
    if (!note.contains(relatedTarget)) note.cameFrom = relatedTarget;
  });
  note.addEventListener("pointerleave", () => note.contains(document.activeElement) || start());
  note.addEventListener("focusout", () => note.matches(":hover") || start());
  start();
}

/**
 * Shows a banner for a reason, changes it, or takes it away.
 * @param {string} reason one banner each
 * @param {string|null} sentence null: the reason has gone
 * @param {{label: string, href: string}|null} [link] opens in another tab: this one has something to keep
 */
export function banner(reason, sentence, link = null) {
  const place = document.getElementById("banners");
  let shown = place.querySelector(`[data-reason="${reason}"]`);
  if (sentence === null) {
    shown?.remove();
    return;
  }
  if (!shown) {
    shown = document.createElement("div");
    shown.className = "banner";
    shown.dataset.reason = reason;
    shown.append(document.createElement("p"));
    place.append(shown);
  }
  const text = shown.querySelector("p");
  if (text.textContent !== sentence) text.textContent = sentence;
  shown.querySelector("a")?.remove();
  if (link) {
    const anchor = document.createElement("a");
    Object.assign(anchor, { href: link.href, textContent: link.label, target: "_blank", className: "button" });
    shown.append(anchor);
  }
}
