// Lists to choose from, and questions: over one phone, or over the page.

import { el, icon } from "/page/elements.js";
import { say } from "/page/words.js";

/**
 * A list of choices over `host`, closed by choosing, by Escape and by a click elsewhere.
 *
 * Choices are {label, icon?, note?, badge?, face?, current?, danger?, act} or {heading}. `at` is {x, y} within the host, or absent
 * for the upper edge; `low` puts the list at the lower edge.
 */
export function openSheet(host, choices, { label, at, low } = {}) {
  closeSheet(host);
  const before = document.activeElement;
  const list = el("div", { class: `sheet ${low ? "low" : ""} ${at ? "floating" : ""}`, role: "menu", "aria-label": label });
  for (const choice of choices) list.append(choice.heading ? el("div", { class: "heading" }, choice.heading) : item(choice, close));
  const shade = el("div", { class: `shade ${at ? "clear" : ""}`, onclick: (event) => event.target === shade && close() }, list);
  shade.addEventListener("contextmenu", (event) => event.preventDefault());
  shade.addEventListener("keydown", (event) => {
    const items = [...list.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") close();
    else if (step) items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    else if (event.key === "Tab") close();
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  });
  host.append(shade);
  if (at) {
    list.style.left = `${Math.max(6, Math.min(at.x, host.clientWidth - list.offsetWidth - 6))}px`;
    list.style.top = `${Math.max(6, Math.min(at.y, host.clientHeight - list.offsetHeight - 6))}px`;
  }
  const first = list.querySelector("[aria-current]") || list.querySelector("button");
  if (first) first.focus({ preventScroll: false });

  function close() {
    if (!shade.isConnected) return;
    const had = shade.contains(document.activeElement);
    shade.remove();
    if (had && before && before.isConnected) before.focus();
  }
}

/** Close whatever list is open over `host`. */
export function closeSheet(host) {
  for (const child of [...host.children]) if (child.classList.contains("shade")) child.remove();
}

function item(choice, close) {
  return el(
    "button",
    {
      type: "button",
      role: "menuitem",
      class: choice.danger ? "danger" : null,
      "aria-current": choice.current ? "true" : null,
      onclick: () => {
        close();
        choice.act();
      },
    },
    choice.face || (choice.icon ? icon(choice.icon) : null),
    el("span", { class: "label" }, el("span", {}, choice.label), choice.note ? el("span", { class: "note" }, choice.note) : null),
    choice.badge ? el("span", { class: "badge" }, String(choice.badge)) : null,
  );
}

/**
 * A dialog with a form: `fields` are [name, label, value, facts], `sure` the word on its button.
 *
 * Resolves with the values, or null when it was closed.
 */
export function askFor({ title, fields = [], sure = say("ok"), more = [] }) {
  return new Promise((resolve) => {
    let values = null;
    const inputs = fields.map(([name, , value, facts = {}]) => el("input", { name, value, autocomplete: "off", ...facts }));
    const form = el(
      "form",
      {
        method: "dialog",
        onsubmit: () => {
          values = Object.fromEntries(inputs.map((input) => [input.name, input.value]));
        },
      },
      el("h2", {}, title),
      fields.map(([, label], index) => el("label", {}, el("span", {}, label), inputs[index])),
      more,
      el(
        "div",
        { class: "buttons" },
        el("button", { type: "button", class: "plain", onclick: () => dialog.close() }, say("cancel")),
        el("button", { type: "submit", class: "primary" }, sure),
      ),
    );
    const dialog = openDialog(title, form, () => resolve(values));
  });
}

/** A dialog with any content; `closed` is called once it is gone. */
export function openDialog(label, content, closed = () => {}) {
  const dialog = el("dialog", {
    class: "dialog",
    "aria-label": label,
    onclose: () => {
      dialog.remove();
      closed();
    },
    onclick: (event) => event.target === dialog && dialog.close(),
  });
  dialog.append(el("div", { class: "inside" }, content));
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
