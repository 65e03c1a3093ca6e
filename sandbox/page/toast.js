// Short words over a phone that go by themselves, and alerts that wait to be read.

import { el } from "/page/elements.js";
import { say } from "/page/words.js";

const SHOWN = 3500; // milliseconds, and more for long ones
const PER_CHARACTER = 60;

export class Toasts {
  constructor(host) {
    this._host = host;
    this._lines = el("div", { class: "toasts", role: "status", "aria-live": "polite" });
    host.append(this._lines);
  }

  /** Say something for a moment. */
  show(text, kind = "") {
    const line = el("div", { class: `toast ${kind}` }, text);
    while (this._lines.children.length >= 3) this._lines.firstChild.remove();
    this._lines.append(line);
    setTimeout(() => line.remove(), SHOWN + text.length * PER_CHARACTER);
  }

  /** Say something that has to be closed. */
  alert(text, name) {
    const before = document.activeElement;
    const ok = el("button", { type: "button", class: "primary", onclick: () => close() }, say("ok"));
    const words = el("p", {}, text);
    const box = el("div", { class: "alert", role: "alertdialog", "aria-modal": "true", "aria-label": name }, words, ok);
    const shade = el("div", { class: "alert-shade", onkeydown: (event) => event.key === "Escape" && close() }, box);
    function close() {
      shade.remove();
      if (before && before.isConnected) before.focus();
    }
    this._host.append(shade);
    ok.focus();
  }
}
