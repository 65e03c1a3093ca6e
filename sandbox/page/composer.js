// The lower edge of a phone: what its person writes, sends, and is offered instead.

import { el, fill, icon, iconButton } from "/page/elements.js";
import { replyKeyboard, wanted } from "/page/keyboard.js";
import { summary } from "/page/media.js";
import { askFor, openSheet } from "/page/sheet.js";
import { base64, get, photo } from "/page/telegram.js";
import { nameOf } from "/page/world.js";
import { say } from "/page/words.js";

const OWN_NUMBER = "+8613900000000";

export class Composer {
  /** `phone`: {person, key, chat, world, root, send(content), change(messageId, content), failed(error), showEnd()}. */
  constructor(phone) {
    this._phone = phone;
    this._drafts = new Map();
    this._key = "";
    this._about = null; // {kind: "reply" | "edit", message}
    this._keyboardFor = ""; // the chat and message whose keyboard is shown
    this._folded = ""; // the one that was folded away
    this._forced = ""; // the message that wanted an answer last
    this._strip = el("div", { class: "strip", hidden: true });
    this._input = el("textarea", {
      rows: 1,
      maxlength: 4096,
      oninput: () => this._typed(),
      onkeydown: (event) => this._pressed(event),
      onpaste: (event) => this._pasted(event),
    });
    this._file = el("input", { type: "file", hidden: true, "aria-hidden": "true", tabindex: "-1", onchange: () => this._chosen() });
    this._commands = iconButton("commands", say("commands"), () => this._openCommands());
    this._fold = iconButton("keyboard", say("keyboard"), () => this._foldKeyboard(), { hidden: true });
    this._send = iconButton("send", say("send"), () => this._submit(), { class: "icon-button send", disabled: true });
    this._line = el(
      "div",
      { class: "line" },
      iconButton("attach", say("attach"), () => this._openAttach()),
      this._commands,
      this._input,
      this._fold,
      this._send,
      this._file,
    );
    this._keys = el("div", { class: "reply-keyboard", hidden: true });
    this._instead = el("div", { class: "instead", hidden: true });
    this.root = el("div", { class: "composer" }, this._strip, this._line, this._keys, this._instead);
  }

  /** Show what this person can do in this chat now. */
  draw() {
    const { key, person, chat, world } = this._phone;
    const window = `${person} ${key}`;
    if (window !== this._key) {
      if (this._key) this._drafts.set(this._key, this._input.value);
      this._key = window;
      this._about = null;
      this._input.value = this._drafts.get(window) || "";
      this._typed();
    }
    const instead = this._offered();
    this._line.hidden = instead !== null;
    this._strip.hidden = instead !== null || this._about === null;
    this._instead.hidden = instead === null;
    if (instead) fill(this._instead, instead);
    this._drawStrip();
    this._drawKeyboard(instead !== null);
    const name = chat && chat.id < 0 ? chat.title : nameOf(world.botOf(chat && chat.bot) || { first_name: say("bot") });
    this._input.placeholder = this._placeholder || say("message-to", { name });
    this._input.setAttribute("aria-label", say("message-to", { name }));
    this._commands.hidden = Boolean(chat && chat.id < 0 && !world.present(chat).some((member) => member.user.is_bot));
  }

  /** What stands in place of the composer, if anything. */
  _offered() {
    const { person, chat, world, payload } = this._phone;
    const button = (label, act, kind = "") => el("button", { type: "button", class: `wide ${kind}`, onclick: act }, label);
    if (chat === undefined) return world.bot === null ? el("p", {}, say("waiting-for-bot")) : button(say("start"), () => this._start());
    if (chat.id < 0) {
      const member = world.memberOf(chat, person);
      if (!member) return button(say("join"), () => this._phone.join());
      return member.status === "restricted" && !member.can_send_messages ? el("p", {}, say("cannot-write")) : null;
    }
    if (chat.blocked) return button(say("unblock"), () => this._phone.block(false));
    return chat.started && payload === null ? null : button(say("start"), () => this._start());
  }

