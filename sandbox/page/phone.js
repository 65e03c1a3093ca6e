// One phone: whose it is, which chat it shows, and what its person does there.

import { welcome } from "/page/bubble.js";
import { Composer } from "/page/composer.js";
import { avatar, el, fill, icon, iconButton } from "/page/elements.js";
import { destination, mentioned } from "/page/links.js";
import { openGroup } from "/page/people.js";
import { askFor, closeSheet, openSheet } from "/page/sheet.js";
import { post } from "/page/telegram.js";
import { Timeline } from "/page/timeline.js";
import { Toasts } from "/page/toast.js";
import { nameOf } from "/page/world.js";
import { say } from "/page/words.js";

const TYPING = 5000; // milliseconds
const ANSWER = 15000;

export class Phone {
  /** `state`: {person, chat, bot}, kept by the page; `page`: {world, unread, answers, moved(), close(phone)}. */
  constructor(state, page) {
    this.state = state;
    this.payload = null; // of a deep link that waits for Start
    this._page = page;
    this._taps = new Map();
    this._typingUntil = 0;
    this._owner = el("button", { type: "button", class: "owner", "aria-haspopup": "menu", onclick: () => this._choosePerson() });
    this._chat = el("button", { type: "button", class: "chat", "aria-haspopup": "menu", onclick: () => this._chooseChat() });
    const head = el(
      "header",
      {},
      el("div", { class: "whose" }, this._owner, iconButton("close", say("close-phone"), () => page.close(this))),
      el("div", { class: "where" }, this._chat, iconButton("more", say("menu"), () => this._openMenu(), { "aria-haspopup": "menu" })),
    );
    this.timeline = new Timeline({
      acts: {
        follow: (kind, target) => this._follow(kind, target),
        press: (message, button, element) => this.press(message, button, element),
        menu: (message, event) => this._messageMenu(message, event),
        go: (messageId) => this.timeline.go(messageId),
      },
      view: () => ({ person: this.person, group: this._isGroup() }),
      messages: () => this.world.messages(this.key),
      older: () => this.world.loadOlder(this.key),
    });
    this.root = el("section", { class: "phone", tabindex: "-1" }, head, this.timeline.root);
    this.composer = new Composer(this);
    this.root.append(this.composer.root);
    this._toasts = new Toasts(this.root);
    this.show(state.person, state.chat, state.bot);
  }

  get world() {
    return this._page.world;
  }

  get person() {
    return this.state.person;
  }

  get key() {
    return this.world.windowKey(this.state.person, this.state.chat, this.state.bot);
  }

  get chat() {
    return this.world.chats.get(this.key);
  }

  get name() {
    const user = this.world.users.get(this.person);
    return user ? nameOf(user) : String(this.person);
  }

  _isGroup() {
    return this.state.chat !== null && this.state.chat !== undefined;
  }

  /** Whether the phone shows this window. */
  shows(person, chat) {
    return this.person === person && (this.state.chat === undefined ? null : this.state.chat) === chat;
  }

  /** Look through a person's phone into one of their chats; null is the private one with the bot. */
  show(person, chat, bot) {
    const same = this._shown !== undefined && this.shows(person, chat === undefined ? null : chat) && this.state.bot === bot;
    Object.assign(this.state, { person, chat: chat === undefined ? null : chat, bot });
    if (same) return;
    this._shown = true;
    this.payload = null;
    this._typingUntil = 0;
    closeSheet(this.root);
    this.timeline.begin();
    this.refresh();
    this._page.moved();
  }

  /** Everything may have changed. */
  refresh() {
    this.draw();
    if (this.world.connected && !this.key.startsWith("0:")) this.world.load(this.key);
  }

  draw() {
    this._drawHead();
    this.timeline.draw();
    this._drawWelcome();
    this.composer.draw();
  }

  /** Something happened in the world. */
  happened(event) {
    if (event.kind === "answer") return void this._answered(event);
    if (event.kind === "anew") return void this.refresh();
    if (event.kind === "action" && event.key === this.key) this._typing();
    if (["user", "chat", "member", "block", "message"].includes(event.kind)) this._later();
    else if (event.key === this.key) this._later();
    if (event.kind === "message" && event.key === this.key && event.message) {
      const { from } = event.message;
      if (from && from.id === this.person) this.timeline.toEnd();
      else {
        this._typingUntil = 0;
        this.timeline.missed();
      }
    }
  }

  /** Draw once for everything that happens in a moment. */
  _later() {
    if (this._planned) return;
    this._planned = true;
    setTimeout(() => {
      this._planned = false;
      if (this.root.isConnected) this.draw();
    }, 16);
  }

  // --- what its person does

