// Counts the words of a text while it is written, by the same rule as the server (skolemerke_forms.cleaning).
(function () {
  "use strict";

  const WORD = /[\p{L}\p{N}]+(?:['’\-‑.,:/@&_][\p{L}\p{N}]+)*/gu;
  const QUIET_MS = 1500;

  function countWords(text) {
    return (text.normalize("NFC").match(WORD) || []).length;
  }

  function watch(count) {
    const text = document.getElementById(count.dataset.wordsOf);
    if (!text) return;
    const spoken = document.getElementById(count.id + "-spoken");
    const most = Number(count.dataset.most);
    let timer = 0;

    function say() {
      const words = countWords(text.value);
      const pattern = words > most ? count.dataset.over : count.dataset.fits;
      count.textContent = pattern.replace("{words}", String(words)).replace("{over}", String(words - most));
      count.classList.toggle("count--over", words > most);
    }

    text.addEventListener("input", function () {
      say();
      // A screen reader hears the count when the writer pauses, not at each key.
      clearTimeout(timer);
      timer = setTimeout(function () {
        spoken.textContent = count.textContent;
      }, QUIET_MS);
    });
    say();
  }

  window.skolemerke = Object.assign(window.skolemerke || {}, { countWords: countWords });
  document.querySelectorAll("[data-words-of]").forEach(watch);
})();
