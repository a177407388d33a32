// Saves while somebody writes, and keeps in this browser what could not be saved yet. The buttons of the page stay.
(function () {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  const box = document.getElementById("autosave");
  if (!form || !box || !window.fetch || !window.FormData) return;

  const PAUSE_MS = 2000;
  const LONGEST_MS = 8000;
  const RETRY_MS = [3000, 5000, 10000, 20000, 30000];
  const { controls, marker, versionOf, valuesOf, setValues, labelOf, wordsOf, addressOf, isInField } =
    window.skolemerke.fieldsOf(form);
  let kept = window.skolemerke.keptOf(form.dataset.key);
  const line = document.getElementById("autosave-line");
  const writing = document.getElementById("autosave-writing");
  const spoken = document.getElementById("autosave-spoken");
  const signIn = document.getElementById("autosave-sign-in");
  const goOn = document.getElementById("autosave-go-on");
  const both = document.getElementById("autosave-both");
  const dirty = new Set();
  // What stands in a field and was kept by a page that is gone: the name under which that page had kept it.
  const origins = new Map();
  // Other texts of the same answers, which were kept by other pages.
  let others = [];
  const clashing = new Set();
  // What the server does not take, with why: it stays told and unsaved until it is changed.
  const refused = new Map();
  let timer = 0;
  const writtenAt = new Map();
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
      // When it was written, not when it was put there: all that is sent together is put there at one time.
      const at = writtenAt.get(address) || Date.now();
      const text = { values: valuesOf(address), version: versionOf(address), sent: sent || "", label, words, at };
      this.isOn = kept.put(page(), address, text);
      // What another page had left stands in this one's name now.
      if (this.isOn) this.dropOrigin(address);
    },
    drop: function (address) {
      this.dropOrigin(address);
      kept.all().forEach(function (text) {
        if (text.address === address && (text.page === page() || isInField(text))) kept.drop(text.name);
      });
    },
    dropOrigin: function (address) {
      if (origins.has(address)) kept.drop(origins.get(address));
      origins.delete(address);
    },
  };

  function page() {
    return form.elements.namedItem("page").value;
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
    writtenAt.set(address, Date.now());
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
      store.drop(address);
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
    else if (!clashing.size) show("saved", told.saved, false);
    // Only what is new is put there, so that it is heard once.
    if (writing.textContent !== told.writing) writing.textContent = told.writing;
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
    writing.textContent = "";
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
    dirty.forEach((address) => store.drop(address));
    form.elements.namedItem("writer").value = told.writer;
    form.dataset.key = told.key;
    kept = window.skolemerke.keptOf(told.key);
    dirty.forEach((address) => store.put(address));
    others = [];
    offer();
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

  // The page came because the server did not take these: what stands in their fields is not saved.
  function keepRefused() {
    Object.entries(JSON.parse(form.dataset.refused || "{}")).forEach(function ([address, words]) {
      dirty.add(address);
      refused.set(address, words);
      store.drop(address);
      store.put(address);
    });
    if (refused.size) tellRefused();
  }

  // What was kept in this browser and never arrived stands in its field again, and is sent. Where several pages had kept
  // a text of the same answer it is the newest; the others are offered.
  function restore() {
    const found = kept.all().filter((text) => marker(text.address));
    found.forEach(function (text) {
      if (isInField(text) && !refused.has(text.address)) kept.drop(text.name);
      else if (!dirty.has(text.address)) putBack(text);
      else if (!isInField(text) && text.words.trim()) others.push(text);
    });
    if (dirty.size > refused.size) {
      show("trouble", box.dataset.restored, true);
      plan(0);
    }
    offer();
  }

  function putBack(text) {
    // With the version that its writer had read: where a colleague has written since, both texts are shown.
    marker(text.address).value = String(text.version);
    origins.set(text.address, text.name);
    setValues(text.address, text.values);
    dirty.add(text.address);
  }

  function offer() {
    window.skolemerke.listKept(others, { drop: letGo, use: exchange, add: combine });
  }

  function letGo(text) {
    kept.drop(text.name);
    others = others.filter((one) => one !== text);
    offer();
  }

  // The text takes the place of the one in the field, and that one its place in the list.
  function exchange(text) {
    const { address, label, page, name, at } = text;
    const instead = { values: valuesOf(address), words: wordsOf(address), version: text.version, label, at };
    if (store.isOn) kept.put(page, address, instead);
    else kept.drop(name);
    others[others.indexOf(text)] = { ...instead, address, page, name };
    write(address, text.values);
  }

  function combine(text) {
    const values = valuesOf(text.address);
    const written = values[0] ? [values[0] + "\n\n" + text.values[0]] : text.values;
    write(text.address, written);
    letGo(text);
  }

  function write(address, values) {
    setValues(address, values);
    changed(address);
    offer();
    controls(address).find((one) => one.type !== "hidden").focus();
  }

  form.addEventListener("input", function (event) {
    const address = addressOf(event.target);
    if (address) changed(address);
  });
  form.addEventListener("submit", function () {
    clearTimeout(timer);
    failures = 1;
    // Kept until the server has answered that it is saved; see forget.js.
    const sent = form.getAttribute("action") + "#" + page();
    dirty.forEach((address) => store.put(address, sent));
    if (!store.isOn) return;
    try {
      sessionStorage.setItem("skolemerke-sent", sent);
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
