// Keys of one screen, and the dialog that lists them.
//
//   keys({ j: { does: next, help: "Next group" }, "ctrl+a": {...}, ArrowLeft: {...} }, { title: "This group" })
//
// A key is a small letter, a sign, or a name as KeyboardEvent.key has it, after "ctrl+" (or the command key), "alt+" and
// "shift+" in this order. `does` gets the event. A key held down does its work once, unless `repeat` is true.

const SWITCH = "facecluster/single-keys";
const groups = []; // the latest is asked first

/** The title of keys that every screen has. */
export const EVERYWHERE = "Everywhere";

/**
 * Listens for keys.
 * @param {Object<string, {does: (event: KeyboardEvent) => void, help?: string, repeat?: boolean}>} bindings
 * @param {{title?: string, scope?: Element|null}} [where] scope: only while the focus is within this element
 * @returns {() => void} stops listening
 */
export function keys(bindings, { title = "This screen", scope = null } = {}) {
  const group = { bindings, title, scope };
  groups.push(group);
  return () => groups.splice(groups.indexOf(group), 1);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const name = nameOf(event);
  if (isTyping(event.target) || (isSingle(name) && !singleKeysWork()) || isPressedHere(event)) return;
  for (const { bindings, scope } of groups.toReversed()) {
    const binding = bindings[name];
    if (!binding || !reaches(scope, event.target)) continue;
    event.preventDefault();
    if (!event.repeat || binding.repeat) binding.does(event);
    return;
  }
});

function nameOf(event) {
  // Where the letters of the keyboard are not Latin, the place of the key counts.
  const latin = /^[ -~]$/.test(event.key) || !/^Key[A-Z]$/.test(event.code) ? event.key : event.code.slice(3);
  const isLetter = /^[a-z]$/i.test(latin);
  const key = isLetter ? latin.toLowerCase() : latin;
  const shift = event.shiftKey && (isLetter || key.length > 1) ? "shift+" : "";
  return `${event.ctrlKey || event.metaKey ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}${shift}${key}`;
}

const isSingle = (name) => name.replace("shift+", "").length === 1 && name !== " ";

const isTyping = (target) =>
  target.isContentEditable || target.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=button])");

// Enter and the space bar belong to the link or button that has the focus.
function isPressedHere({ key, target }) {
  const pressable = { Enter: "a[href], button, summary", " ": "button, summary, input" }[key];
  return pressable !== undefined && Boolean(target.closest?.(pressable));
}

function reaches(scope, target) {
  const modal = document.querySelector("dialog:modal");
  if (modal && !(scope && modal.contains(scope))) return false;
  return scope === null || (scope.isConnected && scope.contains(target));
}

const singleKeysWork = () => localStorage.getItem(SWITCH) !== "off";

/** Opens the dialog that lists the keys of this screen. */
export function showHelp() {
  const dialog = document.getElementById("help");
  const sections = new Map();
  for (const { bindings, title, scope } of groups.toReversed().sort(everywhereLast)) {
    if (scope && !scope.isConnected) continue;
    const rows = sections.get(title) ?? new Map();
    for (const [name, { help }] of Object.entries(bindings)) {
      if (help) rows.set(help, [...(rows.get(help) ?? []), name]);
    }
    sections.set(title, rows);
  }
  document.getElementById("help-keys").replaceChildren(...[...sections].filter(([, rows]) => rows.size).map(section));
  document.getElementById("single-keys").checked = singleKeysWork();
  dialog.showModal();
}

const everywhereLast = (one, other) => (one.title === EVERYWHERE) - (other.title === EVERYWHERE);

function section([title, rows]) {
  const part = document.createElement("section");
  const heading = document.createElement("h3");
  heading.textContent = title;
  const list = document.createElement("dl");
  list.className = "keys";
  for (const [help, names] of rows) {
    const term = document.createElement("dt");
    term.append(...names.map(keycap));
    const text = document.createElement("dd");
    text.textContent = help;
    list.append(term, text);
  }
  part.append(heading, list);
  return part;
}

const WORDS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", " ": "Space", ctrl: "Ctrl", shift: "Shift", alt: "Alt" };

function keycap(name) {
  const cap = document.createElement("kbd");
  cap.textContent = name.split("+").map((part) => WORDS[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" ");
  return cap;
}

document.getElementById("show-help")?.addEventListener("click", showHelp);
document.getElementById("single-keys")?.addEventListener("change", (event) => {
  localStorage.setItem(SWITCH, event.target.checked ? "on" : "off");
});
