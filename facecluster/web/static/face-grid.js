// <face-grid>: places of a long list are chosen, by keys, mouse and touch, also where they are not loaded.
//
//   <face-grid role="listbox" aria-multiselectable="true" aria-label="Faces of Ada" data-list="person-1a2b" data-state="1-2-0-0-9" data-count="3412">
//     <div class="window" data-window data-first="0" data-size="120">
//       <div class="tile" role="option" aria-selected="false" tabindex="-1" data-place="0" data-face="...">...</div> ...
//     </div>
//     <div class="window" data-window data-first="120" data-size="120" hx-get="..." hx-trigger="intersect once rootMargin:600px"></div> ...
//   </face-grid>
//
// An item without a link is chosen by a click. An item with one (then <div role="row"> in a role="grid") is opened by a click, unless the click is on
// its .check or others are chosen already. A long press chooses either. To read: `chosen` (as an action names it), `count`, `ranges`; `clear()`.
// Events, which bubble: `selection` {count, ranges}; `open` {place, face}: Enter or a double click on an item without a link.

import { keys } from "./keys.js";
import { holds, size, withoutRange, withRange } from "./ranges.js";

const LONG_PRESS_MS = 450;
const STILL_PX = 10; // a finger that moves farther scrolls

const placeOf = (target) => Number(target.closest("[data-place]")?.dataset.place ?? Number.NaN);

class FaceGrid extends HTMLElement {
  connectedCallback() {
    if (this.ranges) return;
    this.ranges = [];
    this.settled = []; // what was chosen before the range that is being drawn
    this.current = 0; // has the focus, or would get it
    this.anchor = 0; // where a range begins
    this.awaited = null; // gets the focus when it is loaded
    this.dress();
    // Windows are filled by htmx, or made anew after a decision: what is new is dressed as it is chosen.
    new MutationObserver(() => this.dress()).observe(this, { childList: true, subtree: true });
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("focusin", (event) => this.focused(placeOf(event.target)));
    this.addEventListener("dblclick", (event) => this.open(placeOf(event.target)));
    this.listenToTouch();
    this.stopKeys = keys(this.bindings(), { title: "Choosing several", scope: this });
  }

  disconnectedCallback() {
    this.stopKeys();
  }

  get total() {
    return Number(this.dataset.count);
  }

  get count() {
    return size(this.ranges);
  }

  /** What is chosen, as an action names it; null: nothing. */
  get chosen() {
    return this.count ? { list: this.dataset.list, state: this.dataset.state, ranges: this.ranges } : null;
  }

  /** Chooses nothing. */
  clear() {
    this.settled = [];
    this.choose([]);
  }

  choose(ranges) {
    this.ranges = ranges;
    this.classList.toggle("choosing", ranges.length > 0);
    this.dress();
    this.dispatchEvent(new CustomEvent("selection", { detail: { count: this.count, ranges }, bubbles: true }));
  }

  toggle(place) {
    const change = holds(this.ranges, place) ? withoutRange : withRange;
    this.settled = change(this.ranges, place, place);
    this.anchor = this.current = place;
    this.choose(this.settled);
  }

  // From the anchor to here, and no longer what lay between the anchor and where the range ended before.
  extendTo(place) {
    this.current = place;
    this.choose(withRange(this.settled, Math.min(this.anchor, place), Math.max(this.anchor, place)));
  }

  bindings() {
    const ways = {
      ArrowLeft: { to: () => this.current - 1, help: "Go from face to face", stretches: "Choose all on the way" },
      ArrowRight: { to: () => this.current + 1, help: "Go from face to face", stretches: "Choose all on the way" },
      ArrowUp: { to: () => this.placeBeside(-1), help: "Go from face to face" },
      ArrowDown: { to: () => this.placeBeside(1), help: "Go from face to face" },
      Home: { to: () => 0, help: "First, last" },
      End: { to: () => this.total - 1, help: "First, last" },
      PageUp: { to: () => this.current - this.columns * this.rowsInView },
      PageDown: { to: () => this.current + this.columns * this.rowsInView },
    };
    const goes = ([key, { to, help }]) => [key, { does: () => this.moveTo(to(), false), repeat: true, help }];
    const stretches = ([key, { to, stretches: help }]) => [
      `shift+${key}`,
      { does: () => this.moveTo(to(), true), repeat: true, help },
    ];
    const toggles = { does: () => this.toggle(this.current), help: "Choose, or no longer" };
    return {
      ...Object.fromEntries([...Object.entries(ways).map(goes), ...Object.entries(ways).map(stretches)]),
      x: toggles,
      " ": toggles,
      "ctrl+a": { does: () => this.chooseAll(), help: "Choose all" },
      Escape: { does: () => this.clear(), help: "Choose none" },
      Enter: { does: () => this.open(this.current), help: "Open" },
    };
  }

