// Asks before a page is left whose text has not been saved. It changes nothing else.
(function () {
  "use strict";

  const form = document.querySelector("form[data-unsaved]");
  if (!form) return;
  let isChanged = false;

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