  async send(content) {
    this.timeline.toEnd();
    return this._try(() => this.world.say(this.person, this.key, content));
  }

  async change(messageId, content) {
    return this._try(() => this.world.edit(this.person, this.key, messageId, content));
  }

  async block(blocked) {
    const { bot } = this.chat || {};
    return this._try(() => post("block", { user_id: this.person, blocked, ...(bot ? { bot } : {}) }));
  }

  async join(status = "member") {
    return this._try(() => post(`chats/${this.state.chat}/members`, { user_id: this.person, status, by: this.person }));
  }

  /** Press a button of a message; the answer comes as a toast, an alert or a link. */
  async press(message, button, element = this._keyElement(message, button)) {
    if (button.url !== undefined) return void this._follow("url", button.url);
    if (button.copy_text) return void this._copy(button.copy_text.text);
    if (button.callback_data === undefined || (element && element.classList.contains("waiting"))) return;
    if (element) element.classList.add("waiting");
    const tap = await this._try(() => this.world.tap(this.person, this.key, message.message_id, button.callback_data));
    if (!tap) {
      if (element) element.classList.remove("waiting");
      return;
    }
    const waits = { element, timer: setTimeout(() => this._answered({ tap_id: tap.id, text: say("bot-silent") }), ANSWER) };
    this._taps.set(tap.id, waits);
    const early = this._page.answers.get(tap.id);
    if (early) this._answered(early);
  }

  _keyElement(message, button) {
    const keys = this.timeline.root.querySelectorAll(`[data-message="${message.message_id}"] .key`);
    return [...keys].find((key) => key.textContent === button.text);
  }

  _answered(answer) {
    const waits = this._taps.get(answer.tap_id);
    if (!waits) return;
    this._taps.delete(answer.tap_id);
    clearTimeout(waits.timer);
    if (waits.element) waits.element.classList.remove("waiting");
    if (answer.url) this._follow("url", answer.url);
    if (!answer.text) return;
    if (answer.show_alert) this._toasts.alert(answer.text, nameOf(this.world.botOf(this.state.bot) || { first_name: say("bot") }));
    else this._toasts.show(answer.text);
  }

  /** Open what a link leads to. */
  async _follow(kind, target) {
    if (kind === "bot_command") return void this.send({ text: target });
    if (kind === "text_mention") return void this._meet(target);
    const found = kind === "mention" ? mentioned(target, this.world) : kind === "url" ? destination(target, this.world) : null;
    if (found && found.bot) {
      this.show(this.person, null, found.bot === (this.world.bot || {}).id ? undefined : found.bot);
      this.payload = found.payload;
      this.composer.draw();
    } else if (found && found.group) this.show(this.person, found.group);
    else if (found && found.web) await this._leave(found.web);
    else if (kind === "mention") this._toasts.show(say("nobody"));
  }

  /** Where Telegram would open a chat of two people, which there is none of here, the other one's phone comes up. */
  _meet(person) {
    const user = this.world.users.get(person);
    if (!user) return void this._toasts.show(say("nobody"));
    this._toasts.show(say("meets", { name: nameOf(user) }));
    if (person !== this.person) this._page.open(person, null);
  }

  async _leave(address) {
    const line = el("p", { class: "address" }, address);
    if (await askFor({ title: say("follow-outside"), more: [line], sure: say("web") })) window.open(address, "_blank", "noopener,noreferrer");
  }

  forgetPayload() {
    this.payload = null;
  }

  /** Say that something went wrong. */
  failed(error) {
    this._toasts.show(error.message, "trouble");
  }

  async _try(work) {
    try {
      return await work();
    } catch (error) {
      this.failed(error);
      return null;
    }
  }

