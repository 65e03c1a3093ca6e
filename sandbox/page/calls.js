// What the bot asks of Telegram, as it happens.

import { el, fill, iconButton } from "/page/elements.js";
import { dayName, exactTime } from "/page/moments.js";
import { get } from "/page/telegram.js";
import { nameOf } from "/page/world.js";
import { say } from "/page/words.js";

const KEPT = 300;
const SHORT = 90; // characters of a payload in one line

export class Calls {
  /** `refusedCame` is told how many refused calls came while the panel was closed. */
  constructor(world, root, refusedCame) {
    this._world = world;
    this._root = root;
    this._refusedCame = refusedCame;
    this._calls = [];
    this._refused = 0;
    this._onlyRefused = el("input", { type: "checkbox", onchange: () => this._drawAll() });
    this._list = el("div", { class: "rows" });
    fill(
      root,
      el("header", {}, el("h2", {}, say("calls")), iconButton("close", say("close"), () => this.toggle(false))),
      el("p", { class: "small" }, say("calls-help")),
      el("label", { class: "tick" }, this._onlyRefused, say("only-refused")),
      this._list,
    );
    root.setAttribute("aria-label", say("calls"));
    document.addEventListener("keydown", (event) => {
      const mine = event.key === "Escape" && this.open && !event.defaultPrevented && !document.querySelector("dialog[open]");
      if (mine) this.toggle(false);
    });
  }

  get open() {
    return !this._root.hidden;
  }

  toggle(open = !this.open) {
    const had = this._root.contains(document.activeElement);
    this._root.hidden = !open;
    document.body.classList.toggle("calls-open", open);
    if (open) {
      this._refused = 0;
      this._refusedCame(0);
      this._drawAll();
    }
    if (this.toggled) this.toggled(open, had);
  }

  /** Read what happened before. */
  async read() {
    try {
      const { calls: count } = await get("status");
      const { calls } = await get("calls", { after: Math.max(0, count - KEPT), limit: KEPT });
      const last = calls.length ? calls[calls.length - 1].seq : 0;
      const since = this._calls.filter((call) => call.seq > last && call.seq <= last + KEPT); // came while this was read
      this._calls = [...calls.filter((call) => !isIdle(call)), ...since];
    } catch {
      return; // the stream will come again, and so will this
    }
    if (this.open) this._drawAll();
  }

  /** One more. */
  came(call) {
    if (this._calls.length && call.seq <= this._calls[this._calls.length - 1].seq) return;
    this._calls.push(call);
    if (this._calls.length > KEPT) this._calls.shift();
    if (!this.open) {
      if (isRefused(call)) this._refusedCame((this._refused += 1));
      return;
    }
    if (this._onlyRefused.checked && !isRefused(call)) return;
    if (this._list.querySelector(".none")) fill(this._list);
    this._list.prepend(this._row(call));
    while (this._list.children.length > KEPT) this._list.lastChild.remove();
  }

  _drawAll() {
    const shown = this._calls.filter((call) => !this._onlyRefused.checked || isRefused(call));
    fill(this._list, shown.length ? shown.reverse().map((call) => this._row(call)) : el("p", { class: "none" }, say("calls-none")));
  }

  _row(call) {
    const { payload } = call;
    const json = el("pre", { tabindex: "0" });
    const row = el(
      "details",
      {
        class: `call ${isRefused(call) ? "refused" : ""} ${call.method === "getUpdates" ? "quiet" : ""}`,
        ontoggle: () => {
          json.textContent = row.open ? whole(call) : "";
        },
      },
      el(
        "summary",
        {},
        el("span", { class: "status" }, String(call.status)),
        el("span", { class: "method" }, call.method),
        el("span", { class: "where" }, this._where(payload)),
        el("time", { title: `${dayName(call.clock)} ${exactTime(call.clock)}` }, exactTime(call.clock)),
        el("span", { class: "short" }, short(call)),
      ),
      json,
    );
    return row;
  }

  _where(payload) {
    const id = Number(payload.chat_id);
    if (!id) return "";
    const user = this._world.users.get(id);
    const chat = this._world.chats.get(String(id));
    return user ? nameOf(user) : chat ? chat.title : String(id);
  }
}

const isRefused = (call) => call.status !== 200 && call.status !== 409;
const isIdle = (call) => call.method === "getUpdates" && call.status === 200 && !call.answer.result.length;

function short(call) {
  if (isRefused(call)) return (call.answer && call.answer.description) || "";
  const { chat_id: _chat, ...rest } = call.payload;
  const words = rest.text || rest.caption || JSON.stringify(rest);
  return words.length > SHORT ? `${words.slice(0, SHORT)}…` : words;
}

function whole(call) {
  const { payload, answer } = call;
  return `${JSON.stringify(payload, null, 1)}\n→ ${JSON.stringify(answer, null, 1)}`;
}
