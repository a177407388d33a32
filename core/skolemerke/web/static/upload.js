// Sends files in pieces as soon as they are chosen, one after the other, and goes on where it stopped.
// Without it the button of the page sends a file with the answers. The server decides what is taken.
(function () {
  "use strict";

  const form = document.querySelector("form[data-uploads]");
  const words = document.getElementById("upload-spoken");
  if (!form || !words || !window.fetch || !window.crypto || !window.crypto.subtle) return;

  const FIRST_PIECE = 64 * 1024;
  const QUICK_MS = 1500;
  const RETRY_MS = [2000, 4000, 8000, 15000, 30000];
  const TRIES = 3;
  // What is larger is refused by its size; it is not read for that.
  const READ_AT_MOST = 100 * 1024 * 1024;
  const NOTE = "skolemerke-uploads:" + form.dataset.key;
  const keeps = form.dataset.buffer === "local";
  const queue = [];
  let isBusy = false;
  let wake = null;

  function say(name, figures) {
    return Object.entries(figures || {}).reduce(
      (text, [key, value]) => text.replace("{" + key + "}", () => value),
      words.dataset[name]
    );
  }

  function speak(text) {
    words.textContent = text;
  }

  function megabytes(bytes) {
    const figures = { maximumFractionDigits: 1, minimumFractionDigits: 1 };
    // Browsers that know no nynorsk know bokmål, whose figures are the same.
    return (bytes / 1e6).toLocaleString([document.documentElement.lang, "nb"], figures);
  }

  // What was begun and not finished, so that the page can say so when it is loaded again. A shared computer keeps none.
  const notes = {
    all: function () {
      try {
        return JSON.parse(sessionStorage.getItem(NOTE) || "[]");
      } catch (error) {
        return [];
      }
    },
    keep: function (list) {
      if (!keeps) return;
      try {
        sessionStorage.setItem(NOTE, JSON.stringify(list));
      } catch (error) {
        // Then the page says nothing of it; choosing the file again goes on all the same.
      }
    },
    add: function (item) {
      this.keep(this.all().filter((one) => one.id !== item.id).concat({ id: item.id, name: item.name, field: item.field }));
    },
    drop: function (id) {
      this.keep(this.all().filter((one) => one.id !== id));
    },
  };

  function element(name, attributes, text) {
    const made = document.createElement(name);
    Object.entries(attributes || {}).forEach(([key, value]) => made.setAttribute(key, value));
    if (text) made.textContent = text;
    return made;
  }

  function button(word, name, action) {
    const made = element("button", { type: "button", class: "link" }, word);
    made.append(element("span", { class: "visually-hidden" }, " " + name));
    made.addEventListener("click", action);
    return made;
  }

  // One file on the page: its line, and where it stands.
  function itemOf(input, name, file) {
    const box = input.closest(".evidence");
    const row = element("li");
    const title = element("span", { class: "uploads__name" });
    title.append(element("bdi", {}, name));
    const line = element("span", { class: "uploads__line" });
    const told = element("span", { class: "hint" });
    line.append(told);
    row.append(title, line);
    let list = box.querySelector(".uploads");
    if (!list) {
      list = element("ul", { class: "uploads" });
      box.querySelector(".evidence__title").after(list);
    }
    list.append(row);
    return { box, input, field: input.id, name, file, row, line, told, id: "", progress: null, control: null };
  }

  function leave(item) {
    const hadFocus = item.row.contains(document.activeElement);
    const list = item.row.parentElement;
    item.row.remove();
    if (list && !list.children.length) list.remove();
    if (hadFocus) item.box.querySelector(".evidence__title").focus();
  }

  function show(item, done) {
    if (!item.progress) {
      item.progress = element("progress", { max: item.file.size, "aria-label": item.name });
      item.line.before(item.progress);
    }
    const wasHalf = item.progress.value * 2 >= item.file.size;
    item.progress.value = done;
    item.told.textContent = say("progress", { done: megabytes(done), all: megabytes(item.file.size) });
    if (!wasHalf && done * 2 >= item.file.size && done < item.file.size) speak(say("half", { name: item.name }));
  }

  function buttons(item, ...made) {
    const hadFocus = item.row.contains(document.activeElement);
    item.line.querySelectorAll("button").forEach((one) => one.remove());
    item.line.append(...made);
    if (hadFocus && made.length) made[0].focus();
  }

  function wrong(item, text, isAgain) {
    if (item.progress) item.progress.remove();
    item.progress = null;
    item.told.className = "field-error";
    item.told.textContent = "";
    item.told.append(element("span", { class: "visually-hidden" }, say("error") + " "), text);
    const hide = button(say("hide"), item.name, () => leave(item));
    const again = button(say("again"), item.name, function () {
      item.told.className = "hint";
      put(item);
    });
    buttons(item, ...(isAgain ? [again, hide] : [hide]));
    speak(item.name + ": " + text);
  }

  class Refused extends Error {
    constructor(text, isAgain) {
      super(text);
      this.isAgain = isAgain;
    }
  }

  function pause(delay) {
    return new Promise(function (resolve) {
      const timer = setTimeout(resolve, delay);
      wake = function () {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function token() {
    return form.elements.namedItem("csrf_token");
  }

  // The reader signed in anew: the page gets the token of the new sign-in.
  async function renew() {
    const answer = await fetch(form.dataset.autosave, { redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    if (told.key !== form.dataset.key) throw new Refused(told.another, true);
    token().value = told.token;
  }

  // Asks until it is answered: a line that is broken is waited for, and so is somebody who has to sign in again.
  async function ask(item, method, address, body) {
    for (let failures = 0; ; failures += 1) {
      if (item.isCancelled) throw new DOMException("", "AbortError");
      let trouble = "waiting";
      try {
        const isJson = typeof body === "string";
        const answer = await fetch(address, {
          method: method,
          body: body,
          redirect: "error",
          signal: item.control.signal,
          headers: { "X-CSRFToken": token().value, "Content-Type": isJson ? "application/json" : "application/octet-stream" },
        });
        if (answer.ok || answer.status === 404 || answer.status === 409) return { status: answer.status, ...(await answer.json()) };
        if (answer.status === 422) {
          const told = await answer.json();
          throw new Refused(told.said, told.again);
        }
        if (answer.status === 413) throw new Refused(say("gone"), false);
        if (answer.status === 401) trouble = "signedOut";
        if (answer.status === 400 || answer.status === 401) {
          await renew();
          if (failures < TRIES) continue;
        }
      } catch (error) {
        if (error instanceof Refused || error.name === "AbortError") throw error;
      }
      if (item.told.textContent !== say(trouble)) {
        item.told.textContent = say(trouble);
        speak(say(trouble));
      }
      await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
    }
  }

  async function digest(file) {
    if (file.size > READ_AT_MOST) return "0".repeat(64);
    const found = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return Array.from(new Uint8Array(found), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function begin(item) {
    const told = { question: item.input.name.slice(5), name: item.name, size: item.file.size, sha256: item.sha256 };
    const begun = await ask(item, "POST", form.dataset.uploads, JSON.stringify(told));
    if (begun.status === 404) throw new Refused(say("gone"), false);
    item.id = begun.id;
    document.querySelectorAll('[data-left="' + begun.id + '"]').forEach((one) => one.remove());
    notes.add(item);
    return begun;
  }

  async function pieces(item, received, largest) {
    const address = form.dataset.uploads + "/uploads/" + item.id;
    let step = FIRST_PIECE;
    while (received < item.file.size) {
      show(item, received);
      const began = Date.now();
      const piece = item.file.slice(received, received + step);
      const told = await ask(item, "PUT", address + "?offset=" + received, piece);
      if (told.status === 404) return null;
      received = told.received;
      // As large as the line carries in a moment: little is sent twice when it breaks.
      step = Date.now() - began < QUICK_MS ? Math.min(step * 2, largest) : Math.max(FIRST_PIECE, step / 2);
    }
    show(item, received);
    item.told.textContent = say("keeping");
    const kept = await ask(item, "POST", address);
    return kept.status === 404 ? null : kept;
  }

  async function send(item) {
    item.control = new AbortController();
    show(item, 0);
    speak(say("sending", { name: item.name }));
    try {
      item.sha256 = await digest(item.file);
    } catch (error) {
      throw new Refused(say("changed"), true);
    }
    for (let rounds = 0; rounds < TRIES; rounds += 1) {
      let told = await begin(item);
      if (!told.piece) told = await pieces(item, told.received, told.largest);
      // Not the file that was begun, or swept meanwhile: once more from where it stands.
      if (told && told.piece) return added(item, told.piece);
    }
    throw new Refused(say("changed"), true);
  }

  function added(item, markup) {
    notes.drop(item.id);
    let list = item.box.querySelector(".pieces");
    if (!list) {
      list = element("ul", { class: "pieces" });
      item.box.querySelector(".evidence__title").after(list);
    }
    const made = element("template");
    // The server's own words, escaped by it.
    made.innerHTML = markup;
    const id = made.content.querySelector("button").value;
    if (!list.querySelector('button[value="' + id + '"]')) list.append(made.content);
    leave(item);
    if (item.box.dataset.takes === "one") item.box.querySelector("details").hidden = true;
    speak(say("added", { name: item.name }));
  }

  async function work() {
    if (isBusy) return;
    isBusy = true;
    while (queue.length) {
      const item = queue[0];
      try {
        await send(item);
      } catch (error) {
        if (error.name !== "AbortError") {
          if (!error.isAgain) notes.drop(item.id);
          wrong(item, error instanceof Refused ? error.message : say("changed"), error.isAgain !== false);
        }
      }
      queue.splice(queue.indexOf(item), 1);
    }
    isBusy = false;
  }

  function put(item) {
    buttons(item, button(say("cancel"), item.name, () => cancel(item)));
    item.told.textContent = say("turn");
    item.control = null;
    queue.push(item);
    work();
  }

  function forget(id) {
    notes.drop(id);
    const headers = { "X-CSRFToken": token().value };
    // What can't be told now is swept away by the server in time.
    if (id) fetch(form.dataset.uploads + "/uploads/" + id, { method: "DELETE", headers: headers, keepalive: true }).catch(() => {});
  }

  function cancel(item) {
    item.isCancelled = true;
    if (item.control) item.control.abort();
    else queue.splice(queue.indexOf(item), 1);
    if (wake) wake();
    forget(item.id);
    leave(item);
  }

  function take(input, files) {
    const isSeveral = input.closest(".evidence").dataset.takes === "several";
    input.closest(".evidence").dataset.sent = "yes";
    Array.from(files)
      .slice(0, isSeveral ? undefined : 1)
      .forEach((file) => put(itemOf(input, file.name, file)));
  }

  function watch(input) {
    const box = input.closest(".evidence");
    input.multiple = box.dataset.takes === "several";
    const hint = document.getElementById(input.id + "-hint");
    hint.append(" " + say("atOnce"));
    if (window.matchMedia("(pointer: fine)").matches) hint.append(" " + say("drop"));
    input.addEventListener("change", function () {
      take(input, input.files);
      // Sent already: the button of the page does not send it again.
      input.value = "";
    });
    // Who presses the button after choosing a file has nothing more to send: the file is saved already, or on its way.
    box.querySelector('button[value^="evidence:"]').addEventListener("click", function (event) {
      const typed = Array.from(box.querySelectorAll('input[name^="link_"], select')).some((one) => one.value.trim());
      if (box.dataset.sent && !typed) event.preventDefault();
    });
    const holdsFiles = (event) => event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
    box.addEventListener("dragover", function (event) {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      box.classList.add("evidence--over");
    });
    box.addEventListener("dragleave", () => box.classList.remove("evidence--over"));
    box.addEventListener("drop", function (event) {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      box.classList.remove("evidence--over");
      if (!box.querySelector("details").hidden) take(input, event.dataTransfer.files);
    });
  }

  // What was under way when the page was left.
  function remind() {
    notes.all().forEach(function (left) {
      const input = document.getElementById(left.field);
      if (!input) return;
      const item = itemOf(input, left.name, null);
      item.row.dataset.left = left.id;
      item.told.textContent = say("left", { name: left.name });
      buttons(item, button(say("cancel"), left.name, function () {
        forget(left.id);
        leave(item);
      }));
    });
  }

  form.querySelectorAll('.evidence input[type="file"]').forEach(watch);
  window.addEventListener("online", () => wake && wake());
  window.addEventListener("focus", () => wake && wake());
  window.addEventListener("beforeunload", function (event) {
    if (queue.length) event.preventDefault();
  });
  remind();
})();
