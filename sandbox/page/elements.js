// Elements of the page. Words go in as text, never as markup, so that nothing anybody writes becomes anything but text.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  attach: "M20 11.500l-8.200 8.200a5 5 0 0 1-7.100-7.100l8.900-8.900a3.400 3.400 0 0 1 4.800 4.800l-8.900 8.900a1.700 1.700 0 0 1-2.400-2.400l8-8",
  back: "M15 5l-7 7 7 7",
  calls: "M8 6l-5 6 5 6M16 6l5 6-5 6",
  close: "M6 6l12 12M18 6L6 18",
  commands: "M4 7h16M4 12h16M4 17h10",
  down: "M12 5v14M6 13l6 6 6-6",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  keyboard: "M3 7h18v10H3zM6 10h.01M10 10h.01M14 10h.01M18 10h.01M7 14h10",
  more: "M12 5h.01M12 12h.01M12 19h.01",
  next: "M9 5l7 7-7 7",
  open: "M6 9l6 6 6-6",
  outside: "M8 16L17 7M10 7h7v7",
  pause: "M9 6v12M15 6v12",
  people: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20a6.500 6.500 0 0 1 13 0M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.500a6.500 6.500 0 0 1 3.500 5.500",
  phone: "M8 2.500h8a2 2 0 0 1 2 2v15a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2v-15a2 2 0 0 1 2-2zM11 18.500h2",
  photo: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9h.01",
  pin: "M12 21s7-6.200 7-11.500a7 7 0 0 0-14 0C5 14.800 12 21 12 21zM12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  play: "M8 5l11 7-11 7z",
  plus: "M12 5v14M5 12h14",
  reply: "M10 6l-6 6 6 6M4 12h9a7 7 0 0 1 7 7",
  send: "M12 19V5M6 11l6-6 6 6",
  tour: "M12 3l2.500 5.700 6.200.6-4.700 4.100 1.400 6.100L12 16.300 6.600 19.500 8 13.400 3.300 9.300l6.200-.6z",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20.500a8 8 0 0 1 16 0",
  voice: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5.500 11a6.500 6.500 0 0 0 13 0M12 17.500V21",
};

/** An element: `on…` are listeners, `class` and the like attributes, true and false switch; children are nodes or text. */
export function el(tag, facts = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** One of our line drawings. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button that is a picture; its label is read aloud and shown on hover. */
export function iconButton(name, label, onclick, facts = {}) {
  return el("button", { type: "button", class: "icon-button", title: label, "aria-label": label, onclick, ...facts }, icon(name));
}

/** A round picture with the letter of a name. */
export function avatar(id, name, kind = "") {
  const letters = Array.from(name.replace(/^[小老阿](?=.)/u, "").trim() || "?");
  return el("span", { class: `avatar tint-${Math.abs(id) % 7} ${kind}`, "aria-hidden": "true" }, letters[0].toUpperCase());
}

/** Put new children in place of the old ones. */
export function fill(element, ...children) {
  element.textContent = "";
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
}
