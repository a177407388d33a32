// Asks before a page is left whose text has not been saved. It changes nothing else.
(function () {
  "use strict";

  const form = document.querySelector("form[data-unsaved]");
  if (!form) return;
  // Nothing of a page that shows what could not be saved is saved, from the start.
  let isChanged = "asks" in form.dataset || "refused" in form.dataset;

  form.addEventListener("input", function () {
    isChanged = true;
  });
  form.addEventListener("submit", function () {
    isChanged = false;
  });
  form.addEventListener("autosaved", function (event) {
    if (event.detail.isWhole) isChanged = false;
  });
  window.addEventListener("beforeunload", function (event) {
    if (isChanged) event.preventDefault();
  });
})();
