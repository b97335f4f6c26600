// The photo around a face, in a dialog: showPhoto("<face id>"). Escape or P closes it; the focus goes back.

import { keys } from "./keys.js";

let dialog;

/** Shows the photo that a face was found in. */
export async function showPhoto(face) {
  dialog ??= made();
  const place = dialog.querySelector("[data-content]");
  place.replaceChildren("Looking for the photo...");
  if (!dialog.open) dialog.showModal();
  place.innerHTML = await contentOf(face);
}

async function contentOf(face) {
  try {
    const response = await fetch(`/photo/${face}`);
    if (response.ok) return response.text();
  } catch {
    // told below, as any other reason
  }
  return "<p>The photo cannot be shown now. Is facecluster still running?</p>";
}

function made() {
  const element = document.createElement("dialog");
  element.id = "photo";
  element.className = "sheet wide";
  element.setAttribute("aria-label", "The photo around this face");
  element.innerHTML =
    '<header><h2>Photo</h2><form method="dialog"><button class="button quiet" autofocus>Close</button></form></header><div data-content></div>';
  document.body.append(element);
  keys({ p: { does: () => element.close() } }, { scope: element });
  return element;
}
