// The screens with questions: a card is answered, the next one is there. Keys do all of it.
//
// A button says what it does: data-does names one of DOES below; data-says is what is decided, in JSON. Faces that can be
// left out are check boxes (ticks.js). A card is never changed by what others decide: a banner on it says so.

import { decide, Refused } from "./api.js";
import { keys } from "./keys.js";
import { showPhoto } from "./photo.js";
import { countTicks, ticked, tickAll, toggleTick, unticked, walkTicks } from "./ticks.js";
import { toast } from "./toast.js";

const PRELOADED_CARDS = 2; // whose pictures are there before they are asked for
const LOOK_AFTER_MS = 300; // at what became of the card: after what this tab decided, the next card is there by then

const deck = document.getElementById("deck");
const screen = deck.dataset.screen;
const answered = new Map(); // decision -> the card it answered
let ahead = []; // keys of cards whose pictures are loaded or on their way
let busy = false;

const card = () => deck.querySelector(".question");
const unit = () => JSON.parse(card().dataset.unit);
const part = (selector) => card().querySelector(selector);

const DOES = {
  next: () => go(`after=${card().dataset.key}`),
  back: () => go(`before=${card().dataset.key}`),
  says: (button) => answer(JSON.parse(button.dataset.says)),
  name: ({ dataset: { person, new: name } }) => answer(naming(person ? { person } : { new: name })),
  ignore: () => answer([{ kind: "ignore", units: [unit()] }]),
  noFace: () => withUnticked((faces) => answer([{ kind: "not_a_face", faces: { faces } }], { stays: true })),
  split: () => withUnticked(askWhoTheOthersAre),
  nobody: () => parted(null),
  alike: () => showAlike(),
  confirm: () => answer(confirming(), { stays: "again" in card().dataset }),
  toggleAll: () => tickAll(card(), unticked(card()).length > 0),
  photo: (button) => showPhoto(button.dataset.face),
  progress: openProgress,
};

// What is decided ---------------------------------------------------------------------------------------------------

/** A group, or somebody without a name, is this person, but for the faces that are left out. */
function naming(who) {
  const others = unticked(card());
  const { person } = unit();
  if (person === undefined) return [{ kind: "name", faces: unit(), who, but: others }];
  const apart = others.length ? [{ kind: "reject", person, faces: { faces: others } }] : [];
  const named = who.person
    ? { kind: "merge", units: [{ person: who.person }, { person }] }
    : { kind: "rename", person, name: who.new };
  return [...apart, named];
}

/** The faces that are left out are somebody else's. */
function parting(faces, who) {
  const { person } = unit();
  return person === undefined
    ? { kind: "name", faces: { faces }, who, but: [] }
    : { kind: "split", person, faces: { faces }, who };
}

function confirming() {
  const { person } = card().dataset;
  const [right, wrong] = [ticked(card()), unticked(card())];
  return right.length
    ? [{ kind: "confirm", person, faces: { faces: right }, but: wrong }]
    : [{ kind: "reject", person, faces: { faces: wrong } }];
}

/** Decides, and goes on to the next card; `stays`: to the same one as it is then. */
async function answer(says, { stays = false } = {}) {
  await once(async () => {
    const { key } = card().dataset;
    clearToasts();
    for (const say of says) {
      const { decision } = await decide(say);
      answered.set(decision, key);
    }
    await show(`${stays ? "key" : "after"}=${key}`);
  });
}

/** What was said of earlier cards makes room: who answers fast would have faces covered. */
function clearToasts() {
  for (const toast of document.querySelectorAll(".toast:not(.bad)")) {
    if (!toast.contains(document.activeElement)) toast.remove();
  }
}

// One card after another --------------------------------------------------------------------------------------------

const go = (query) => once(() => show(query));

/** Does one thing at a time: a key pressed twice is no second answer. */
async function once(work) {
  if (busy) return;
  busy = true;
  card().setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) toast(error.message, { kind: "bad" }); // a toast has told of what was refused
  } finally {
    busy = false;
    card().removeAttribute("aria-busy");
  }
}

async function show(query) {
  const before = card().dataset.key;
  const fresh = await fetchCard(query);
  if (fresh.dataset.key === before && query.startsWith("after") && before) toast("This is the only one that is left.");
  card().replaceWith(fresh);
  began();
  if (deck.getBoundingClientRect().top < 0) deck.scrollIntoView();
  fresh.focus({ preventScroll: true });
}

async function fetchCard(query) {
  const page = document.createElement("template");
  page.innerHTML = await fetchText(`/${screen}/card?${query}`);
  return page.content.querySelector(".question");
}

async function fetchText(address) {
  const response = await fetch(address).catch(() => {
    throw new Error("facecluster does not answer. Is it still running?");
  });
  if (response.status === 401) throw new Error("You are logged out: open a new link to log in.");
  if (!response.ok) throw new Error(`That did not work (${response.status}): reload the page.`);
  return response.text();
}

/** A card is there. */
function began() {
  const { key } = card().dataset;
  if (key) history.replaceState(null, "", `/${screen}?key=${key}`);
  else history.replaceState(null, "", `/${screen}`);
  summarize();
  preload(key);
}

async function preload(key) {
  const place = ahead.indexOf(key);
  ahead = place < 0 ? [] : ahead.slice(place + 1);
  while (key && card().dataset.key === key && ahead.length < PRELOADED_CARDS) {
    const coming = await fetchCard(`after=${ahead.at(-1) ?? key}`).catch(() => null);
    if (!coming?.dataset.key || coming.dataset.key === key || ahead.includes(coming.dataset.key)) return;
    for (const image of coming.querySelectorAll("img")) new Image().src = image.src;
    ahead.push(coming.dataset.key);
  }
}

