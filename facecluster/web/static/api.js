// Decisions: from a click to the journal, whatever happens to the server or the page on the way.
//
//   const answer = await decide({ kind: "name", faces: {...}, who: {...}, but: [] });
//
// An answer is kept (outbox.js) before it is sent, and sent again, under its one id, until the server has said yes or no.

import { drop, isFragile, onOthers, put, SENDER, waiting } from "./outbox.js";
import { banner, toast, withdraw } from "./toast.js";
import { forget, remember } from "./undo.js";

const PATIENCE_MS = 30_000; // for one answer of the server
const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
const RESCUE_MS = 3_000; // in which another tab should have sent what it put into the outbox
const MAX_PARTING_CHARACTERS = 20_000; // a browser sends 64 kB for a page that has closed: enough for these in any alphabet

/** The server said no: asking again would not help. */
export class Refused extends Error {
  constructor(sentence, stale) {
    super(sentence);
    this.name = "Refused";
    this.stale = stale; // the page is too old for what was asked
  }
}

const asked = new Map(); // id -> who waits for it in this page
const ours = new Set(); // ids that this page made or sent
const news = new BroadcastChannel(SENDER);

/**
 * Decides something.
 * @param {Object} say what, see web/review/deciding/actions.py
 * @param {{announce?: boolean, as?: string|null}} [how] announce: say in a toast what was decided, or `as` in its place
 * @returns {Promise<{said: string, number: number, decision: string, state: string, unit?: Object}>}
 * @throws {Refused} with a sentence that a toast has already shown
 */
export function decide(say, { announce = true, as = null } = {}) {
  const id = newId();
  const answer = new Promise((resolve, reject) => asked.set(id, { say, announce, as, resolve, reject }));
  answer.catch(() => {}); // who does not look has still been told
  ours.add(id);
  put({ id, say });
  remember(id, say);
  send();
  return answer;
}

/** Undoes a decision, and says what it was. */
export function undo(decision) {
  const said = forget(decision);
  withdraw(decision);
  return decide({ kind: "undo", decision }, { as: said && `Undone: ${said}` });
}

/** Whether a decision, as the server tells of it, went out from this page. */
export const isOurs = ({ decision }) => ours.has(decision);

const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Sends what waits, of whichever tab. Between two attempts another tab may send: it may be logged in where this is not. */
export async function send() {
  if (send.busy) return;
  send.busy = true;
  let wait = SHORTEST_WAIT_MS;
  while (waiting().length) {
    const trouble = await navigator.locks.request(SENDER, sendAll);
    if (!trouble) continue;
    sayTrouble(trouble);
    await new Promise((resume) => {
      setTimeout(resume, wait);
      send.now = resume;
    });
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
  send.busy = false;
  sayTrouble(null);
}

async function sendAll() {
  for (let [first] = waiting(); first; [first] = waiting()) {
    ours.add(first.id);
    const verdict = await sendOne(first);
    if (verdict.trouble) return verdict;
    drop(first.id);
    news.postMessage(verdict);
    settle(verdict);
    sayTrouble(null);
  }
  return null;
}

async function sendOne({ id, say }, mayRenew = true) {
  const body = JSON.stringify({ id, say });
  let response;
  try {
    response = await post("/decide", body);
  } catch {
    return { trouble: "away" };
  }
  if (response.status === 403 && mayRenew && (await renewToken())) return sendOne({ id, say }, false);
  return verdictOf(id, response.status, await response.json().catch(() => ({})));
}

/**
 * Sends something that is no decision, or one; goes on when the page is closed meanwhile.
 * @param {string} address
 * @param {string} [body] JSON
 */
export const post = (address, body = "") =>
  fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Facecluster": token().content },
    body,
    keepalive: body.length < MAX_PARTING_CHARACTERS,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });

function verdictOf(id, status, body) {
  if (status === 200 && body.decision) return { id, answer: body };
  if (status === 401 || status === 403) return { trouble: "login" };
  if (status === 200 || status >= 500 || status === 408 || status === 429) return { trouble: "away", sentence: body.error };
  return { id, refused: body.error ?? `The server refused this (${status}).`, stale: body.stale ?? false };
}

const token = () => document.querySelector("meta[name=csrf]");

// After a new login, in whichever tab, the token of this page is of the old one.
async function renewToken() {
  const page = await fetch(location.href).then((response) => response.text()).catch(() => "");
  const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("meta[name=csrf]");
  if (!fresh || fresh.content === token().content) return false;
  token().content = fresh.content;
  return true;
}

function settle({ id, answer, refused, stale }) {
  const who = asked.get(id);
  asked.delete(id);
  if (refused) forget(id);
  if (!who) return;
  if (refused) {
    toast(refused, { kind: "bad" });
    who.reject(new Refused(refused, stale));
    return;
  }
  remember(id, who.say, answer.said);
  document.dispatchEvent(new CustomEvent("decided", { detail: { say: who.say, answer } }));
  who.resolve(answer);
  if (who.announce) announce(who, answer);
}

function announce({ say, as }, answer) {
  const { decision, unit } = answer;
  const where = addressOf(unit);
  const show = where ? [{ label: "Show", href: where }] : [];
  const back = say.kind === "undo" ? [] : [{ label: "Undo", does: () => undo(decision) }];
  toast(as ?? answer.said, { actions: [...show, ...back], of: decision });
}

const addressOf = (unit) =>
  unit?.person ? `/people/${unit.person}` : unit?.cluster !== undefined ? `/groups/${unit.cluster}` : null;

function sayTrouble(verdict) {
  send.isTroubled = verdict !== null;
  if (verdict === null) {
    banner("unsaved", null);
    return;
  }
  const number = waiting().length;
  const unsaved = `Not saved yet: ${number === 1 ? "1 answer waits" : `${number} answers wait`}.`;
  if (verdict.trouble === "login") {
    const advice = "You are logged out. Log in again in another tab of this browser, then come back: nothing is lost.";
    banner("unsaved", `${unsaved} ${advice}`, { label: "How to log in", href: "/login" });
  } else {
    banner("unsaved", `${unsaved} ${verdict.sentence ?? "facecluster does not answer. Is it still running?"} Trying again...`);
  }
}

news.addEventListener("message", ({ data }) => settle(data));
onOthers(() => setTimeout(send, RESCUE_MS)); // the tab that decided may have been closed
for (const event of ["focus", "online"]) addEventListener(event, () => send.now?.());
document.addEventListener("server-back", () => send.now?.());
addEventListener("beforeunload", (event) => {
  if (send.isTroubled || isFragile()) event.preventDefault();
});
