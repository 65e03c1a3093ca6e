// The page: a bar with the clock, the tour, phones side by side, and the calls of the bot.

import { Calls } from "/page/calls.js";
import { ClockBar } from "/page/clock.js";
import { el, fill, icon } from "/page/elements.js";
import { keep, remembered } from "/page/memory.js";
import { setZone } from "/page/moments.js";
import { openPeople } from "/page/people.js";
import { Phone } from "/page/phone.js";
import { Tour } from "/page/tour.js";
import { Unread } from "/page/unread.js";
import { language, say, switchLanguage } from "/page/words.js";
import { World } from "/page/world.js";

const ANSWERS_KEPT = 200;
const AT_FIRST = 3; // phones where the stage names none
const GLOW = 1600; // milliseconds
const narrow = window.matchMedia("(max-width: 719px)");

class Page {
  constructor() {
    this.world = new World();
    this.unread = new Unread(this.world);
    this.answers = new Map(); // of taps: they may come before the tap is known here
    this._phones = [];
    this._current = null; // the one in sight on a narrow screen
    this._memory = null; // of this stage, kept over reloads
    this._floor = document.getElementById("phones");
    this._tabs = document.getElementById("tabs");
    this._trouble = document.getElementById("trouble");
    this._clock = new ClockBar(this.world, (error) => this.failed(error));
    this._tour = new Tour(document.getElementById("tour"), {
      world: this.world,
      reveal: (person, chat) => this.reveal(person, chat),
      failed: (error) => this.failed(error),
      changed: () => this.changed(),
    });
    this._title = el("h1", { class: "cut" });
    this._calls = new Calls(this.world, document.getElementById("calls"), (count) => this._showRefused(count));
    this._calls.toggled = (open, had) => {
      this._callsButton.setAttribute("aria-expanded", String(open));
      if (!open && had) this._callsButton.focus();
    };
    this._drawBar();
    this.world.subscribe((event) => this._happened(event));
    narrow.addEventListener("change", () => this._see());
    document.addEventListener("visibilitychange", () => this._see());
    this.world.follow();
  }

  _drawBar() {
    const labelled = (name, words, act, facts = {}) =>
      el("button", { type: "button", class: "bar-button", title: words, "aria-label": words, onclick: act, ...facts }, icon(name), el("span", { class: "word" }, words));
    this._refused = el("span", { class: "badge", hidden: true });
    this._callsButton = labelled("calls", say("calls"), () => this._calls.toggle(), { "aria-expanded": "false" });
    this._callsButton.append(this._refused);
    this._tourButton = labelled("tour", say("tour"), () => this._tour.toggle(), { hidden: true });
    fill(
      document.getElementById("bar"),
      el("div", { class: "title" }, this._title),
      this._clock.root,
      el(
        "div",
        { class: "tools" },
        this._tourButton,
        labelled("people", say("people"), () => openPeople(this.world, this)),
        labelled("plus", say("add-phone"), () => this._addPhone()),
        this._callsButton,
        el("button", { type: "button", class: "bar-button language", lang: language === "zh" ? "en" : "zh", onclick: switchLanguage }, say("language")),
      ),
    );
  }

  // --- what happens

  _happened(event) {
    if (event.kind === "lost") return void this._say(say("lost"));
    if (event.kind === "anew") this._anew();
    if (event.kind === "answer") this._remember(event);
    if (event.kind === "call") this._calls.came(event.call);
    if (event.kind === "message") this.unread.came(event, this._phones, (phone) => this._inSight(phone));
    for (const phone of this._phones) phone.happened(event);
    this._tour.happened(event);
    if (["message", "anew", "user", "chat"].includes(event.kind)) this._drawTabs();
  }

  _anew() {
    const { stage } = this.world;
    this._say("");
    if (this._memory === null || this._memory.stage !== stage.id) this._take(stage);
    this._calls.read();
    this._tourButton.hidden = !this._tour.there;
    if (!this._phones.length) this._drawEmpty();
  }

  /** Set up what a stage shows, or what was there before a reload. */
  _take(stage) {
    setZone(stage.zone);
    const title = stage.title || say("title");
    this._title.textContent = document.title = title;
    this._memory = remembered(stage.id) || { stage: stage.id, phones: this._windows(stage), tour: {} };
    const { phones, tour, current } = this._memory;
    this._phones = [];
    fill(this._floor);
    for (const state of phones.filter(({ person }) => this.world.users.has(person))) this._put(state);
    this._current = this._phones[current] || this._phones[0] || null;
    this._tour.begin(stage.tour, tour);
    this._see();
  }

  _windows(stage) {
    if (stage.windows.length) return stage.windows.map(({ person, chat }) => ({ person, chat }));
    return [...this.world.users.keys()].slice(0, AT_FIRST).map((person) => ({ person, chat: null }));
  }

