// Shows and hides questions at once, as the server will do when the answers are saved; the server decides.
// A condition is data (`data-when`); nothing of it is ever run.
(function () {
  "use strict";

  const form = document.querySelector(".section-form");
  if (!form) return;
  const blocks = Array.from(form.querySelectorAll("[data-when]"), function (element) {
    return { element: element, when: JSON.parse(element.dataset.when) };
  });
  if (!blocks.length) return;
  const seen = form.querySelector("[data-seen]");
  const spoken = form.querySelector("[data-opened]");
  const opened = new Set();

  function fields(prefix) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && field.name.startsWith(prefix) && field.type !== "hidden";
    });
  }

  function isGiven(field) {
    if (field.type === "radio" || field.type === "checkbox") return field.checked && field.value !== "";
    return field.value.trim() !== "";
  }

  function given(prefix, exact) {
    return fields(prefix)
      .filter(function (field) {
        return (!exact || field.name === prefix) && isGiven(field);
      })
      .map(function (field) {
        return field.value.trim();
      });
  }

  // The same reading as the server's: a comma is a decimal sign, blanks part thousands.
  function numberOf(text, term) {
    const plain = text.replace(/[\s\u00a0]/g, "").replace(",", ".");
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
    const number = Number(plain);
    if (number < (term.least ?? -Infinity) || number > (term.most ?? Infinity)) return null;
    return number;
  }

  function dayOf(text) {
    const european = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(text);
    const day = european
      ? european[3] + "-" + european[2].padStart(2, "0") + "-" + european[1].padStart(2, "0")
      : text;
    return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) ? day : null;
  }

  function rowsOf(prefix) {
    const rows = fields(prefix + ".").filter(isGiven).map(function (field) {
      return field.name.slice(prefix.length + 1).split(".")[0];
    });
    return new Set(rows).size;
  }

  // What an answer says: `words` that a value is compared with, and the `figure` that counts; null where nothing stands.
  function answer(term) {
    const block = document.getElementById("question-" + term.question);
    if (block && block.hidden) return null;
    const name = "q_" + term.question;
    const values = given(name, true);
    if (term.kind === "matrix") {
      const levels = given(name + ".", false);
      return levels.length ? { words: levels, figure: levels.length } : null;
    }
    if (term.kind === "group") {
      const rows = rowsOf(name);
      return rows ? { words: [], figure: rows } : null;
    }
    if (term.kind === "list") {
      const typed = fields(name + ".").filter(function (field) {
        return field.name.endsWith(".name") && isGiven(field);
      });
      const rows = values.length + typed.length;
      return rows ? { words: [], figure: rows } : null;
    }
    if (!values.length) return null;
    if (term.kind === "several") return { words: values, figure: values.length };
    if (term.kind === "confirmed") return { words: ["yes"], figure: null };
    if (term.kind === "number") {
      const number = numberOf(values[0], term);
      return number === null ? null : { words: [String(number)], figure: number };
    }
    if (term.kind === "date") {
      const day = dayOf(values[0]);
      return day === null ? null : { words: [day], figure: null };
    }
    return { words: [values[0]], figure: numberOf(values[0], {}) };
  }

  // Three values: true, false, and null while it can't be said.
  function truth(term) {
    if ("known" in term) return term.known;
    if (term.not) {
      const inner = truth(term.not);
      return inner === null ? null : !inner;
    }
    if (term.all) return together(term.all.map(truth), false);
    if (term.any) return together(term.any.map(truth), true);
    const found = answer(term);
    if ("answered" in term) return (found !== null) === term.answered;
    if (found === null) return null;
    if (term.is) return term.is.some(function (value) { return found.words.includes(value); });
    if (found.figure === null) return null;
    return found.figure >= (term.at_least ?? -Infinity) && found.figure <= (term.at_most ?? Infinity);
  }

  function together(parts, decides) {
    if (parts.includes(decides)) return decides;
    return parts.includes(null) ? null : !decides;
  }

  function settle() {
    let hasOpened = false;
    blocks.forEach(function (block) {
      const isShown = truth(block.when) === true;
      if (block.element.hidden !== isShown) return;
      block.element.hidden = !isShown;
      const id = block.element.id.replace(/^question-/, "");
      if (isShown) {
        opened.add(id);
        hasOpened = true;
      } else {
        opened.delete(id);
      }
    });
    seen.value = Array.from(opened).join(" ");
    spoken.textContent = hasOpened ? spoken.dataset.opened : "";
  }

  form.addEventListener("input", settle);
  form.addEventListener("change", settle);
  settle();
})();
