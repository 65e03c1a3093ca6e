// The messages of one chat in a phone: the newest in sight, older ones when somebody scrolls up.

import { bubble, dayLine, together } from "/page/bubble.js";
import { el, fill, iconButton } from "/page/elements.js";
import { dayName, dayOf } from "/page/moments.js";
import { say } from "/page/words.js";

const AT_FIRST = 80; // messages in the document
const MORE = 80;
const MOST = 400;
const NEAR = 60; // pixels from the end that still count as its end

export class Timeline {
  /** `acts` as bubbles want them; `view()` says {person, group}; `messages()` what there is; `older()` reads more. */
  constructor({ acts, view, messages, older }) {
    this._facts = { acts, view, messages, older };
    this._shown = AT_FIRST;
    this._skipped = 0; // newer ones that are not in the document, while somebody reads far above
    this._drawn = new Map(); // key → {element, of}
    this._pinned = true;
    this._missed = 0;
    this._reading = false;
    this._list = el("div", { class: "list", role: "log", "aria-live": "off" });
    this.scroller = el("div", { class: "scroller", tabindex: "0", onscroll: () => this._scrolled() }, this._list);
    this._badge = el("span", { class: "badge", hidden: true });
    this._down = iconButton("down", say("newest"), () => this.toEnd(), { class: "icon-button to-end", hidden: true });
    this._down.append(this._badge);
    this.root = el("div", { class: "timeline" }, this.scroller, this._down);
    this._top = 0; // where the scroller was last
    if (window.ResizeObserver) {
      const watch = new ResizeObserver(() => this._pinned && this._jump()); // the phone shrank, or a picture grew
      watch.observe(this.scroller);
      watch.observe(this._list);
    }
  }

  /** Another chat: begin at its end. */
  begin() {
    this._shown = AT_FIRST;
    this._skipped = 0;
    this._drawn.clear();
    fill(this._list);
    this._missed = 0;
    this._pinned = true;
    this.draw();
  }

  /** Show what there is now, without moving what the reader looks at. */
  draw() {
    const anchor = this._pinned ? null : this._anchor();
    const messages = this._facts.messages();
    const end = Math.max(0, messages.length - this._skipped);
    const items = this._items(messages.slice(Math.max(0, end - this._shown), end));
    const kept = new Set(items.map((item) => item.key));
    for (const [key, { element }] of this._drawn) {
      if (!kept.has(key)) {
        element.remove();
        this._drawn.delete(key);
      }
    }
    let at = this._list.firstChild;
    for (const item of items) {
      const known = this._drawn.get(item.key);
      let element = known && known.of.length === item.of.length && known.of.every((part, n) => part === item.of[n]) ? known.element : null;
      if (element === null) {
        element = item.draw();
        if (known) {
          if (at === known.element) at = element;
          known.element.replaceWith(element);
        }
        this._drawn.set(item.key, { element, of: item.of });
      }
      if (element === at) at = at.nextSibling;
      else this._list.insertBefore(element, at);
    }
    if (this._pinned) this._jump();
    else if (anchor && this._drawn.has(anchor.key)) this.scroller.scrollTop = this._drawn.get(anchor.key).element.offsetTop - anchor.above;
    this._showDown();
  }

  /** Somebody else's message came while the reader looks at older ones. */
  missed() {
    if (this._pinned) return;
    this._missed += 1;
    this._showDown();
  }

  toEnd() {
    this._pinned = true;
    this._missed = 0;
    this._shown = AT_FIRST;
    this._skipped = 0;
    this.draw();
  }

  /** Bring a message into sight and let it glow. */
  go(messageId) {
    const found = this._list.querySelector(`[data-message="${Number(messageId)}"]`);
    if (!found) return;
    this._pinned = false;
    found.scrollIntoView({ block: "center" });
    found.classList.remove("glow");
    void found.offsetWidth; // so that it glows again
    found.classList.add("glow");
  }

  _items(messages) {
    const { acts, view } = this._facts;
    const { person, group } = view();
    const items = [];
    let day = "";
    for (let index = 0; index < messages.length; index += 1) {
      const message = messages[index];
      const which = dayOf(message.date);
      if (which !== day) {
        day = which;
        items.push({ key: `day ${which} ${message.message_id}`, of: [], draw: () => dayLine(dayName(message.date)) });
      }
      const album = [message];
      while (message.media_group_id && index + 1 < messages.length && messages[index + 1].media_group_id === message.media_group_id) {
        index += 1;
        album.push(messages[index]);
      }
      const before = messages[index - album.length];
      const first = !together(before, message) || dayOf(before.date) !== which;
      const last = !together(message, messages[index + 1]);
      items.push({
        key: `message ${message.message_id}`,
        of: [...album, first, last],
        draw: () => bubble(album, { person, group, first, last }, acts),
      });
    }
    return items;
  }

  _anchor() {
    const top = this.scroller.scrollTop;
    for (const element of this._list.children) {
      if (element.offsetTop + element.offsetHeight > top && element.dataset.message) {
        return { key: `message ${element.dataset.message}`, above: element.offsetTop - top };
      }
    }
    return null;
  }

  _jump() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this._top = this.scroller.scrollTop;
  }

  _scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    const up = scrollTop < this._top - 1; // otherwise it is the list that grew
    this._top = scrollTop;
    if (atEnd) this._pinned = this._skipped === 0;
    else if (up) this._pinned = false;
    else if (this._pinned) this._jump();
    if (this._pinned) this._missed = 0;
    this._showDown();
    if (atEnd && this._skipped > 0) this._newer();
    else if (scrollTop < NEAR && !this._pinned) this._older();
  }

  async _older() {
    if (this._reading) return;
    this._reading = true;
    try {
      const known = this._facts.messages().length;
      if (known <= this._shown + this._skipped && !(await this._facts.older())) return;
      this._shown += MORE;
      this._skipped += Math.max(0, this._shown - MOST);
      this._shown = Math.min(this._shown, MOST);
      this._pinned = false;
      this.draw();
    } finally {
      this._reading = false;
    }
  }

  _newer() {
    this._skipped = Math.max(0, this._skipped - MORE);
    this.draw();
  }

  _showDown() {
    this._down.hidden = this._pinned;
    this._badge.hidden = this._missed === 0;
    this._badge.textContent = String(this._missed);
  }
}
