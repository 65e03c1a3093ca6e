// The tour: a few steps that lead through the stage. Each can be done by hand, or by the buttons here.

import { el, fill, icon, iconButton } from "/page/elements.js";
import { findButton } from "/page/keyboard.js";
import { secondsUntil, span } from "/page/moments.js";
import { post } from "/page/telegram.js";
import { nameOf } from "/page/world.js";
import { choose, say } from "/page/words.js";

const PATIENCE = 25000; // milliseconds that a button may take to come, on a slow machine
const RATHER_NEW = 5000; // of them, only what came after the last words counts
const LOOK = 150;
const CUT = 22; // characters of words on a button

export class Tour {
  /** `memory` is kept over reloads: {step, begun: [{id, at}], done: [], acts: [[]], folded, closed}; `page`: {world, reveal, failed, changed}. */
  constructor(root, page) {
    this._root = root;
    this._page = page;
    this._world = page.world;
    this._steps = [];
    this._memory = {};
    this._busy = false;
    this._said = new Map(); // key → the newest message's number when this page said something last
  }

  /** Begin, or go on where the memory says. */
  begin(steps, memory) {
    this._steps = steps;
    this._memory = memory;
    for (const name of ["begun", "done", "acts"]) memory[name] = memory[name] || [];
    memory.step = Math.min(memory.step || 0, steps.length);
    this._enter(false);
  }

  get there() {
    return this._steps.length > 0;
  }

  get closed() {
    return !this.there || Boolean(this._memory.closed);
  }

  toggle() {
    this._memory.closed = !this._memory.closed;
    this._page.changed();
    this.draw();
  }

  get _step() {
    return this._steps[this._memory.step];
  }

  async _enter(look = true) {
    this._page.changed();
    this.draw();
    const step = this._step;
    if (!step || this.closed) return;
    if (look) this._page.reveal(step.person, step.chat);
    await this._mark(this._memory.step);
    this._lookBack();
  }

  /** Remember what is there already when a step begins: only what comes later finishes it. */
  async _mark(number) {
    const { done } = this._steps[number] || {};
    if (!done || this._memory.begun[number]) return;
    const key = this._world.windowKey(done.person, done.chat);
    const at = this._world.now();
    await this._world.load(key);
    const messages = this._world.messages(key);
    if (this._memory.begun[number]) return;
    this._memory.begun[number] = { id: messages.length ? messages[messages.length - 1].message_id : 0, at };
    this._page.changed();
  }

  /** After a reload: what happened while nobody looked. */
  _lookBack() {
    const { done } = this._step || {};
    const begun = this._memory.begun[this._memory.step];
    if (!done || !begun) return;
    const messages = this._world.messages(this._world.windowKey(done.person, done.chat));
    if (messages.some((message) => (message.message_id > begun.id || (message.edit_date || 0) > begun.at) && says(done, message))) this._finish();
  }

  /** Something happened in the world. */
  happened(event) {
    const step = this._step;
    if (!step || this.closed) return;
    if (event.kind === "anew") return void this._enter(false);
    if (event.kind === "tap") this._tapped(event);
    if (!["message", "edit"].includes(event.kind) || !event.message) return;
    const { done } = step;
    const begun = this._memory.begun[this._memory.step];
    if (event.kind === "message") this._heard(event);
    if (!done || !begun || event.key !== this._world.windowKey(done.person, done.chat)) return;
    if ((event.kind === "edit" || event.message.message_id > begun.id) && says(done, event.message)) this._finish();
  }

  _finish() {
    const { step, done } = this._memory;
    if (done[step]) return;
    done[step] = true;
    if (step + 1 < this._steps.length) this._mark(step + 1);
    this._page.changed();
    this.draw();
  }

  /** Somebody wrote by hand what an action would have said. */
  _heard({ key, message }) {
    this._did((action) => action.say !== undefined && message.text && message.from && message.from.id === action.person && key === this._keyOf(action));
  }

  _tapped({ key, user_id: person, message_id: id, data }) {
    const message = this._world.messages(key).find((one) => one.message_id === id);
    if (!message) return;
    const rows = (message.reply_markup && message.reply_markup.inline_keyboard) || [];
    const pressed = { ...message, reply_markup: { inline_keyboard: rows.map((row) => row.filter((key) => key.callback_data === data)) } };
    this._did((action) => action.press !== undefined && action.person === person && findButton([pressed], action.press) !== null);
  }

  /** Tick the first action that is not done yet and is this. */
  _did(is) {
    const acts = this._acts();
    const index = this._step.actions.findIndex((action, n) => !acts[n] && is(action));
    if (index < 0 || this._busy) return;
    acts[index] = true;
    this._page.changed();
    this.draw();
  }

  _acts() {
    const { acts, step } = this._memory;
    acts[step] = acts[step] || [];
    return acts[step];
  }

  // --- doing it for whoever watches

  async _do(index) {
    if (this._busy) return;
    const { step } = this._memory;
    const action = this._step.actions[index];
    this._busy = true;
    this.draw();
    try {
      await this._carryOut(action);
      if (this._memory.step === step) this._acts()[index] = true;
    } catch (error) {
      this._page.failed(error);
    } finally {
      this._busy = false;
      this._page.changed();
      this.draw();
    }
  }

