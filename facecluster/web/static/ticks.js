// Faces that are ticked, one by one: arrow keys walk over them in two dimensions, one of them is in the order of Tab.

const boxes = (card) => [...card.querySelectorAll(".ticks input[data-face]")];
const faces = (chosen) => chosen.map((box) => box.dataset.face);

/** The ids of the faces that are ticked. */
export const ticked = (card) => faces(boxes(card).filter((box) => box.checked));

/** The ids of the others. */
export const unticked = (card) => faces(boxes(card).filter((box) => !box.checked));

/** How many are ticked, and how many are not. */
export const countTicks = (card) => [ticked(card).length, unticked(card).length];

/** Ticks all, or none. */
export function tickAll(card, checked) {
  for (const box of boxes(card)) box.checked = checked;
  card.querySelector(".ticks").dispatchEvent(new Event("change", { bubbles: true }));
}

/** Ticks the face that has the focus, or takes the tick away. */
export function toggleTick(card) {
  const box = document.activeElement.closest(".tile")?.querySelector("input[data-face]");
  if (box) box.click();
  else walkTicks(card, "ArrowRight");
}

/** Moves the focus by an arrow key; from elsewhere to the first face. */
export function walkTicks(card, key) {
  const all = boxes(card);
  const place = all.indexOf(document.activeElement.closest(".tile")?.querySelector("input[data-face]"));
  const next = place < 0 ? 0 : place + { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(all), ArrowDown: columns(all) }[key];
  all[next]?.focus();
}

function columns(all) {
  const top = all[0].getBoundingClientRect().top;
  const second = all.findIndex((box) => box.getBoundingClientRect().top > top + 1);
  return second < 0 ? all.length : second;
}

// Of a group of faces only the one that had the focus last is in the order of Tab, with the way to its photo.
document.addEventListener("focusin", ({ target }) => {
  const tile = target.closest(".ticks > .tile");
  if (tile) setCurrent(tile);
});

function setCurrent(tile) {
  for (const other of tile.parentElement.children) {
    for (const part of other.querySelectorAll("input, button")) part.tabIndex = other === tile ? 0 : -1;
  }
}
