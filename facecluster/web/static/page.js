// What every page of the review does.

import { post, send, undo } from "./api.js";
import "./face-grid.js";
import "./fragments.js";
import { EVERYWHERE, keys, showHelp } from "./keys.js";
import "./live.js";
import "./progress.js";
import { toast } from "./toast.js";
import { lastDecision } from "./undo.js";
import "./who-box.js";

function undoLast() {
  const decision = lastDecision();
  if (decision === null) {
    toast("Nothing left to undo from this tab.", { actions: [{ label: "History", href: "/history" }] });
    return;
  }
  undo(decision);
}

keys(
  {
    z: { does: undoLast, help: "Undo the last decision of this tab" },
    "?": { does: showHelp, help: "Show the keys" },
  },
  { title: EVERYWHERE },
);
document.getElementById("undo-last").addEventListener("click", undoLast);
document.getElementById("log-out").addEventListener("click", async () => {
  await post("/logout").catch(() => {});
  location.assign("/login");
});

// On a narrow screen the tabs scroll sideways: the one that is lit is in sight.
const lit = document.querySelector(".tab[aria-current]");
const tabs = lit?.closest("nav");
if (tabs) tabs.scrollLeft = lit.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - lit.offsetWidth) / 2;

send(); // what an earlier page could not
