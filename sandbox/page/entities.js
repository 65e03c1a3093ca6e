// Text with entities: offsets count UTF-16 units, as strings of this language do.

import { el } from "/page/elements.js";

const PLAIN = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};
const LINKS = new Set(["url", "text_link", "email", "mention", "bot_command", "text_mention"]);

/**
 * The nodes of a text. `follow(kind, target)` is called when somebody clicks a link: a url, a mention, a bot_command, or a
 * text_mention, whose target is a person's number.
 */
export function rich(text, entities, follow) {
  const sorted = [...(entities || [])]
    .filter((entity) => entity.offset >= 0 && entity.length > 0 && entity.offset < text.length)
    .sort((a, b) => a.offset - b.offset || b.length - a.length);
  return nodes(text, sorted, 0, text.length, follow);
}

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

function nodes(text, entities, from, to, follow) {
  const result = [];
  let at = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    if (entity.offset < at) continue; // inside or across one that was drawn
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset >= to) break;
    const inner = entities.slice(index + 1).filter((other) => other.offset < end);
    const block = BLOCKS.has(entity.type);
    const before = text.slice(at, entity.offset);
    if (before) result.push(block ? before.replace(/\n$/, "") : before); // a block begins a line by itself
    result.push(wrapped(entity, text.slice(entity.offset, end), nodes(text, inner, entity.offset, end, follow), follow));
    at = block && text[end] === "\n" ? end + 1 : end;
  }
  if (at < to) result.push(text.slice(at, to));
  return result;
}

function wrapped(entity, shown, children, follow) {
  if (PLAIN[entity.type]) return el(PLAIN[entity.type], {}, ...children);
  if (entity.type === "spoiler") {
    return el(
      "button",
      { type: "button", class: "spoiler", "aria-expanded": "false", onclick: (event) => uncover(event.currentTarget) },
      ...children,
    );
  }
  if (LINKS.has(entity.type)) {
    const target = { text_link: entity.url, email: `mailto:${shown}`, text_mention: entity.user && entity.user.id }[entity.type] || shown;
    const kind = { text_link: "url", email: "url" }[entity.type] || entity.type;
    const click = (event) => {
      event.preventDefault();
      follow(kind, target);
    };
    return el("a", { href: "#", class: "link", title: entity.type === "text_link" ? target : null, onclick: click }, ...children);
  }
  return el("span", { class: `entity ${entity.type.replace(/\W/g, "")}` }, ...children);
}

function uncover(spoiler) {
  spoiler.classList.add("uncovered");
  spoiler.setAttribute("aria-expanded", "true");
}
