// What became of the faces, people and groups on the page since it was made: marked where they stand.

import { fill } from "./fragments.js";

/** Asks the server what has changed in what is loaded, and marks it; nothing is moved. */
export async function markInPlace() {
  await Promise.all([...document.querySelectorAll("face-grid")].map(markGrid));
  freshen(document.querySelector("[data-fresh]"));
}

async function markGrid(grid) {
  const loaded = [...grid.querySelectorAll("[data-window]")].filter((part) => part.querySelector("[data-place]"));
  const places = loaded.map(({ dataset: { first, size } }) => `${first}-${Number(first) + Number(size) - 1}`);
  if (!places.length) return;
  const response = await fetch(`/marks?${grid.dataset.query}&places=${places.join(",")}`).catch(() => null);
  if (!response?.ok) return; // told by what looks for changes, or by the windows
  const { marks } = await response.json();
  for (const item of grid.querySelectorAll("[data-place]")) mark(item, marks[item.dataset.place]);
}

function mark(item, words) {
  const chip = item.querySelector(".became");
  item.classList.toggle("changed", words !== undefined);
  if (words === undefined) {
    chip?.remove();
  } else if (chip) {
    chip.textContent = words;
  } else {
    const made = document.createElement("span");
    made.className = "chip became";
    made.textContent = words;
    item.append(made);
  }
}

// The numbers of a person are shown anew, unless somebody is at work in them.
function freshen(part) {
  if (part && !part.contains(document.activeElement)) fill(part, part.dataset.fresh);
}
