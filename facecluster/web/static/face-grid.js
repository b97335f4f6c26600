// <face-grid>: places of a long list are chosen, by keys, mouse and touch, also where they are not loaded.
//
//   <face-grid role="listbox" aria-multiselectable="true" aria-label="Faces of Ada"
//              data-list="person-1a2b" data-state="1-2-0-0-9" data-count="3412">
//     <div class="window" data-window data-first="0" data-size="120">
//       <div class="tile" role="option" aria-selected="false" tabindex="-1" data-place="0" data-face="...">...
//     </div>
//     <div class="window" data-window data-first="120" data-size="120"
//          hx-get="..." hx-trigger="intersect once rootMargin:600px"></div> ...
//   </face-grid>
//
// An item without a link is chosen by a click. An item with one (then <div role="row"> in a role="grid") is opened by a
// click, unless the click is on its .check or others are chosen already. A long press chooses either.
// To read: `chosen` (as an action names it), `count`, `ranges`; `clear()`. Events, which bubble: `selection` {count,
// ranges}; `open` {place, face}: Enter or a double click on an item without a link.

import { keys } from "./keys.js";
import { onLongPress } from "./long-press.js";
import { differing, holds, size, withoutRange, withRange } from "./ranges.js";

const placeOf = (target) => Number(target.closest("[data-place]")?.dataset.place ?? Number.NaN);

const firstOf = (part) => Number(part.dataset.first);
const lastOf = (part) => firstOf(part) + Number(part.dataset.size) - 1;

class FaceGrid extends HTMLElement {
  connectedCallback() {
    if (this.ranges) return;
    this.ranges = [];
    this.settled = []; // what was chosen before the range that is being drawn
    this.current = 0; // has the focus, or would get it
    this.anchor = 0; // where a range begins
    this.awaited = null; // gets the focus when it is loaded
    this.dress(this.windows);
    // Windows are filled by htmx, or made anew after a decision: what is new is dressed as it is chosen.
    new MutationObserver((changes) => this.renewed(changes)).observe(this, { childList: true, subtree: true });
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("focusin", (event) => this.goTo(placeOf(event.target)));
    this.addEventListener("dblclick", (event) => this.open(placeOf(event.target)));
    this.hasJustPressed = onLongPress(this, (target) => this.toggle(placeOf(target)));
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
    const changed = differing(this.ranges, ranges);
    this.ranges = ranges;
    this.classList.toggle("choosing", ranges.length > 0);
    const isTouched = (part) => changed.some(([first, last]) => first <= lastOf(part) && firstOf(part) <= last);
    this.dress(this.windows.filter(isTouched));
    this.tell("selection", { count: this.count, ranges });
  }

  tell(event, detail) {
    this.dispatchEvent(new CustomEvent(event, { detail, bubbles: true }));
  }

  toggle(place) {
    if (Number.isNaN(place)) return;
    const change = holds(this.ranges, place) ? withoutRange : withRange;
    this.settled = change(this.ranges, place, place);
    this.anchor = place;
    this.goTo(place);
    this.choose(this.settled);
  }

  // From the anchor to here, and no longer what lay between the anchor and where the range ended before.
  extendTo(place) {
    this.goTo(place);
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
      const isNearer = box.top !== from.top && away < (best?.away ?? Infinity);
      if (isNearer) best = { place: this.current + side * step, top: box.top, away };
    }
    const place = best?.place ?? this.current + side * this.columns;
    return place < 0 ? this.current : place;
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
    this.goTo(place);
    this.awaited = item ? null : place;
    if (item) {
      item.focus({ preventScroll: true });
      item.scrollIntoView({ block: "nearest" });
    } else {
      this.windowOf(place)?.scrollIntoView({ block: "nearest" });
    }
  }

  goTo(place) {
    if (Number.isNaN(place) || place === this.current) return;
    const before = this.item(this.current);
    this.current = place;
    for (const item of [before, this.item(place)]) if (item) this.dressItem(item);
  }

  // Looked for only when they may have changed: among thousands of items that takes its time.
  get windows() {
    if (!this.parts?.every((part) => part.isConnected)) this.parts = [...this.querySelectorAll("[data-window]")];
    return this.parts;
  }

  windowOf(place) {
    return this.windows.find((part) => firstOf(part) <= place && place <= lastOf(part));
  }

  item(place) {
    return this.windowOf(place)?.querySelector(`[data-place="${place}"]`) ?? null;
  }

  renewed(changes) {
    const touched = new Set(changes.map(({ target }) => target.closest("[data-window]")));
    if (touched.has(null)) this.parts = null;
    this.dress(touched.has(null) ? this.windows : touched);
    if (this.awaited !== null && this.item(this.awaited)) this.reach(this.awaited);
  }

  dress(windows) {
    for (const part of windows) {
      part.style.setProperty("--size", part.dataset.size);
      for (const item of part.querySelectorAll("[data-place]")) this.dressItem(item);
    }
  }

  dressItem(item) {
    const place = Number(item.dataset.place);
    const selected = String(holds(this.ranges, place));
    if (item.getAttribute("aria-selected") !== selected) item.setAttribute("aria-selected", selected);
    const index = place === this.current ? 0 : -1;
    if (item.tabIndex !== index) item.tabIndex = index;
  }

  open(place) {
    const item = this.item(place);
    const link = item?.querySelector("a[href]");
    if (link) link.click();
    else if (item) this.tell("open", { place, face: item.dataset.face });
  }

  clicked(event) {
    const place = placeOf(event.target);
    if (Number.isNaN(place)) return;
    const link = event.target.closest("a[href]") ?? this.item(place).querySelector("a[href]");
    const isOpening = link && !this.count && !event.shiftKey && !event.target.closest(".check");
    const isOfPress = this.hasJustPressed(); // the finger that has chosen by staying
    if (!isOfPress && (isOpening || (link && (event.ctrlKey || event.metaKey)))) return;
    event.preventDefault();
    this.item(place).focus({ preventScroll: true });
    if (isOfPress) return;
    if (event.shiftKey) this.extendTo(place);
    else this.toggle(place);
  }
}

customElements.define("face-grid", FaceGrid);
