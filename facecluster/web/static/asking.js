// Dialogs that ask something before it is decided. Each comes with the page (templates/review/ask.html.j2, person_dialogs.html.j2).

const dialog = (id) => document.getElementById(id);

/** Opens a dialog of the page. */
export function show(id) {
  dialog(id).showModal();
}

/** Opens a dialog of the page with what the server has at an address. */
export async function showAt(id, address) {
  const place = dialog(id).querySelector("[data-content]");
  place.textContent = "One moment...";
  show(id);
  try {
    const response = await fetch(address);
    if (response.ok) place.innerHTML = await response.text();
    else place.textContent = (await response.json()).error;
  } catch {
    place.textContent = "facecluster does not answer. Is it still running?";
  }
}

/**
 * Asks whether something is to be done.
 * @returns {Promise<boolean>}
 */
export function ask(title, { text, yes }) {
  const element = titled("ask", title, text);
  element.querySelector("[data-yes]").textContent = yes;
  return answered(element, (answer) => {
    element.querySelector("[data-yes]").onclick = () => answer(true);
  });
}

/**
 * Asks who somebody is.
 * @param {string} title
 * @param {{text?: string, key?: string, known?: boolean, nobody?: boolean}} how key: the question whose people are offered first; known: nobody new;
 *   nobody: that this is not known is an answer too
 * @returns {Promise<{person: string}|{new: string}|null|undefined>} null: somebody, not known who; undefined: nothing is to be done
 */
export function askWho(title, { text = "", key = "", known = false, nobody = false } = {}) {
  const element = titled("who", title, text);
  const box = element.querySelector("who-box");
  const skip = element.querySelector("[data-nobody]");
  box.dataset.offers = `/offers?key=${key}${known ? "&known" : ""}`;
  box.reset();
  skip.hidden = !nobody;
  const answer = answered(element, (answer) => {
    box.onchosen = ({ person, new: fresh }) => answer(person ? { person } : { new: fresh });
    skip.onclick = () => answer(null);
  });
  if (key) box.ask(0); // who is likely stands there before anything is typed
  return answer;
}

function titled(id, title, text) {
  const element = dialog(id);
  element.querySelector("h2").textContent = title;
  element.querySelector("[data-text]").textContent = text;
  return element;
}

/** What a dialog is answered; undefined, which counts as no, where it is closed. */
function answered(element, listen) {
  return new Promise((resolve) => {
    listen((answer) => {
      resolve(answer);
      element.close();
    });
    element.addEventListener("close", () => resolve(undefined), { once: true });
    element.showModal();
  });
}

document.addEventListener("chosen", (event) => event.target.onchosen?.(event.detail));
