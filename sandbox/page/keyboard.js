// Keyboards that bots put under messages, and in place of the letters.

import { el, fill, icon } from "/page/elements.js";

/** Buttons under a message; `press(button, element)` is told which. */
export function inlineKeyboard(rows, press) {
  return el(
    "div",
    { class: "inline-keyboard", role: "group" },
    rows.map((row) =>
      el(
        "div",
        { class: "keys" },
        row.map((button) => inlineKey(button, press)),
      ),
    ),
  );
}

function inlineKey(button, press) {
  const works = ["callback_data", "url", "copy_text"].some((kind) => button[kind] !== undefined);
  return el(
    "button",
    {
      type: "button",
      class: `key ${styleOf(button)}`,
      disabled: !works,
      title: button.url || null,
      onclick: (event) => press(button, event.currentTarget),
    },
    el("span", {}, button.text),
    button.url ? icon("outside") : null,
  );
}

/** Buttons below the composer. */
export function replyKeyboard(element, markup, press) {
  fill(
    element,
    markup.keyboard.map((row) =>
      el(
        "div",
        { class: "keys" },
        row.map((button) =>
          el("button", { type: "button", class: `key ${styleOf(button)}`, onclick: () => press(button) }, el("span", {}, button.text)),
        ),
      ),
    ),
  );
}

const styleOf = (button) => (["primary", "success", "danger"].includes(button.style) ? button.style : "");

/** What the newest messages want below the composer: a keyboard, an answer to one of them, or nothing. */
export function wanted(messages, bots) {
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const { reply_markup: markup, from } = messages[index];
    if (!markup || !from || !bots.some((bot) => bot.id === from.id)) continue;
    if (markup.remove_keyboard) return null;
    if (markup.keyboard || markup.force_reply) return { markup, message: messages[index] };
  }
  return null;
}

/** The newest button whose words begin like this, whatever picture they wear. */
export function findButton(messages, label, after = 0) {
  const begins = ({ text }) => text.startsWith(label) || text.slice(text.indexOf(" ") + 1).startsWith(label);
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (message.message_id <= after) return null;
    const rows = (message.reply_markup && message.reply_markup.inline_keyboard) || [];
    const button = rows.flat().find((key) => key.callback_data !== undefined && begins(key));
    if (button) return { message, button };
  }
  return null;
}
