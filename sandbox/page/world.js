// The world as the page knows it: people, bots, chats, and the messages of chats that somebody looks at.

import { get, listen, post } from "/page/telegram.js";

const READ_AT_ONCE = 100; // messages
const KEPT_PER_CHAT = 2000;

const PRESENT = new Set(["creator", "administrator", "member", "restricted"]);

/** The name of a chat on this page: a group's number, or bot and person of a private one. */
export const keyOf = (chatId, bot) => (chatId < 0 ? String(chatId) : `${bot || 0}:${chatId}`);

export const nameOf = (user) => [user.first_name, user.last_name].filter(Boolean).join(" ");

export class World {
  constructor() {
    this.users = new Map();
    this.bots = [];
    this.chats = new Map();
    this.stage = { id: "", title: "", zone: undefined, windows: [], tour: [] };
    this.online = false;
    this.connected = false; // whether it was read at all
    this._clock = { now: Date.now() / 1000, speed: 1, at: performance.now() };
    this._histories = new Map();
    this._listeners = new Set();
    this._waiting = null; // events that came while everything is read anew
    this._readings = 0;
  }

  /** Call `listener` with everything that happens: the sandbox's events with the `key` of their chat, `anew`, `lost`. */
  subscribe(listener) {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  _tell(event) {
    for (const listener of [...this._listeners]) listener(event);
  }

  /** Follow the sandbox from now on, through its restarts. */
  follow() {
    listen({
      opened: () => this._readAnew(),
      happened: (event) => this._happened(event),
      lost: () => {
        if (this.online) this._tell({ kind: "lost" });
        this.online = false;
      },
    });
  }

  async _readAnew() {
    const reading = ++this._readings;
    this._waiting = [];
    try {
      const [users, bots, chats, stage, clock] = await Promise.all(["users", "bots", "chats", "stage", "clock"].map((path) => get(path)));
      const open = [...this._histories.keys()];
      const pages = await Promise.all(open.map((key) => this._page(key, null)));
      if (reading !== this._readings) return;
      this.users = new Map(users.users.map((user) => [user.id, user]));
      this.bots = bots.bots;
      this.chats = new Map(chats.chats.map((chat) => [keyOf(chat.id, chat.bot), chat]));
      this.stage = stage;
      this._setClock(clock);
      open.forEach((key, index) => this._histories.set(key, pages[index]));
      this.online = this.connected = true;
    } catch {
      if (reading === this._readings) setTimeout(() => reading === this._readings && this._readAnew(), 1000);
      return;
    }
    const waiting = this._waiting;
    this._waiting = null;
    this._tell({ kind: "anew" });
    waiting.forEach((event) => this._happened(event));
  }

  _happened(event) {
    if (event.kind === "reload") return void this._readAnew();
    if (this._waiting !== null) return void this._waiting.push(event);
    if (event.chat_id !== undefined) event.key = keyOf(event.chat_id, event.bot);
    const change = this[`_on_${event.kind}`];
    if (change) change.call(this, event);
    this._tell(event);
  }

  // --- what events change

  _on_message(event) {
    const history = this._histories.get(event.key);
    if (!history || !event.message) return;
    if (history.loading) return void history.late.push(event.message);
    put(history.messages, event.message);
    if (history.messages.length > KEPT_PER_CHAT) {
      history.messages.splice(0, history.messages.length - KEPT_PER_CHAT);
      history.whole = false;
    }
  }

  _on_edit(event) {
    const history = this._histories.get(event.key);
    if (!history || !event.message) return;
    if (history.loading) history.late.push(event.message);
    else if (history.messages.length && event.message.message_id >= history.messages[0].message_id) put(history.messages, event.message);
  }

  _on_delete(event) {
    const history = this._histories.get(event.key);
    if (!history) return;
    if (history.loading) return void history.late.push({ message_id: event.message_id, deleted: true });
    const found = history.messages.find((message) => message.message_id === event.message_id);
    if (found) put(history.messages, { ...found, deleted: true });
  }

  _on_chat(event) {
    if (event.chat) this.chats.set(event.key, event.chat);
  }

  _on_member(event) {
    this._on_chat(event);
  }

  _on_user(event) {
    if (event.user) this.users.set(event.user.id, event.user);
  }

  _on_block(event) {
    event.key = keyOf(event.user_id, event.bot);
    const chat = this.chats.get(event.key);
    if (chat) this.chats.set(event.key, { ...chat, blocked: event.blocked });
  }

  _on_clock(event) {
    this._setClock(event);
  }

  _on_call(event) {
    const id = event.call.bot;
    if (id && !this.bots.some((bot) => bot.id === id)) this._readAnew(); // a bot that was not here before
  }

  _on_stage() {
    this._readAnew();
  }

  // --- time

  _setClock(reading) {
    this._clock = { now: reading.now, speed: reading.speed, at: performance.now() };
  }

  /** The sandbox's time, in seconds. */
  now() {
    return this._clock.now + ((performance.now() - this._clock.at) / 1000) * this._clock.speed;
  }

  get speed() {
    return this._clock.speed;
  }

  // --- who and where

  get bot() {
    return this.bots[0] || null;
  }

  botOf(id) {
    return this.bots.find((bot) => bot.id === id) || this.bot;
  }

  /** The key of what a window shows: a group, or a person's private chat with a bot. */
  windowKey(person, chat, bot) {
    return chat === null || chat === undefined ? keyOf(person, (this.botOf(bot) || {}).id) : String(chat);
  }

  groups() {
    return [...this.chats.values()].filter((chat) => chat.id < 0 && !chat.moved_to);
  }

  memberOf(chat, userId) {
    return chat && chat.members ? chat.members.find((member) => member.user.id === userId && PRESENT.has(member.status)) : undefined;
  }

  present(chat) {
    return chat.members.filter((member) => PRESENT.has(member.status));
  }

  // --- messages

  /** What is known of a chat's messages, the oldest first; deleted ones are left out. */
  messages(key) {
    const history = this._histories.get(key);
    return history ? history.messages.filter((message) => !message.deleted) : [];
  }

  /** Read a chat's newest messages, once. */
  async load(key) {
    const known = this._histories.get(key);
    if (known) return known.loading;
    const history = { messages: [], whole: false, loading: null, late: [] };
    this._histories.set(key, history);
    history.loading = this._page(key, null).then(
      (page) => {
        if (this._histories.get(key) !== history) return;
        const came = history.late;
        Object.assign(history, page);
        came.forEach((message) => put(history.messages, message));
        this._tell({ kind: "loaded", key });
      },
      () => this._histories.delete(key),
    );
    return history.loading;
  }

  /** Read what came before; whether there was anything. */
  async loadOlder(key) {
    const history = this._histories.get(key);
    if (!history || history.loading || history.whole || !history.messages.length) return false;
    const page = await this._page(key, history.messages[0].message_id);
    if (this._histories.get(key) !== history) return false;
    history.messages.unshift(...page.messages);
    history.whole = page.whole;
    return page.messages.length > 0;
  }

  async _page(key, before) {
    const [bot, person] = key.split(":");
    const query = { limit: READ_AT_ONCE, before };
    if (person !== undefined && bot !== "0") query.bot = bot;
    const { messages } = await get(`chats/${person === undefined ? key : person}/messages`, query);
    return { messages, whole: messages.length < READ_AT_ONCE, loading: null, late: [] };
  }

  // --- what people do

  say(person, key, content) {
    return post("messages", { from_id: person, ...this._where(key), ...content });
  }

  edit(person, key, messageId, content) {
    return post("messages/edit", { from_id: person, ...this._where(key), message_id: messageId, ...content });
  }

  remove(person, key, messageId) {
    return post("messages/delete", { from_id: person, ...this._where(key), message_id: messageId });
  }

  tap(person, key, messageId, data) {
    return post("callbacks", { from_id: person, ...this._where(key), message_id: messageId, data });
  }

  _where(key) {
    const [bot, person] = key.split(":");
    if (person === undefined) return { chat_id: Number(key) };
    return bot === "0" ? { chat_id: Number(person) } : { chat_id: Number(person), bot: Number(bot) };
  }
}

/** Add a message where it belongs, or replace the one with its number. */
function put(messages, message) {
  let at = messages.length;
  while (at > 0 && messages[at - 1].message_id > message.message_id) at -= 1;
  if (at > 0 && messages[at - 1].message_id === message.message_id) messages[at - 1] = message;
  else messages.splice(at, 0, message);
}
