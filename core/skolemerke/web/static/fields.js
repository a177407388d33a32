// The fields of a section's page: what stands at the address of an answer, and what its reader calls it.
(function () {
  "use strict";

  function fieldsOf(form) {
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

    function addressOf(control) {
      return control.name && control.name.startsWith("q_") ? control.name.slice(2) : "";
    }

    function isInField(text) {
      return JSON.stringify(text.values) === JSON.stringify(valuesOf(text.address));
    }

    return { controls, marker, versionOf, valuesOf, setValues, labelOf, wordsOf, addressOf, isInField };
  }

  window.skolemerke = Object.assign(window.skolemerke || {}, { fieldsOf: fieldsOf });
})();