  _remember(answer) {
    this.answers.set(answer.tap_id, answer);
    if (this.answers.size > ANSWERS_KEPT) this.answers.delete(this.answers.keys().next().value);
  }

  _say(trouble) {
    this._trouble.textContent = trouble;
    document.body.classList.toggle("lost", Boolean(trouble));
  }

  /** Say that something went wrong, in the phone in sight or on the page. */
  failed(error) {
    const phone = this._current || this._phones[0];
    if (phone) phone.failed(error);
    else this._say(error.message);
  }

  _showRefused(count) {
    this._refused.hidden = count === 0;
    this._refused.textContent = String(count);
  }

  // --- phones

  _put(state) {
    const phone = new Phone(state, this);
    this._phones.push(phone);
    phone.root.addEventListener("focusin", () => this._notice(phone));
    phone.root.addEventListener("pointerdown", () => this._notice(phone));
    if (this._phones.length === 1) fill(this._floor);
    this._floor.append(phone.root);
    return phone;
  }

  _notice(phone) {
    if (this._current === phone) return;
    this._current = phone;
    this._see();
  }

  /** Whose phones there are. */
  holders() {
    return this._phones.map((phone) => phone.person);
  }

  /** Open a phone for a person, or bring the one there is to a chat. */
  open(person, chat) {
    const phone = this._phones.find((one) => one.shows(person, chat)) || this._phones.find((one) => one.person === person);
    if (phone) phone.show(person, chat);
    const shown = phone || this._put({ person, chat });
    this._bring(shown);
    this.changed();
    return shown;
  }

  /** Show a window of the stage, in the phone that has it or in one of its person. */
  reveal(person, chat) {
    const phone = this._phones.find((one) => one.shows(person, chat));
    if (!phone) return this.open(person, chat);
    this._bring(phone);
    return phone;
  }

  _bring(phone) {
    this._current = phone;
    this._see();
    if (!narrow.matches) phone.root.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "smooth" });
    for (const one of this._phones) one.root.classList.toggle("glow", one === phone);
    setTimeout(() => phone.root.classList.remove("glow"), GLOW);
  }

  /** A phone shows another chat. */
  moved() {
    this._see();
  }

  close(phone) {
    this._phones = this._phones.filter((one) => one !== phone);
    phone.root.remove();
    if (this._current === phone) this._current = this._phones[0] || null;
    if (!this._phones.length) this._drawEmpty();
    this._see();
    this.changed();
  }

  _addPhone() {
    const shown = new Set(this._phones.map((phone) => phone.person));
    const people = [...this.world.users.keys()];
    const person = people.find((id) => !shown.has(id)) || people[0];
    if (person === undefined) return void openPeople(this.world, this);
    this._bring(this._put({ person, chat: null }));
    this.changed();
  }

  _drawEmpty() {
    fill(
      this._floor,
      el("div", { class: "empty" }, icon("people"), el("p", {}, say("empty-floor")), el("button", { type: "button", class: "primary", onclick: () => openPeople(this.world, this) }, say("people"))),
    );
  }

  _inSight(phone) {
    return !document.hidden && (!narrow.matches || phone === this._current);
  }

  /** The phones in sight are read. */
  _see() {
    for (const phone of this._phones) {
      phone.root.classList.toggle("current", phone === this._current);
      if (this._inSight(phone) && this.unread.seen(phone.person, phone.key)) phone.draw();
    }
    this._drawTabs();
    this.changed();
  }

  _drawTabs() {
    const had = this._tabs.contains(document.activeElement);
    fill(
      this._tabs,
      this._phones.map((phone) => {
        const unread = this.unread.of(phone.person, phone.key);
        const group = phone.state.chat ? this.world.chats.get(phone.key) : null;
        const current = phone === this._current;
        const choose = (event) => {
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (step) this._bring(this._phones[(this._phones.indexOf(phone) + step + this._phones.length) % this._phones.length]);
        };
        return el(
          "button",
          { type: "button", role: "tab", "aria-selected": String(current), tabindex: current ? "0" : "-1", onclick: () => this._bring(phone), onkeydown: choose },
          el("span", { class: "cut" }, phone.name),
          el("span", { class: "small cut" }, group ? group.title : say("private-chat")),
          unread ? el("span", { class: "badge", "aria-label": say("unread", { n: unread }) }, String(unread)) : null,
        );
      }),
    );
    const selected = this._tabs.querySelector("[aria-selected=true]");
    if (had && selected) selected.focus();
    if (selected && narrow.matches) selected.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Something changed that a reload should find again. */
  changed() {
    if (this._memory === null) return;
    this._memory.phones = this._phones.map(({ state }) => ({ person: state.person, chat: state.chat, bot: state.bot }));
    this._memory.current = this._phones.indexOf(this._current);
    keep(this._memory);
  }
}

new Page();
