// What this browser keeps of answers that could not be saved, and the list of it where a page can't put it back.
(function () {
  "use strict";

  const ROOT = "skolemerke:";

  function attempt(action, otherwise) {
    try {
      return action();
    } catch (error) {
      // A browser that keeps nothing is no fault.
      return otherwise;
    }
  }

  function read(name, start) {
    const [page, address] = name.slice(start).split(":");
    return { ...JSON.parse(localStorage.getItem(name)), name, page, address };
  }

  // What is kept for one application and account: each open page keeps its own text of an answer, so that none takes
  // another's place. `put` says whether it was kept.
  function keptOf(key) {
    const prefix = ROOT + key + ":";
    return {
      put: (page, address, text) =>
        attempt(() => (localStorage.setItem(prefix + page + ":" + address, JSON.stringify(text)), true), false),
      drop: (name) => attempt(() => localStorage.removeItem(name)),
      // The newest first.
      all: () =>
        attempt(
          () =>
            Object.keys(localStorage)
              .filter((name) => name.startsWith(prefix))
              .map((name) => read(name, prefix.length))
              .filter((text) => Array.isArray(text.values))
              .sort((one, other) => other.at - one.at),
          []
        ),
    };
  }

  function copy(field) {
    field.select();
    if (navigator.clipboard) return navigator.clipboard.writeText(field.value);
    return document.execCommand("copy") ? Promise.resolve() : Promise.reject(new Error("copy"));
  }

  // One text in the list, with what can be done with it.
  function drawn(box, text, number, actions) {
    const item = box.querySelector("template").content.firstElementChild.cloneNode(true);
    const field = Object.assign(document.createElement("textarea"), { rows: 6, readOnly: true, value: text.words });
    const said = item.querySelector("[role=status]");
    const title = item.querySelector("label");
    title.textContent = text.label;
    title.htmlFor = field.id = "kept-" + number;
    title.after(field);
    item.querySelector("[data-copy]").addEventListener("click", function () {
      copy(field).then(() => (said.textContent = box.dataset.copied), () => field.focus());
    });
    item.querySelector("[data-drop]").addEventListener("click", function () {
      if (window.confirm(box.dataset.sure)) actions.drop(text);
    });
    ["use", "add"].forEach(function (name) {
      const button = item.querySelector("[data-" + name + "]");
      if (button) button.addEventListener("click", () => actions[name](text));
    });
    return item;
  }

  // Draw a list of texts. `actions`: `drop` lets go of one for good; `use` and `add` where they can be put in a field.
  function list(texts, actions) {
    const box = document.getElementById("kept");
    const hadFocus = box.contains(document.activeElement);
    box.hidden = !texts.length;
    const items = texts.map((text, number) => drawn(box, text, number, actions));
    box.querySelector("ul").replaceChildren(...items);
    if (hadFocus) (box.hidden ? document.getElementById("main") : box.querySelector("h2")).focus();
  }

  window.skolemerke = Object.assign(window.skolemerke || {}, { keptOf: keptOf, listKept: list });

  // A page on which nothing can be written any more shows all of the application.
  const closed = document.querySelector("#kept[data-key]");
  if (!closed) return;
  const kept = keptOf(closed.dataset.key);
  (function show() {
    const drop = (text) => (kept.drop(text.name), show());
    list(kept.all(), { drop: drop });
  })();
})();
