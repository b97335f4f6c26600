// What became of the faces, people and groups on the page since it was made: marked where they stand.

import { fill } from "./fragments.js";
import { withRange } from "./ranges.js";
import { banner } from "./toast.js";

/** Asks the server what has changed in what is loaded, and marks it; nothing is moved. */
export async function markInPlace() {
  await Promise.all([...document.querySelectorAll("face-grid")].map(markGrid));
  await markHistory(document.querySelector(".events"));
  freshen(document.querySelector("[data-fresh]"));
}

async function markGrid(grid) {
  const places = loaded(grid);
  if (!places.length) return;
  const asked = places.map((range) => range.join("-")).join(",");
  const response = await fetch(`/marks?${grid.dataset.query}&places=${asked}`).catch(() => null);
  if (response?.status === 409) banner("stale", (await response.json()).error);
  if (!response?.ok) return; // what looks for changes says that the server is away
  const { marks } = await response.json();
  for (const item of grid.querySelectorAll("[data-place]")) mark(item, marks[item.dataset.place]);
}

/** The ranges of places that are loaded. */
function loaded(grid) {
  let ranges = [];
  for (const part of grid.querySelectorAll("[data-window]:has(> [data-place])")) {
    const first = Number(part.dataset.first);
    ranges = withRange(ranges, first, first + Number(part.dataset.size) - 1);
  }
  return ranges;
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

// What is said of a person as a whole is made anew; the focus stays on the button that it was on.
async function freshen(part) {
  if (!part) return;
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  await fill(part, part.dataset.fresh);
  const { does } = focused?.dataset ?? {};
  if (focused) (part.querySelector(`[data-does="${does}"]`) ?? part.querySelector("a, button"))?.focus();
}

// Decisions that were undone, or brought back, since; newer ones are told of, not put before what somebody reads.
async function markHistory(list) {
  if (!list) return;
  const events = [...list.querySelectorAll("[data-number]")];
  const response = await fetch(`/history/undone?first=${events.at(-1).dataset.number}`).catch(() => null);
  if (!response?.ok) return;
  const { newest, undone } = await response.json();
  for (const event of events) turn(event, undone[event.dataset.number]);
  const newer = newest - Number(list.dataset.newest);
  const note = document.getElementById("newer");
  note.hidden = newer === 0;
  note.textContent = `Show ${newer.toLocaleString("en")} newer`;
}

function turn(event, undone) {
  const { decision, label } = undone ?? event.dataset;
  const button = event.querySelector("[data-does=turn]");
  button.dataset.decision = decision;
  button.textContent = label;
  event.classList.toggle("undone", undone !== undefined);
}