  _start() {
    const { payload } = this._phone;
    this._phone.forgetPayload();
    this._phone.send({ text: payload ? `/start ${payload}` : "/start" });
  }

  _drawKeyboard(hidden) {
    const { key, world } = this._phone;
    const found = hidden ? null : wanted(world.messages(key), world.bots);
    const markup = found && found.markup;
    this._placeholder = markup && markup.input_field_placeholder;
    const of = found ? `${key} ${found.message.message_id}` : "";
    const id = found && markup.keyboard ? of : "";
    this._fold.hidden = id === "";
    this._keys.hidden = id === "" || this._folded === id;
    this._fold.setAttribute("aria-expanded", String(!this._keys.hidden));
    this._fold.title = say(this._keys.hidden ? "keyboard" : "keyboard-hide");
    if (id && id !== this._keyboardFor) {
      replyKeyboard(this._keys, markup, (button) => this._pressedKey(button, markup, id));
      this._keys.classList.toggle("tall", !markup.resize_keyboard);
    }
    this._keyboardFor = id;
    if (markup && markup.force_reply && this._about === null && this._forced !== of) {
      this._forced = of;
      this.answer(found.message);
    }
  }

  _foldKeyboard() {
    this._folded = this._keys.hidden ? "" : this._keyboardFor;
    this.draw();
  }

  async _pressedKey(button, markup, id) {
    if (button.request_contact) await this._sendContact();
    else if (button.request_location) await this._sendLocation();
    else this._phone.send({ text: button.text });
    if (markup.one_time_keyboard) {
      this._folded = id;
      this.draw();
    }
  }

  // --- writing

  _typed() {
    this._input.style.height = "auto";
    if (this._input.value) this._input.style.height = `${Math.min(this._input.scrollHeight, 132)}px`;
    this._send.disabled = this._input.value.trim() === "";
  }

