// Saves while somebody writes, and keeps in this browser what could not be saved yet. The buttons of the page stay.
(function () {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  const box = document.getElementById("autosave");
  if (!form || !box || !window.fetch || !window.FormData) return;

  const PAUSE_MS = 2000;
  const LONGEST_MS = 8000;
  const RETRY_MS = [3000, 5000, 10000, 20000, 30000];
  let kept = window.skolemerke.keptOf(form.dataset.key);
  const line = document.getElementById("autosave-line");
  const spoken = document.getElementById("autosave-spoken");
  const signIn = document.getElementById("autosave-sign-in");
  const goOn = document.getElementById("autosave-go-on");
  const both = document.getElementById("autosave-both");
  const dirty = new Set();
  const clashing = new Set();
  // What the server does not take, with why: it stays told and unsaved until it is changed.
  const refused = new Map();
  let timer = 0;
  let firstChange = 0;
  let isBusy = false;
  let failures = 0;
  let wasSpoken = "";

  // What is kept in this browser. At a shared computer nothing is put into it, and what was put there before arrives
  // and goes.
  const store = {
    isOn: form.dataset.buffer === "local",
    put: function (address, sent) {
      if (!this.isOn) return;
      const [label, words] = [labelOf(address), wordsOf(address)];
      const text = { values: valuesOf(address), version: versionOf(address), sent: sent || "", label, words };
      this.isOn = kept.put(address, text);
    },
  };

  function controls(address) {
    const found = form.elements.namedItem("q_" + address);
    if (!found) return [];
    return found instanceof RadioNodeList ? Array.from(found) : [found];
  }

  function marker(address) {
    return form.elements.namedItem("v_" + address);
  }

  function versionOf(address) {
    return marker(address) ? marker(address).value : "0";
  }

  function valuesOf(address) {
    return new FormData(form).getAll("q_" + address).map(String);
  }

  function plain(element) {
    const copy = element.cloneNode(true);
    copy.querySelectorAll(".may").forEach((one) => one.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  // What stands over a place, as its reader knows it.
  function labelOf(address) {
    const control = controls(address).find((one) => one.type !== "hidden");
    if (!control) return "";
    const within = control.closest("fieldset");
    const above = control.closest(".several");
    const named = [above && above.querySelector(".several__label"), within ? within.querySelector("legend") : control.labels[0]];
    return named.filter(Boolean).map(plain).join(" – ");
  }

  function wordsOf(address) {
    const given = controls(address).filter((one) => one.type !== "hidden" && one.checked !== false);
    const said = given.map((one) => (["radio", "checkbox"].includes(one.type) ? plain(one.labels[0]) : one.value));
    return said.join("\n");
  }

  function setValues(address, values) {
    controls(address).forEach(function (control) {
      if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
      else if (control.type !== "hidden") control.value = values[0] || "";
      control.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  function show(kind, text, isImportant) {
    box.dataset.state = kind;
    line.textContent = text;
    // A reader of the screen hears the first save, and every trouble; not each save.
    if (isImportant || (kind === "saved" && !wasSpoken)) {
      if (spoken.textContent !== text) spoken.textContent = text;
      wasSpoken = text;
    }
  }

  function plan(delay) {
    clearTimeout(timer);
    timer = setTimeout(() => send(false), delay);
  }

  function changed(address) {
    if (!marker(address)) return;
    dirty.add(address);
    clashing.delete(address);
    refused.delete(address);
    store.put(address);
    if (!firstChange) firstChange = Date.now();
    plan(Date.now() - firstChange > LONGEST_MS ? 0 : PAUSE_MS);
  }

  function bodyOf(addresses) {
    const body = new FormData();
    // The page says that it is the same page, so that it never stands in its own way.
    ["csrf_token", "writer", "page"].forEach(function (name) {
      const field = form.elements.namedItem(name);
      if (field) body.append(name, field.value);
    });
    addresses.forEach(function (address) {
      body.append("v_" + address, versionOf(address));
      valuesOf(address).forEach((value) => body.append("q_" + address, value));
    });
    return body;
  }

  function acknowledge(address, sentValues, told) {
    if (address in told.versions) marker(address).value = String(told.versions[address]);
    if (JSON.stringify(valuesOf(address)) === sentValues) {
      dirty.delete(address);
      kept.drop(address);
    } else {
      store.put(address);
    }
  }

  // What can be sent: a clash and what was refused wait for their writer.
  function ready() {
    return Array.from(dirty).filter((address) => !clashing.has(address) && !refused.has(address));
  }

  async function send(isLeaving) {
    const addresses = ready();
    if (isBusy || !addresses.length) return;
    isBusy = true;
    firstChange = 0;
    const sent = new Map(addresses.map((address) => [address, JSON.stringify(valuesOf(address))]));
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: bodyOf(addresses),
        redirect: "error",
        keepalive: isLeaving === true,
      });
      if (answer.status === 400) return await renew();
      if (answer.status === 401) return signedOut();
      if (isFinal(answer.status)) return gone();
      const told = await answer.json();
      if (answer.status === 409) return closed(told.closed);
      if (!answer.ok) throw new Error(String(answer.status));
      taken(told, sent);
    } catch (error) {
      failed();
    } finally {
      isBusy = false;
      if (ready().length && !failures) plan(PAUSE_MS);
    }
  }

  function taken(told, sent) {
    failures = 0;
    signIn.hidden = true;
    const troubled = new Set();
    told.clashes.concat(told.refused).forEach((one) => troubled.add(one.address));
    sent.forEach(function (values, address) {
      if (!troubled.has(address)) acknowledge(address, values, told);
    });
    told.clashes.forEach((one) => clashing.add(one.address));
    told.refused.forEach((one) => refused.set(one.address, one.said));
    both.hidden = !clashing.size;
    if (told.clashes.length) show("trouble", told.clashes[0].said, true);
    else if (refused.size) tellRefused();
    else if (!clashing.size) show("saved", told.writing ? told.saved + ". " + told.writing : told.saved, false);
    form.dispatchEvent(new CustomEvent("autosaved", { detail: { isWhole: !dirty.size } }));
  }

  function tellRefused() {
    show("trouble", Array.from(refused.values()).join(" "), true);
  }

  function failed() {
    const delay = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
    failures += 1;
    show("trouble", store.isOn ? box.dataset.kept : box.dataset.waiting, true);
    plan(delay);
  }

  // An answer that waiting does not change: who has no access any more, or asks for what is not there.
  function isFinal(status) {
    return status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status);
  }

  function gone() {
    failures += 1;
    clearTimeout(timer);
    signIn.hidden = true;
    goOn.hidden = true;
    show("trouble", store.isOn ? box.dataset.goneKept : box.dataset.gone, true);
  }

  function signedOut() {
    failures += 1;
    signIn.hidden = false;
    show("trouble", box.dataset.signedOut, true);
  }

  // Nothing is taken any more: what stands in the fields and was not saved is named as that.
  function closed(words) {
    failures += 1;
    clearTimeout(timer);
    show("trouble", words + " " + (store.isOn ? box.dataset.unsavedKept : box.dataset.unsaved), true);
  }

  // Somebody else signed in: what was written stays that of its writer, here and in what this browser keeps.
  function another(told) {
    failures += 1;
    signIn.hidden = true;
    goOn.hidden = false;
    goOn.textContent = told.goOn;
    goOn.onclick = () => takeOver(told);
    show("trouble", told.another, true);
  }

  function takeOver(told) {
    dirty.forEach((address) => kept.drop(address));
    form.elements.namedItem("writer").value = told.writer;
    form.dataset.key = told.key;
    kept = window.skolemerke.keptOf(told.key);
    dirty.forEach((address) => store.put(address));
    renewQuietly();
  }

  // The reader signed in anew: the page gets the token of the new sign-in, and what was written arrives.
  async function renew() {
    const answer = await fetch(form.dataset.autosave, { redirect: "error" });
    if (answer.status === 401) return signedOut();
    if (isFinal(answer.status)) return gone();
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    if (told.key !== form.dataset.key) return another(told);
    const token = form.elements.namedItem("csrf_token");
    if (token) token.value = told.token;
    goOn.hidden = true;
    failures = 0;
    plan(0);
  }

  function tryAgain() {
    if (!dirty.size) return;
    if (failures && !(signIn.hidden && goOn.hidden)) renewQuietly();
    else plan(0);
  }

  async function renewQuietly() {
    try {
      await renew();
    } catch (error) {
      failed();
    }
  }

  function addressOf(control) {
    return control.name && control.name.startsWith("q_") ? control.name.slice(2) : "";
  }

  // The page came because the server did not take these: what stands in their fields is not saved.
  function keepRefused() {
    Object.entries(JSON.parse(form.dataset.refused || "{}")).forEach(function ([address, words]) {
      dirty.add(address);
      refused.set(address, words);
      store.put(address);
    });
    if (refused.size) tellRefused();
  }

  // What was kept in this browser and never arrived stands in its field again, and is sent.
  function restore() {
    let count = 0;
    kept.all().forEach(function (text) {
      const address = text.address;
      if (!marker(address) || refused.has(address)) return;
      if (JSON.stringify(text.values) === JSON.stringify(valuesOf(address))) return kept.drop(address);
      // With the version that its writer had read: where a colleague has written since, both texts are shown.
      marker(address).value = String(text.version);
      setValues(address, text.values);
      dirty.add(address);
      store.put(address);
      count += 1;
    });
    if (count) {
      show("trouble", box.dataset.restored, true);
      plan(0);
    }
  }

  form.addEventListener("input", function (event) {
    const address = addressOf(event.target);
    if (address) changed(address);
  });
  form.addEventListener("submit", function () {
    clearTimeout(timer);
    failures = 1;
    // Kept until the server has answered that it is saved; see forget.js.
    dirty.forEach((address) => store.put(address, form.getAttribute("action")));
    if (!store.isOn) return;
    try {
      sessionStorage.setItem("skolemerke-sent", form.getAttribute("action"));
    } catch (error) {
      store.isOn = false;
    }
  });
  both.addEventListener("click", function () {
    form.requestSubmit();
  });
  window.addEventListener("online", tryAgain);
  window.addEventListener("focus", tryAgain);
  document.addEventListener("visibilitychange", function () {
    // The page may be closed next: what was written goes out at once, and outlives the page.
    if (document.visibilityState === "hidden" && dirty.size) send(true);
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) tryAgain();
  });
  keepRefused();
  restore();
})();
