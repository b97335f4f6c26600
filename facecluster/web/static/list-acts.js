// What can be done on the screens that are lists, by the names that buttons and forms have in data-does.

import { decide } from "./api.js";
import { ask, askWho, show, showAt } from "./asking.js";
import { showPhoto } from "./photo.js";
import { toast } from "./toast.js";

const MANY = 10; // groups from which on it is asked whether all of them are meant

const grid = () => document.querySelector("face-grid");
const subject = () => document.querySelector("[data-subject]").dataset; // the person or the group that the screen is of
const called = () => subject().name || "this person";
const group = () => ({ cluster: Number(subject().cluster), run: Number(subject().run) });

const counted = (number, word, words = `${word}s`) => `${number.toLocaleString("en")} ${number === 1 ? word : words}`;

/** Decides, and chooses nothing more; who came by the keyboard goes on where the list was left. */
function settle(say) {
  const list = grid();
  const ranges = list?.ranges ?? [];
  list?.clear();
  if (document.activeElement === document.body || !document.activeElement.checkVisibility()) list?.item(list.current)?.focus({ preventScroll: true });
  // A toast has said why it was refused; what was chosen is chosen again.
  return decide(say).catch(() => ranges.length && list.choose(ranges));
}

const chosenFace = () => grid().item(grid().ranges[0][0])?.dataset.face;

/** The question by whose likeliest people those that are chosen may be called. */
function keyOfChosen() {
  const { face, unit } = grid().querySelector("[data-place][aria-selected=true]")?.dataset ?? {};
  return face ? `who.face-${face}` : unit ? `who.${unit}` : "";
}

const focusedFace = () => document.activeElement?.closest("[data-face]")?.dataset.face;

/** Who is chosen: {units: ids, faces}, also of places that are not loaded; undefined: too many, which a toast has said. */
async function chosenPeople() {
  const places = grid().ranges.map((range) => range.join("-")).join(",");
  const response = await fetch(`/units?${grid().dataset.query}&places=${places}`).catch(() => null);
  const found = await response?.json().catch(() => null);
  if (response?.ok) return found;
  toast(found?.error ?? "facecluster does not answer. Is it still running?", { kind: "bad" });
  return undefined;
}

const together = (ids) => showAt("together", `/people/together?people=${ids.join(",")}`);

