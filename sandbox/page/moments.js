// Moments as people read them, in the time zone of the stage.

import { language, say } from "/page/words.js";

const DAY = 86400;
let zone = "Asia/Shanghai";
const formats = new Map();

/** Read clocks in this zone from now on. */
export function setZone(name) {
  if (name && name !== zone) {
    zone = name;
    formats.clear();
  }
}

function format(name, options) {
  if (!formats.has(name)) {
    const locale = language === "zh" ? "zh-CN" : "en-GB";
    formats.set(name, new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: "h23", ...options }));
  }
  return formats.get(name);
}

const date = (seconds) => new Date(seconds * 1000);

/** 09:05 */
export const clockTime = (seconds) => format("time", { hour: "2-digit", minute: "2-digit" }).format(date(seconds));

/** 09:05:12 */
export const exactTime = (seconds) =>
  format("exact", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(date(seconds));

/** 3月2日星期一 */
export const dayName = (seconds) => format("day", { month: "long", day: "numeric", weekday: "long" }).format(date(seconds));

/** 3月2日周一 */
export const shortDay = (seconds) => format("short", { month: "short", day: "numeric", weekday: "short" }).format(date(seconds));

/** 2026/3/2, the same for every moment of a day. */
export const dayOf = (seconds) => format("which", { year: "numeric", month: "numeric", day: "numeric" }).format(date(seconds));

/** How many seconds from `now` until the next time the clock shows HH:MM. */
export function secondsUntil(now, moment) {
  const [hours, minutes] = moment.split(":").map(Number);
  const [h, m, s] = exactTime(now).match(/\d+/g).map(Number);
  const left = hours * 3600 + minutes * 60 - (h * 3600 + m * 60 + s);
  return left > 0 ? left : left + DAY;
}

/** 0:07 */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** +6 小时 */
export function span(seconds) {
  for (const [unit, size] of [["days", DAY], ["hours", 3600], ["minutes", 60]]) {
    if (seconds >= size && seconds % size === 0) return say(`ahead-${unit}`, { n: seconds / size });
  }
  return say("ahead-seconds", { n: seconds });
}