/** Another tab, the command line or a run may have settled the card: it stays, and says so. */
async function look() {
  const { key, state } = card().dataset;
  if (!key || busy) return;
  const said = await fetchText(`/${screen}/settled?key=${key}&since=${state.split("-").at(-1)}`).catch(() => null);
  if (said === null || card().dataset.key !== key || busy) return;
  part(".settled")?.remove();
  if (said) card().insertAdjacentHTML("afterbegin", said);
  for (const answers of card().querySelectorAll(".panel, .unticked, .verdict")) {
    if (said && answers.contains(document.activeElement)) card().focus({ preventScroll: true }); // else it would be nowhere
    answers.inert = said !== "";
  }
}

// Dialogs -----------------------------------------------------------------------------------------------------------

function withUnticked(does) {
  const faces = unticked(card());
  if (faces.length) does(faces);
  else toast("First untick the faces that are meant: click them, or go there with the arrow keys and press X.");
}

function askWhoTheOthersAre(faces) {
  const dialog = document.getElementById("split");
  dialog.querySelector(".lead").textContent = faces.length === 1 ? "One face is left out." : `${faces.length} faces are left out.`;
  dialog.querySelector("who-box").reset();
  dialog.showModal();
  dialog.querySelector("input").focus();
}

function parted(who) {
  document.getElementById("split").close();
  answer([parting(unticked(card()), who)], { stays: true });
}

async function showAlike() {
  const dialog = document.getElementById("alike");
  const place = dialog.querySelector("[data-content]");
  try {
    place.innerHTML = await fetchText(`/name/alike?key=${card().dataset.key}`);
  } catch (error) {
    toast(error.message, { kind: "bad" });
    return;
  }
  dialog.showModal();
  place.querySelector("button")?.focus();
}

function openProgress() {
  const details = document.querySelector("#progress details");
  details.open = true;
  details.querySelector("summary").focus();
}

// Wiring ------------------------------------------------------------------------------------------------------------

function summarize() {
  const place = part("[data-summary]");
  const [right, wrong] = countTicks(card());
  if (place) place.textContent = wrong === 0 ? `Confirm ${right}` : right === 0 ? `Reject ${wrong}` : `Confirm ${right}, reject ${wrong}`;
  const left = part(".unticked");
  if (!left) return;
  left.hidden = wrong === 0;
  left.querySelector("[data-count]").textContent = wrong === 1 ? "1 face" : `${wrong} faces`;
}

function clicked(event) {
  const button = event.target.closest("[data-does]");
  if (!button || button.closest("[inert]")) return;
  if (button.closest("#alike")) document.getElementById("alike").close();
  DOES[button.dataset.does](button);
}

function chose({ target, detail }) {
  const who = detail.person ? { person: detail.person } : { new: detail.new };
  if (target.closest("#split")) parted(who);
  else answer(naming(who));
}

/** Presses the button of a key, where the card has it. */
const press = (selector) => () => part(selector)?.click();

const MOVES = {
  j: { does: DOES.next, help: "Next, without an answer" },
  k: { does: DOES.back, help: "Back" },
  p: { does: () => photoOfFocus(), help: "The photo around the face" },
};
const WALK = Object.fromEntries(
  ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map((key) => [
    key,
    { does: () => walkTicks(card(), key), help: "From face to face", repeat: true },
  ]),
);
const TICKS = { ...WALK, x: { does: () => toggleTick(card()), help: "Leave the face out, or take it in again" } };
const SCREENS = {
  name: {
    Enter: { does: () => part("who-box input")?.focus(), help: "Type a name" },
    ...Object.fromEntries(
      [..."123456789"].map((digit) => [digit, { does: press(`[aria-keyshortcuts="${digit}"]`), help: "Name it as the person with this number" }]),
    ),
    ...MOVES,
    ...TICKS,
    s: { does: press("[data-does=split]"), help: "The faces left out are somebody else: say who" },
    n: { does: press("[data-does=noFace]"), help: "The faces left out are no faces" },
    m: { does: press("[data-does=alike]"), help: "The same person as another group" },
    i: { does: press("[data-does=ignore]"), help: "A stranger: do not ask again" },
  },
  same: {
    y: { does: press('[aria-keyshortcuts="Y"]'), help: "Yes" },
    n: { does: press('[aria-keyshortcuts="N"]'), help: "No" },
    1: { does: press('[aria-keyshortcuts="1"]'), help: "One person" },
    2: { does: press('[aria-keyshortcuts="2"]'), help: "Two people" },
    ...MOVES,
  },
  more: {
    Enter: { does: press("[data-does=confirm]"), help: "Confirm those ticked, reject the others" },
    a: { does: press("[data-does=toggleAll]"), help: "Untick all, or tick all" },
    ...MOVES,
    ...TICKS,
  },
};

function photoOfFocus() {
  const place = document.activeElement.closest(".tile") ?? part(".tile");
  place?.querySelector("[data-does=photo]")?.click();
}

keys(SCREENS[screen], { title: document.title.split(" · ")[0] });
document.addEventListener("click", clicked);
document.addEventListener("chosen", chose);
deck.addEventListener("change", summarize);
document.addEventListener("library-changed", () => setTimeout(look, LOOK_AFTER_MS));
document.addEventListener("decided", ({ detail: { say } }) => {
  if (say.kind === "undo" && answered.has(say.decision)) go(`key=${answered.get(say.decision)}`);
});
began();
card().focus({ preventScroll: true });
