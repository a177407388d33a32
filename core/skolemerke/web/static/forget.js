// Forgets what this browser keeps of unsaved answers: all of it when its reader signs out, that of an application when
// it was sent, and what was sent by a button once the server has answered that it is saved. Says so before that.
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

  function isAnswered(path) {
    if (location.pathname === path && !new URLSearchParams(location.search).has("saved")) return false;
    return document.referrer !== "" && new URL(document.referrer).pathname.startsWith(path);
  }

  try {
    const sent = sessionStorage.getItem(SENT);
    // A page that asks what to do with an answer, or shows what could not be saved, is no answer that it is saved, and
    // leaving it is none either; what is sent from it is.
    const asking = document.querySelector("[data-asks]");
    if (sent && asking) {
      sessionStorage.removeItem(SENT);
      asking.addEventListener("submit", () => sessionStorage.setItem(SENT, sent));
    } else if (sent && isAnswered(sent.split("#")[0])) {
      forget((key) => sentFrom(key) === sent);
      sessionStorage.removeItem(SENT);
    }
  } catch (error) {
    // A browser that keeps nothing has nothing to forget.
  }

  // The application was sent just now.
  try {
    const receipt = document.querySelector("[data-sent-key]");
    const from = document.referrer ? new URL(document.referrer).pathname : "";
    if (receipt && from.endsWith("/submit")) forget((key) => key.startsWith(PREFIX + receipt.dataset.sentKey + ":"));
  } catch (error) {
    // The same.
  }

  function isKept(isMeant) {
    try {
      return Object.keys(localStorage).some((key) => key.startsWith(PREFIX) && isMeant(key));
    } catch (error) {
      return false;
    }
  }

  // Before an application is sent: what was written and never arrived would not be in it.
  document.querySelectorAll("[data-unsent-key]").forEach(function (notice) {
    notice.hidden = !isKept((key) => key.startsWith(PREFIX + notice.dataset.unsentKey + ":"));
  });

  document.querySelectorAll("form[data-forget]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (isKept(() => true) && !window.confirm(form.dataset.forget)) {
        event.preventDefault();
        return;
      }
      try {
        forget(() => true);
      } catch (error) {
        // The same.
      }
    });
  });
})();