  _pressed(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      this._submit();
    } else if (event.key === "Escape" && this._about) {
      event.preventDefault();
      this._drop();
    }
  }

  async _submit() {
    const text = this._input.value.trim();
    if (!text) return;
    const about = this._about;
    const window = this._key;
    this._input.value = "";
    this._drop();
    let sent;
    if (about && about.kind === "edit") {
      const name = about.message.text === undefined ? "caption" : "text";
      sent = await this._phone.change(about.message.message_id, { [name]: text });
    } else {
      sent = await this._phone.send({ text, ...this._replyTo(about) });
    }
    if (!sent && this._key === window && this._input.value === "") {
      this._input.value = text; // nothing typed is lost
      this._about = about;
      this._typed();
      this.draw();
    }
  }

  _replyTo(about) {
    return about && about.kind === "reply" ? { reply_to_message_id: about.message.message_id } : {};
  }

  /** Answer a message. */
  answer(message) {
    this._about = { kind: "reply", message };
    this.draw();
    this._input.focus();
  }

  /** Correct a message. */
  correct(message) {
    this._about = { kind: "edit", message };
    this._input.value = message.text || message.caption || "";
    this._typed();
    this.draw();
    this._input.focus();
  }

  _drop() {
    if (this._about && this._about.kind === "edit") this._input.value = "";
    this._about = null;
    this._typed();
    this.draw();
  }

  _drawStrip() {
    if (this._about === null) return;
    const { kind, message } = this._about;
    const title = kind === "edit" ? say("editing") : say("replying", { name: message.from ? nameOf(message.from) : "" });
    fill(
      this._strip,
      icon(kind),
      el("div", { class: "about" }, el("span", { class: "strong" }, title), el("span", { class: "cut" }, summary(message))),
      iconButton("close", say("cancel"), () => this._drop()),
    );
  }

  // --- everything but words

  _openAttach() {
    const pick = (accept, kind) => () => {
      this._file.accept = accept;
      this._wanted = kind;
      this._file.value = "";
      this._file.click();
    };
    const choices = [
      { icon: "photo", label: say("photo"), act: pick("image/*", "photo") },
      { icon: "photo", label: say("photo-sample"), act: () => this._sendMedia({ photo: true }) },
      { icon: "photo", label: say("album"), act: () => this._sendAlbum() },
      { icon: "voice", label: say("voice-sample"), act: () => this._sendMedia({ voice: true }) },
      { icon: "pin", label: say("location"), act: () => this._sendLocation() },
      { icon: "user", label: say("contact"), act: () => this._sendContact() },
      { icon: "file", label: say("file"), act: pick("", "document") },
    ];
    openSheet(this._phone.root, choices, { label: say("attach"), low: true });
  }

  /** Send media, with what is typed as its caption. */
  async _sendMedia(content) {
    const caption = this._input.value.trim();
    const about = this._about && this._about.kind === "reply" ? this._about : null;
    const sent = await this._phone.send({ ...content, ...(caption ? { caption } : {}), ...this._replyTo(about) });
    if (sent && caption) this._input.value = "";
    if (sent) this._drop();
  }

  _sendAlbum() {
    const caption = this._input.value.trim();
    this._input.value = "";
    this._typed();
    this._phone.send({ media_group: [{ photo: true, ...(caption ? { caption } : {}) }, { photo: true }] });
  }

  async _chosen() {
    const file = this._file.files[0];
    if (!file) return;
    if (this._wanted === "photo") await this._sendPicture(file);
    else {
      await this._guarded(async () => {
        const mime = file.type || "application/octet-stream";
        await this._sendMedia({ document: { data: await base64(file), file_name: file.name, mime_type: mime } });
      });
    }
  }

  _sendPicture(file) {
    return this._guarded(async () => this._sendMedia({ photo: await photo(file) }));
  }

  async _guarded(work) {
    try {
      await work();
    } catch (error) {
      this._phone.failed(error);
    }
  }

  _pasted(event) {
    const picture = [...event.clipboardData.files].find((file) => file.type.startsWith("image/"));
    if (!picture) return;
    event.preventDefault();
    this._sendPicture(picture);
  }

  async _sendContact() {
    const { chat, world } = this._phone;
    const name = chat && chat.id < 0 ? chat.title : nameOf(world.botOf(chat && chat.bot) || { first_name: say("bot") });
    const fields = [["phone", say("phone-number"), OWN_NUMBER, { type: "tel", required: true, maxlength: 20 }]];
    const given = await askFor({ title: say("contact-ask", { name }), fields, sure: say("send") });
    if (given) await this._phone.send({ contact: { phone_number: given.phone } });
  }

  async _sendLocation() {
    const { chat, world } = this._phone;
    const name = chat && chat.id < 0 ? chat.title : nameOf(world.botOf(chat && chat.bot) || { first_name: say("bot") });
    const degrees = { type: "number", step: "any", required: true };
    const fields = [
      ["latitude", say("latitude"), "32.8336", { ...degrees, min: -90, max: 90 }],
      ["longitude", say("longitude"), "109.3653", { ...degrees, min: -180, max: 180 }],
    ];
    const given = await askFor({ title: say("location-ask", { name }), fields, sure: say("send") });
    if (given) await this._phone.send({ location: { latitude: Number(given.latitude), longitude: Number(given.longitude) } });
  }

  _openCommands() {
    return this._guarded(async () => {
      const { person, chat } = this._phone;
      const { commands } = await get("commands", { user: person, chat: chat ? chat.id : person });
      const choices = commands.map(({ command, description }) => ({
        label: `/${command}`,
        note: description,
        act: () => this._phone.send({ text: `/${command}` }),
      }));
      const none = [{ heading: say("commands-none") }];
      openSheet(this._phone.root, choices.length ? choices : none, { label: say("commands"), low: true });
    });
  }
}
