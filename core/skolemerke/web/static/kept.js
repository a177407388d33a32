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

  // What is kept for one application and account. `put` says whether it was kept.
  function keptOf(key) {
    const prefix = ROOT + key + ":";
    return {
      put: (address, text) => attempt(() => (localStorage.setItem(prefix + address, JSON.stringify(text)), true), false),
      drop: (address) => attempt(() => localStorage.removeItem(prefix + address)),
      all: () =>
        attempt(
          () =>
            Object.keys(localStorage)
              .filter((name) => name.startsWith(prefix))
              .map((name) => ({ ...JSON.parse(localStorage.getItem(name)), address: name.slice(prefix.length) }))
              .filter((text) => Array.isArray(text.values)),
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
  function drawn(box, text, number, forget) {
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
      if (window.confirm(box.dataset.sure)) forget();
    });
    return item;
  }

  // Draw a list of texts; `forget` lets go of one for good.
  function list(texts, forget) {
    const box = document.getElementById("kept");
    const hadFocus = box.contains(document.activeElement);
    box.hidden = !texts.length;
    const items = texts.map((text, number) => drawn(box, text, number, () => forget(text)));
    box.querySelector("ul").replaceChildren(...items);
    if (hadFocus) (box.hidden ? document.getElementById("main") : box.querySelector("h2")).focus();
  }

  window.skolemerke = Object.assign(window.skolemerke || {}, { keptOf: keptOf, listKept: list });

  // A page on which nothing can be written any more shows all of the application.
  const closed = document.querySelector("#kept[data-key]");
  if (!closed) return;
  const kept = keptOf(closed.dataset.key);
  (function show() {
    list(kept.all(), function (text) {
      kept.drop(text.address);
      show();
    });
  })();
})();