  async _carryOut(action) {
    if (action.advance !== undefined) return void (await post("clock", { advance: action.advance }));
    if (action.to !== undefined) return void (await post("clock", { advance: secondsUntil(this._world.now(), action.to) }));
    const key = this._keyOf(action);
    const phone = this._page.reveal(action.person, action.chat);
    await this._world.load(key);
    if (action.say !== undefined) {
      const message = await this._world.say(action.person, key, { text: action.say });
      this._said.set(key, message.message_id);
      return;
    }
    const found = await this._find(key, action.press);
    await phone.press(found.message, found.button);
  }

  /** A button that may still be coming; what came after the last words is meant rather than an older one. */
  async _find(key, label) {
    const began = Date.now();
    while (Date.now() - began < PATIENCE) {
      const after = Date.now() - began < RATHER_NEW ? this._said.get(key) || 0 : 0;
      const found = findButton(this._world.messages(key), label, after);
      if (found) {
        this._said.delete(key);
        return found;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    throw new Error(say("button-unseen", { label }));
  }

  _keyOf(action) {
    return this._world.windowKey(action.person, action.chat);
  }

  // --- what it looks like

  draw() {
    this._root.hidden = this.closed;
    if (this.closed) return;
    const { step, folded } = this._memory;
    const last = step >= this._steps.length;
    this._root.classList.toggle("folded", Boolean(folded));
    const where = last ? say("finish") : say("step-of", { n: step + 1, all: this._steps.length });
    const title = last ? say("tour") : choose(this._step.title);
    const fold = el(
      "button",
      { type: "button", class: "fold", "aria-expanded": String(!folded), title: say(folded ? "tour-open" : "tour-fold"), onclick: () => this._fold() },
      el("span", { class: "steps", "aria-hidden": "true" }, this._steps.map((_, n) => el("i", { class: this._memory.done[n] ? "done" : n === step ? "now" : "" }))),
      el("span", { class: "where" }, where),
      el("strong", {}, title),
      icon("open"),
    );
    const head = el("div", { class: "head" }, fold, iconButton("close", say("skip"), () => this.toggle()));
    fill(this._root, head, folded ? null : last ? this._end() : this._body());
  }

  _body() {
    const { step, done } = this._memory;
    const acts = this._acts();
    const next = this._step.actions.findIndex((_, n) => !acts[n]);
    return el(
      "div",
      { class: `body ${done[step] ? "finished" : ""}` },
      el("div", { class: "telling" }, el("p", {}, choose(this._step.text)), el("p", { class: "small", role: "status" }, done[step] ? el("span", { class: "done" }, `✓ ${say("step-done")}`) : el("span", { class: "hint" }, say("step-hint")))),
      el(
        "div",
        { class: "acts" },
        this._step.actions.map((action, n) =>
          el(
            "button",
            { type: "button", class: `act ${acts[n] ? "did" : n === next && !done[step] ? "primary" : ""}`, disabled: this._busy, title: action.say || null, onclick: () => this._do(n) },
            acts[n] ? "✓ " : null,
            this._label(action),
          ),
        ),
      ),
      el(
        "div",
        { class: "turn" },
        el("button", { type: "button", class: "plain", disabled: step === 0, onclick: () => this._turn(-1) }, say("back")),
        el("button", { type: "button", class: `next ${done[step] ? "primary" : "plain"}`, onclick: () => this._turn(1) }, say(step + 1 < this._steps.length ? "next" : "finish")),
      ),
    );
  }

  _end() {
    return el(
      "div",
      { class: "body" },
      el("div", { class: "telling" }, el("p", {}, say("tour-end"))),
      el(
        "div",
        { class: "turn" },
        el("button", { type: "button", class: "plain", onclick: () => this._turn(-1) }, say("back")),
        el("button", { type: "button", class: "primary", onclick: () => this.toggle() }, say("close")),
      ),
    );
  }

  _label(action) {
    if (action.label) return choose(action.label);
    if (action.advance !== undefined) return span(action.advance);
    if (action.to !== undefined) return say("step-action-to", { time: action.to });
    const user = this._world.users.get(action.person);
    const name = user ? nameOf(user) : String(action.person);
    if (action.press !== undefined) return say("step-action-press", { name, label: action.press });
    const text = action.say.length > CUT ? `${action.say.slice(0, CUT)}…` : action.say;
    return say("step-action-say", { name, text });
  }

  _turn(by) {
    this._memory.step = Math.max(0, Math.min(this._steps.length, this._memory.step + by));
    this._enter();
  }

  _fold() {
    this._memory.folded = !this._memory.folded;
    this._page.changed();
    this.draw();
  }
}

/** Whether a message says what finishes a step. */
function says(done, message) {
  const text = message.text || message.caption || "";
  try {
    return new RegExp(done.says, "u").test(text);
  } catch {
    return text.includes(done.says); // Python reads it, this language does not
  }
}
