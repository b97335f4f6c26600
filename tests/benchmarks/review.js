// What somebody waits for, seen from within a page of the review: every answer is in milliseconds.

(() => {
  const inView = (image) => {
    const box = image.getBoundingClientRect();
    return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  };
  const isPictured = (part) => [...part.querySelectorAll("img")].filter(inView).every((image) => image.complete);
  const card = () => document.querySelector(".question");

  const once = (isSo) =>
    new Promise((resolve) => {
      const look = () => (isSo() ? resolve(performance.now()) : requestAnimationFrame(look));
      look();
    });

  const presses = (key) =>
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

  const KEYS_WORK = {
    card: () => presses("Enter") || document.activeElement.matches("who-box input[role=combobox]"),
    list: () => {
      document.querySelector("[data-place='0'][tabindex='0']")?.focus();
      presses("ArrowRight");
      return document.activeElement.dataset.place === "1";
    },
    none: () => true,
  };

  window.waits = {
    /** From the beginning of the navigation until a part is there with its pictures, and keys do something. */
    forScreen: (selector, keys) =>
      once(() => {
        const part = document.querySelector(selector);
        return part !== null && isPictured(part) && KEYS_WORK[keys]();
      }),

    /** From bringing a part of a list into sight that was not loaded until it is there with its pictures. */
    forWindow: async (ahead) => {
      const empty = [...document.querySelectorAll("[data-window]")].filter((part) => !part.children.length);
      const part = empty[Math.min(ahead, empty.length - 1)];
      if (!part) return null;
      const start = performance.now();
      part.scrollIntoView();
      return (await once(() => part.children.length > 0 && isPictured(part))) - start;
    },

    /** From the Enter in a field, which is still to come, until another card has the focus; and the server's part. */
    forNextCard: () => {
      const { key } = card().dataset;
      performance.clearResourceTimings();
      window.waited = new Promise((resolve) => {
        const began = async (event) => {
          if (event.key !== "Enter" || !event.target.matches("input")) return;
          document.removeEventListener("keydown", began, true);
          const isThere = () => card().dataset.key !== key && document.activeElement === card() && isPictured(card());
          const end = await once(isThere);
          const asked = performance.getEntriesByType("resource").filter(({ name, responseEnd, startTime }) =>
            /\/(offers|decide|name\/card)/.test(name) && startTime >= event.timeStamp && responseEnd <= end);
          const server = asked.reduce((sum, { requestStart, responseEnd }) => sum + responseEnd - requestStart, 0);
          resolve([end - event.timeStamp, server]);
        };
        document.addEventListener("keydown", began, true);
      });
    },
  };
})();