  chooseAll() {
    this.settled = [[0, this.total - 1]];
    this.choose(this.settled);
  }

  get columns() {
    const grid = this.querySelector("[data-window]");
    return grid ? getComputedStyle(grid).gridTemplateColumns.split(" ").length : 1;
  }

  // Above (-1) or below (1) the current place, on the screen: the last row of a window may be a short one.
  placeBeside(side) {
    const from = this.item(this.current)?.getBoundingClientRect();
    let best = null;
    for (let step = 1; from && step <= 2 * this.columns; step += 1) {
      const box = this.item(this.current + side * step)?.getBoundingClientRect();
      if (!box || (best && box.top !== best.top)) break;
      const away = Math.abs(box.left - from.left);
      if (box.top !== from.top && away < (best?.away ?? Infinity)) best = { place: this.current + side * step, top: box.top, away };
    }
    return best?.place ?? this.current + side * this.columns;
  }

  get rowsInView() {
    return Math.max(1, Math.floor(innerHeight / (this.item(this.current)?.offsetHeight || innerHeight)) - 1);
  }

  moveTo(place, isStretching) {
    const to = Math.max(0, Math.min(this.total - 1, place));
    if (isStretching) {
      this.extendTo(to);
    } else {
      this.settled = this.ranges;
      this.anchor = to;
    }
    this.reach(to);
  }

  // Gives the focus to a place; one that is not loaded gets it when it is.
  reach(place) {
    const item = this.item(place);
    this.current = place;
    this.awaited = item ? null : place;
    if (item) {
      item.focus({ preventScroll: true });
      item.scrollIntoView({ block: "nearest" });
    } else {
      this.windowOf(place)?.scrollIntoView({ block: "nearest" });
    }
  }

  item(place) {
    return this.querySelector(`[data-place="${place}"]`);
  }

  windowOf(place) {
    return [...this.querySelectorAll("[data-window]")].find(
      ({ dataset }) => Number(dataset.first) <= place && place < Number(dataset.first) + Number(dataset.size),
    );
  }

  dress() {
    for (const item of this.querySelectorAll("[data-place]")) {
      const place = Number(item.dataset.place);
      const selected = String(holds(this.ranges, place));
      if (item.getAttribute("aria-selected") !== selected) item.setAttribute("aria-selected", selected);
      const index = place === this.current ? 0 : -1;
      if (item.tabIndex !== index) item.tabIndex = index;
    }
    for (const part of this.querySelectorAll("[data-window]")) part.style.setProperty("--size", part.dataset.size);
    if (this.awaited !== null && this.item(this.awaited)) this.reach(this.awaited);
  }

  focused(place) {
    if (Number.isNaN(place) || place === this.current) return;
    this.current = place;
    this.dress();
  }

  open(place) {
    const item = this.item(place);
    const link = item?.querySelector("a[href]");
    if (link) link.click();
    else if (item) this.dispatchEvent(new CustomEvent("open", { detail: { place, face: item.dataset.face }, bubbles: true }));
  }

  clicked(event) {
    const place = placeOf(event.target);
    if (Number.isNaN(place)) return;
    const link = event.target.closest("a[href]") ?? this.item(place).querySelector("a[href]");
    const isOpening = link && !this.count && !event.shiftKey && !event.target.closest(".check");
    if (this.isPressed) this.isPressed = false; // the finger that has chosen by staying
    else if (isOpening || (link && (event.ctrlKey || event.metaKey))) return;
    else if (event.shiftKey) this.extendTo(place);
    else this.toggle(place);
    event.preventDefault();
    this.item(place).focus({ preventScroll: true });
  }

  listenToTouch() {
    let timer;
    let start;
    this.addEventListener("pointerdown", (event) => {
      this.isPressed = false;
      clearTimeout(timer);
      const place = placeOf(event.target);
      if (event.pointerType !== "touch" || Number.isNaN(place)) return;
      start = event;
      timer = setTimeout(() => {
        this.isPressed = true;
        this.toggle(place);
      }, LONG_PRESS_MS);
    });
    this.addEventListener("pointermove", (event) => {
      if (start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > STILL_PX) clearTimeout(timer);
    });
    for (const end of ["pointerup", "pointercancel"]) this.addEventListener(end, () => clearTimeout(timer));
    this.addEventListener("contextmenu", (event) => this.isPressed && event.preventDefault());
  }
}

customElements.define("face-grid", FaceGrid);