  async _copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this._toasts.show(say("copied"));
    } catch (error) {
      this.failed(error);
    }
  }

  // --- what it looks like

  _drawHead() {
    const { name } = this;
    this.root.setAttribute("aria-label", say("phone-of", { name }));
    const elsewhere = this._page.unread.elsewhere(this.person, this.key);
    fill(
      this._owner,
      icon("phone"),
      el("span", { class: "cut" }, say("phone-of", { name })),
      icon("open"),
    );
    this._owner.title = say("choose-person");
    this._chat.title = say("choose-chat");
    const { chat } = this;
    const bot = this.world.botOf(this.state.bot);
    const title = this._isGroup() ? (chat && chat.title) || String(this.state.chat) : bot ? nameOf(bot) : say("bot");
    fill(
      this._chat,
      this._isGroup() ? avatar(this.state.chat, title, "group") : avatar(0, title, "robot"),
      el("span", { class: "names" }, el("span", { class: "strong cut" }, title), el("span", { class: "small cut" }, this._subtitle(chat))),
      elsewhere ? el("span", { class: "badge", "aria-label": say("unread", { n: elsewhere }) }, String(elsewhere)) : null,
      icon("open"),
    );
  }

  _subtitle(chat) {
    if (this._typingUntil > Date.now()) return el("span", { class: "typing" }, say("typing"));
    if (!this._isGroup()) {
      const { username } = this.world.botOf(this.state.bot) || {};
      return chat && chat.blocked ? say("blocked") : username ? `${say("bot")} · @${username}` : say("bot");
    }
    return chat ? say("group-members", { n: this.world.present(chat).length }) : "";
  }

  _typing() {
    this._typingUntil = Date.now() + TYPING;
    setTimeout(() => this._drawHead(), TYPING + 50);
  }

  _drawWelcome() {
    const { chat } = this;
    const empty = !this._isGroup() && !(chat && chat.started) && this.world.bot !== null && !this.world.messages(this.key).length;
    if (this._welcome) this._welcome.remove();
    this._welcome = empty ? welcome(nameOf(this.world.botOf(this.state.bot)), say("about-bot")) : null;
    if (empty) this.timeline.scroller.append(this._welcome);
  }

  _choosePerson() {
    const choices = [...this.world.users.values()].map((user) => ({
      label: nameOf(user),
      note: user.username ? `@${user.username}` : null,
      face: avatar(user.id, nameOf(user)),
      current: user.id === this.person,
      act: () => this.show(user.id, null),
    }));
    openSheet(this.root, choices, { label: say("choose-person") });
  }

  _chooseChat() {
    const { world, person } = this;
    const choice = (label, note, face, chat, bot) => ({
      label,
      note,
      face,
      current: this.shows(person, chat) && this.state.bot === bot,
      badge: this._page.unread.of(person, world.windowKey(person, chat, bot)),
      act: () => this.show(person, chat, bot),
    });
    const privates = world.bots.map((bot, index) =>
      choice(nameOf(bot), say("private-chat"), avatar(0, nameOf(bot), "robot"), null, index ? bot.id : undefined),
    );
    const group = (chat) =>
      choice(chat.title, say("group-members", { n: world.present(chat).length }), avatar(chat.id, chat.title, "group"), chat.id);
    const [mine, others] = [true, false].map((is) => world.groups().filter((chat) => Boolean(world.memberOf(chat, person)) === is));
    const more = others.length ? [{ heading: say("others") }, ...others.map(group)] : [];
    openSheet(this.root, [...privates, ...mine.map(group), ...more], { label: say("chats-of", { name: this.name }) });
  }

  _openMenu() {
    const { chat } = this;
    const choices = [];
    if (this._isGroup() && chat) {
      choices.push({ icon: "people", label: say("members"), act: () => openGroup(this.world, chat.id) });
      if (this.world.memberOf(chat, this.person)) {
        choices.push({ icon: "close", label: say("leave"), danger: true, act: () => this.join("left") });
      } else choices.push({ icon: "plus", label: say("join"), act: () => this.join() });
    } else if (chat && chat.blocked) choices.push({ icon: "play", label: say("unblock"), act: () => this.block(false) });
    else if (chat && chat.started) choices.push({ icon: "close", label: say("block"), danger: true, act: () => this.block(true) });
    const { username } = this.world.botOf(this.state.bot) || {};
    if (!this._isGroup() && username) {
      choices.unshift({ icon: "file", label: say("copy-link"), note: `t.me/${username}`, act: () => this._copy(`t.me/${username}`) });
    }
    choices.push({ icon: "user", label: say("choose-person"), act: () => this._choosePerson() });
    choices.push({ icon: "phone", label: say("close-phone"), act: () => this._page.close(this) });
    openSheet(this.root, choices, { label: say("menu") });
  }

  _messageMenu(message, event) {
    event.preventDefault();
    const choices = [{ icon: "reply", label: say("reply"), act: () => this.composer.answer(message) }];
    const text = message.text || message.caption;
    if (text) choices.push({ icon: "file", label: say("copy"), act: () => this._copy(text) });
    if (message.from && message.from.id === this.person) {
      if (text) choices.push({ icon: "edit", label: say("edit"), act: () => this.composer.correct(message) });
      const remove = () => this._try(() => this.world.remove(this.person, this.key, message.message_id));
      choices.push({ icon: "close", label: say("delete"), danger: true, act: remove });
    }
    const edge = this.root.getBoundingClientRect();
    const box = event.currentTarget.getBoundingClientRect();
    const pointed = event.clientX || event.clientY;
    const at = pointed ? { x: event.clientX, y: event.clientY } : { x: box.left, y: box.bottom };
    openSheet(this.root, choices, { label: say("message-menu"), at: { x: at.x - edge.left, y: at.y - edge.top } });
  }
}