// What can be done, by its name in data-does ------------------------------------------------------------------------
export const acts = {
  clear: () => grid().clear(),
  all: () => grid().chooseAll(),
  photo() {
    const face = grid().count === 1 ? chosenFace() : focusedFace();
    if (face) showPhoto(face);
  },

  // Faces of a person
  confirm: () => settle({ kind: "confirm", person: subject().person, faces: grid().chosen }),
  reject: () => settle({ kind: "reject", person: subject().person, faces: grid().chosen }),
  noFace: () => settle({ kind: "not_a_face", faces: grid().chosen }),
  cover() {
    const face = chosenFace();
    if (face) settle({ kind: "cover", person: subject().person, face });
  },
  async split() {
    const faces = grid().chosen;
    const text = `${counted(grid().count, "face")} taken from ${called()}.`;
    const who = await askWho("Who is this?", { text, nobody: true, key: `uncertain.person-${subject().person}` });
    if (who !== undefined) settle({ kind: "split", person: subject().person, faces, who });
  },

  // Faces of nobody
  async nameFaces() {
    const faces = grid().chosen;
    const who = await askWho("Who is this?", { text: counted(grid().count, "face"), key: keyOfChosen() });
    if (who) settle({ kind: "name", faces, who });
  },
  ignoreFaces: () => settle({ kind: "ignore_faces", faces: grid().chosen }),

  // A group
  async nameGroup() {
    const who = await askWho("Who is this?", {
      text: `${counted(Number(subject().faces), "face")} without a name.`,
      key: `who.cluster-${subject().cluster}`,
    });
    if (who) settle({ kind: "name", faces: group(), who });
  },
  ignoreGroup: () => settle({ kind: "ignore", units: [group()] }),

  // Groups
  async nameGroups() {
    const chosen = grid().chosen;
    const text = grid().count > 1 ? `All faces of ${counted(grid().count, "group")} get this name.` : "";
    const who = await askWho("Who is this?", { text, key: keyOfChosen() });
    if (who) settle({ kind: "name_list", ...chosen, who });
  },
  async mergeGroups() {
    const chosen = grid().chosen;
    const text = "They become one person without a name, whom you find under People.";
    if (await ask(`Are these ${counted(grid().count, "group")} one person?`, { text, yes: "One person" })) settle({ kind: "merge_list", ...chosen });
  },
  async ignoreGroups() {
    const chosen = grid().chosen;
    if (grid().count < MANY || (await ask(`Ignore ${counted(grid().count, "group")}?`, { text: "You find them under Ignored.", yes: "Ignore them" })))
      settle({ kind: "ignore_list", ...chosen });
  },
  askRest() {
    show("rest");
    document.querySelector("#rest [name=below]").dispatchEvent(new Event("asked"));
  },
  ignoreRest(form) {
    const found = document.querySelector("#rest-numbers [data-first]");
    if (Number(found?.dataset.below) !== form.elements.below.valueAsNumber) return; // of what was typed before: not what is meant
    const { first, last } = found.dataset;
    document.getElementById("rest").close();
    const { list, state } = grid().dataset;
    settle({ kind: "ignore_list", list, state, ranges: [[Number(first), Number(last)]] });
  },

  // People
  async mergePeople() {
    const found = await chosenPeople();
    if (found) together(found.units);
  },
  async ignorePeople() {
    const found = await chosenPeople();
    if (!found) return;
    const title = `Ignore ${counted(found.units.length, "person", "people")}?`;
    const text = `Their ${counted(found.faces, "face")} are not asked about again. You find them under Ignored.`;
    if (await ask(title, { text, yes: "Ignore" })) settle({ kind: "ignore", units: found.units.map((person) => ({ person })) });
  },
  mergeTogether(form) {
    const people = [...form.elements.stays].map((input) => input.value);
    const stays = form.elements.stays.value;
    form.closest("dialog").close();
    settle({ kind: "merge", units: [stays, ...people.filter((id) => id !== stays)].map((person) => ({ person })) });
  },
  async bringBack() {
    const found = await chosenPeople();
    grid().clear();
    for (const person of found?.units ?? []) decide({ kind: "unignore", person }, { announce: found.units.length === 1 }).catch(() => {});
    if (found?.units.length > 1) toast(`${counted(found.units.length, "person", "people")} brought back.`);
  },

  // A person as a whole
  async rename() {
    if (subject().name) {
      show("rename");
      return;
    }
    const who = await askWho("Who is this?", { key: `uncertain.person-${subject().person}` });
    if (who?.new) settle({ kind: "rename", person: subject().person, name: who.new });
    else if (who) settle({ kind: "merge", units: [{ person: who.person }, { person: subject().person }] });
  },
  sendName(form) {
    form.closest("dialog").close();
    settle({ kind: "rename", person: subject().person, name: form.elements.name.value });
  },
  born: () => show("born"),
  sendBorn(form) {
    form.closest("dialog").close();
    settle({ kind: "born", person: subject().person, day: form.elements.day.value || null });
  },
  async merge() {
    const who = await askWho(`Who is the same person as ${called()}?`, { known: true, key: `uncertain.person-${subject().person}` });
    if (who) together([subject().person, who.person]);
  },
  ignorePerson: () => settle({ kind: "ignore", units: [{ person: subject().person }] }),
  unignore: () => settle({ kind: "unignore", person: subject().person }),

  // History
  turn: (button) => decide({ kind: "undo", decision: button.dataset.decision }).catch(() => {}),
};
