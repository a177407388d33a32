// Forgets what this browser keeps of unsaved answers: all of it when its reader signs out, and what was sent by a
// button once the server has answered that it is saved.
(function () {
  "use strict";

  const PREFIX = "skolemerke:";
  const SENT = "skolemerke-sent";

  function forget(isMeant) {
    Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX) && isMeant(key))
      .forEach((key) => localStorage.removeItem(key));
  }

  function sentFrom(key) {
    try {
      return JSON.parse(localStorage.getItem(key)).sent;
    } catch (error) {
      return "";
    }
  }

  // A page that asks what to do with an answer, or shows what could not be saved, is no answer that it is saved.
  function isAnswered(sent) {
    const form = document.querySelector("form[data-unsaved]");
    if (form && !form.dataset.autosave) return false;
    if (location.pathname === sent && !new URLSearchParams(location.search).has("saved")) return false;
    return document.referrer !== "" && new URL(document.referrer).pathname.startsWith(sent);
  }

  try {
    const sent = sessionStorage.getItem(SENT);
    if (sent && isAnswered(sent)) {
      forget((key) => sentFrom(key) === sent);
      sessionStorage.removeItem(SENT);
    }
  } catch (error) {
    // A browser that keeps nothing has nothing to forget.
  }

  document.querySelectorAll("form[data-forget]").forEach(function (form) {
    form.addEventListener("submit", function () {
      try {
        forget(() => true);
      } catch (error) {
        // The same.
      }
    });
  });
})();
