// <who-box>: a name is typed, one of the people who may be meant is chosen, or a new person is made, in so many words.
//
//   <who-box class="field" data-offers="/offers?...">
//     <label for="who">Who is this?</label>
//     <input id="who">
//   </who-box>
//
// The server answers GET <data-offers>&q=<text> with the options, the likeliest first:
//   <div role="option" data-person="1a2b3c4d5e6f" data-name="Ada">...</div>      somebody who is known
//   <div role="option" data-new="Ada L">Create "Ada L"</div>                    a new person
// and marks with data-default the one that Enter takes. Event `chosen`, which bubbles: {person, name} or {new: name}.
// The pattern is that of the ARIA Authoring Practices for an editable combobox with a list of options.

const PAUSE_MS = 90; // in typing, before the server is asked

let made = 0;
let isPressed = false; // a mouse or a finger is down
addEventListener("pointerdown", () => (isPressed = true), true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => (isPressed = false), true);

// A list that closed under a mouse that is down would move away what is being pressed.
function afterPress(does) {
  if (isPressed) addEventListener("pointerup", () => setTimeout(does), { once: true });
  else does();
}

class WhoBox extends HTMLElement {
  connectedCallback() {
    if (this.input) return;
    this.input = this.querySelector("input");
    this.list = document.createElement("div");
    this.ownId = `who-${(made += 1)}`;
    Object.assign(this.list, { id: `${this.ownId}-list`, className: "menu", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "People");
    const frame = document.createElement("div");
    frame.className = "combo";
    this.input.replaceWith(frame);
    frame.append(this.input, this.list);
    this.input.autocomplete = "off";
    this.input.spellcheck = false;
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
    })) this.input.setAttribute(name, value);
    this.listen();
  }

  listen() {
    this.input.addEventListener("input", (event) => event.isComposing || this.typed());
    this.input.addEventListener("compositionend", () => this.typed());
    this.input.addEventListener("click", () => this.isOpen || this.ask(0));
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("focusout", (event) => this.contains(event.relatedTarget) || afterPress(() => this.left()));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays where one types
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
  }

  get isOpen() {
    return !this.list.hidden;
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get marked() {
    return this.list.querySelector("[aria-selected=true]");
  }

  /** Empties the box and closes the list. */
  reset() {
    this.input.value = "";
    this.close();
  }

  typed() {
    this.wantsDefault = false; // Enter meant what stood there before
    this.ask(PAUSE_MS);
  }

  /** Asks the server whom the text may mean, after a pause, and shows what it says. */
  ask(pause) {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    this.isBehind = true;
    this.timer = setTimeout(() => this.fetchOptions(signal), pause);
  }

  async fetchOptions(signal) {
    const address = new URL(this.dataset.offers, location.href);
    address.searchParams.set("q", this.input.value);
    try {
      const response = await fetch(address, { signal });
      if (!response.ok) throw new Error(`${response.status}`);
      this.show(await response.text());
    } catch {
      if (!signal.aborted) this.fail(); // else something was typed meanwhile
    }
  }

  show(html) {
    this.list.innerHTML = html;
    this.options.forEach((option, place) => {
      option.id = `${this.ownId}-${place}`;
      option.setAttribute("aria-selected", "false");
    });
    this.isBehind = false;
    this.open(this.options.length > 0);
    this.mark(this.list.querySelector("[data-default]"));
    if (this.wantsDefault && this.marked) this.choose(this.marked);
    this.wantsDefault = false;
  }

  fail() {
    this.wantsDefault = false;
    const note = document.createElement("div");
    note.setAttribute("role", "option");
    note.setAttribute("aria-disabled", "true");
    note.textContent = "facecluster does not answer. Is it still running?";
    this.list.replaceChildren(note);
    this.open(true);
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) this.mark(null);
  }

  left() {
    if (!this.contains(document.activeElement)) this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.wantsDefault = false;
    this.open(false);
  }

  mark(option) {
    this.marked?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  pressed(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const does = {
      ArrowDown: () => this.move(1),
      ArrowUp: () => this.move(-1),
      Enter: () => this.enter(),
      Escape: () => this.escape(),
    }[event.key];
    if (!does || (event.key === "Escape" && this.isLeft())) return;
    event.preventDefault();
    event.stopPropagation();
    does();
  }

  move(step) {
    if (!this.isOpen) {
      this.ask(0);
      return;
    }
    const options = this.options;
    const place = options.indexOf(this.marked);
    const next = place < 0 ? (step > 0 ? 0 : options.length - 1) : (place + step + options.length) % options.length;
    this.mark(options[next] ?? null);
  }

  // Who types fast and presses Enter means what was typed, not what the list showed a moment before.
  enter() {
    if (this.isBehind && this.input.value) {
      this.wantsDefault = true;
      this.ask(0);
    } else if (this.isOpen && this.marked) {
      this.choose(this.marked);
    } else {
      this.ask(0);
    }
  }

  // With nothing to take back, Escape closes the dialog that the box is in.
  isLeft() {
    return !this.isOpen && !this.input.value && this.closest("dialog") !== null;
  }

  escape() {
    if (this.isOpen) this.close();
    else if (this.input.value) this.reset();
    else this.input.blur();
  }

  choose(option) {
    if (!option || option.getAttribute("aria-disabled") === "true") return;
    const { person, name, new: fresh } = option.dataset;
    this.close();
    const detail = person ? { person, name } : { new: fresh };
    this.dispatchEvent(new CustomEvent("chosen", { detail, bubbles: true }));
  }
}

customElements.define("who-box", WhoBox);
