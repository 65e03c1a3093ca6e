// One message as a bubble, or a line in the middle of the chat.

import { avatar, el, icon, iconButton } from "/page/elements.js";
import { rich } from "/page/entities.js";
import { inlineKeyboard } from "/page/keyboard.js";
import { isPicture, media, summary } from "/page/media.js";
import { clockTime } from "/page/moments.js";
import { nameOf } from "/page/world.js";
import { say } from "/page/words.js";

/**
 * The bubble of one message, or of an album of several.
 *
 * `view`: {person, group, first, last}: who looks, whether it is a group, whether it begins and ends a run of one sender.
 * `acts`: {follow(kind, target), press(message, button, element), menu(message, element, event), go(messageId)}.
 */
export function bubble(messages, view, acts) {
  const message = messages[0];
  const line = service(message);
  if (line !== null) return el("article", { class: "service", "data-message": message.message_id }, el("span", {}, line));
  const own = message.from && message.from.id === view.person && !message.sender_chat;
  const classes = ["message", own ? "own" : "other"];
  if (view.first) classes.push("first");
  if (view.last) classes.push("last");
  const worded = messages.find((one) => one.caption || one.text) || message;
  const pictures = messages.every(isPicture);
  const edited = messages.some((one) => one.edited && one.edit_date);
  const body = el("div", { class: `bubble ${edited ? "edited" : ""} ${pictures ? "picture" : ""} ${worded.text || worded.caption ? "worded" : "wordless"}` });
  if (view.group && !own && view.first) body.append(sender(message));
  if (message.reply_to_message) body.append(quote(message.reply_to_message, acts));
  const text = words(worded, acts);
  if (worded.show_caption_above_media && text) body.append(text);
  if (messages.length > 1) body.append(el("div", { class: `album of-${Math.min(messages.length, 4)}` }, messages.map(media)));
  else if (media(message)) body.append(media(message));
  if (!worded.show_caption_above_media && text) body.append(text);
  if (!text && !media(message)) body.append(el("div", { class: "text faint" }, say("unsupported")));
  body.append(meta(message, edited));
  const open = iconButton("more", say("message-menu"), (event) => acts.menu(message, event), { class: "icon-button message-menu" });
  const keys = message.reply_markup && message.reply_markup.inline_keyboard;
  if (keys) classes.push("keyed");
  const column = el(
    "div",
    { class: "column" },
    el("div", { class: "beside" }, body, open),
    keys ? inlineKeyboard(keys, (button, element) => acts.press(message, button, element)) : null,
  );
  const face = view.group && !own ? el("div", { class: "face" }, view.last ? portrait(message) : null) : null;
  return el(
    "article",
    {
      class: classes.join(" "),
      "data-message": message.message_id,
      oncontextmenu: (event) => {
        if (window.getSelection().isCollapsed && !event.target.closest("a[download]")) acts.menu(message, event);
      },
    },
    face,
    column,
  );
}

function portrait(message) {
  const author = message.sender_chat || message.from;
  return avatar(author.id, author.title || nameOf(author), author.is_bot ? "robot" : "");
}

function sender(message) {
  const author = message.sender_chat ? say("anonymous-admin") : nameOf(message.from);
  return el("div", { class: `sender ink-${Math.abs(message.from.id) % 7}` }, author);
}

function quote(replied, acts) {
  const author = replied.from ? nameOf(replied.from) : "";
  return el(
    "button",
    { type: "button", class: "quote", onclick: () => acts.go(replied.message_id) },
    el("span", { class: "strong" }, author),
    el("span", { class: "cut" }, summary(replied)),
  );
}

function words(message, acts) {
  const text = message.text || message.caption;
  if (!text) return null;
  return el("div", { class: "text" }, rich(text, message.entities || message.caption_entities, acts.follow));
}

function meta(message, edited) {
  return el(
    "span",
    { class: "meta" },
    edited ? el("span", {}, say("edited")) : null,
    el("time", {}, clockTime(message.date)),
  );
}

/** What a service message says; null for one that somebody wrote. */
function service(message) {
  const name = message.from ? nameOf(message.from) : "";
  if (message.new_chat_members) {
    const others = message.new_chat_members.map(nameOf).join("、");
    const alone = message.new_chat_members.length === 1 && message.new_chat_members[0].id === message.from.id;
    return alone ? say("joined", { name }) : say("joined-by", { name, others });
  }
  if (message.left_chat_member) {
    const other = nameOf(message.left_chat_member);
    return message.left_chat_member.id === message.from.id ? say("left", { name }) : say("left-by", { name, other });
  }
  if (message.new_chat_title) return say("retitled", { name, title: message.new_chat_title });
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return say("upgraded");
  if (message.pinned_message) return say("pinned", { name });
  if (message.group_chat_created || message.supergroup_chat_created) return say("started");
  return null;
}

/** Whether two messages that follow each other are one run of the same sender. */
export function together(before, after) {
  return (
    before !== undefined &&
    after !== undefined &&
    before.from !== undefined &&
    after.from !== undefined &&
    before.from.id === after.from.id &&
    service(before) === null &&
    service(after) === null &&
    after.date - before.date < 600
  );
}

/** The line that begins a day. */
export const dayLine = (words) => el("div", { class: "day", role: "separator" }, el("span", {}, words));

/** What is shown in a chat that was never started. */
export const welcome = (name, sentence) =>
  el("div", { class: "welcome" }, avatar(0, name, "robot"), el("strong", {}, name), el("p", {}, sentence), icon("down"));
