// Forgets what this browser keeps of unsaved answers when its reader signs out.
(function () {
  "use strict";

  document.querySelectorAll("form[data-forget]").forEach(function (form) {
    form.addEventListener("submit", function () {
      try {
        Object.keys(localStorage)
          .filter((key) => key.startsWith("skolemerke:"))
          .forEach((key) => localStorage.removeItem(key));
      } catch (error) {
        // A browser that keeps nothing has nothing to forget.
      }
    });
  });
})();
