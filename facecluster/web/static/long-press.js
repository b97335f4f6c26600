// A finger that stays where it is.

const LONG_PRESS_MS = 450;
const STILL_PX = 10; // a finger that moves farther scrolls

/**
 * Calls back when a finger has stayed on a part of an element.
 * @param {Element} element
 * @param {(target: Element) => void} does
 * @returns {() => boolean} whether the click that comes now is of such a finger; true once
 */
export function onLongPress(element, does) {
  let timer;
  let start = null;
  let hasStayed = false;
  const cancel = () => clearTimeout(timer);
  const stayed = () => {
    hasStayed = true;
    does(start.target);
  };
  element.addEventListener("pointerdown", (event) => {
    cancel();
    hasStayed = false;
    start = event;
    if (event.pointerType === "touch") timer = setTimeout(stayed, LONG_PRESS_MS);
  });
  element.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (start && Math.hypot(clientX - start.clientX, clientY - start.clientY) > STILL_PX) cancel();
  });
  for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, cancel);
  element.addEventListener("contextmenu", (event) => hasStayed && event.preventDefault());
  return () => {
    const answer = hasStayed;
    hasStayed = false;
    return answer;
  };
}
