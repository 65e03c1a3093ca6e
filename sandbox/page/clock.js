// The clock of the world: what it shows, how fast it runs, and how to move it.

import { el, fill, icon } from "/page/elements.js";
import { exactTime, shortDay, span } from "/page/moments.js";
import { post } from "/page/telegram.js";
import { say } from "/page/words.js";

const STEPS = [600, 3600, 86400];
const SPEEDS = [0, 1, 60, 600];

export class ClockBar {
  constructor(world, failed) {
    this._world = world;
    this._failed = failed;
    this._day = el("span", { class: "day-name" });
    this._time = el("span", { class: "time" });
    this._speeds = SPEEDS.map((speed) =>
      el(
        "button",
        {
          type: "button",
          title: speed === 0 ? say("clock-pause") : speed === 1 ? say("clock-normal") : say("clock-times", { n: speed }),
          "aria-label": speed === 0 ? say("clock-pause") : speed === 1 ? say("clock-normal") : say("clock-times", { n: speed }),
          onclick: () => this._change({ speed }),
        },
        speed === 0 ? icon("pause") : `${speed}×`,
      ),
    );
    this.root = el(
      "div",
      { class: "clock", role: "group", "aria-label": say("clock") },
      el("div", { class: "reading" }, this._day, this._time),
      el("div", { class: "steps" }, STEPS.map((seconds) => this._step(seconds))),
      el("div", { class: "speeds", role: "group", "aria-label": say("speed") }, this._speeds),
    );
    setInterval(() => this.draw(), 250);
  }

  draw() {
    const now = this._world.now();
    write(this._day, shortDay(now));
    write(this._time, exactTime(now));
    this._speeds.forEach((button, index) => button.setAttribute("aria-pressed", String(SPEEDS[index] === this._world.speed)));
  }

  _step(seconds) {
    return el("button", { type: "button", onclick: () => this._change({ advance: seconds }) }, span(seconds));
  }

  async _change(change) {
    try {
      await post("clock", change);
    } catch (error) {
      this._failed(error);
    }
  }
}

function write(element, text) {
  if (element.textContent !== text) fill(element, text);
}
