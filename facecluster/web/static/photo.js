// The photo around a face, in a dialog: showPhoto("<face id>"). Escape or P closes it; the focus goes back.

import { keys } from "./keys.js";

const dialog = document.getElementById("photo");

/** Shows the photo that a face was found in. */
export async function showPhoto(face) {
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

keys({ p: { does: () => dialog.close() } }, { scope: dialog });
