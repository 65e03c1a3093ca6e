// What a message carries besides words: photos, voice, files, places, contacts.

import { avatar, el, fill, icon } from "/page/elements.js";
import { duration } from "/page/moments.js";
import { fileAddress } from "/page/telegram.js";
import { say } from "/page/words.js";

const WIDEST = 260; // pixels of a lone photo

/** The parts that draw a message's media; none for a message of words. */
export function media(message) {
  for (const [kind, draw] of Object.entries(DRAWN)) {
    if (message[kind]) return draw(message[kind], message);
  }
  return null;
}

/** Whether a message is drawn edge to edge. */
export const isPicture = (message) => Boolean(message.photo || message.video);

/** A few words that stand for a message, in quotes. */
export function summary(message) {
  const words = message.text || message.caption;
  const kind = Object.keys(DRAWN).find((name) => message[name]);
  const label = kind ? `[${say(LABELS[kind])}]` : "";
  return [label, words].filter(Boolean).join(" ") || say("unsupported");
}

const LABELS = {
  photo: "photo-alt",
  video: "video",
  voice: "voice",
  sticker: "sticker",
  document: "document",
  audio: "document",
  location: "location-word",
  contact: "contact-word",
};

const DRAWN = {
  photo: (sizes, message) => {
    const whole = sizes[sizes.length - 1];
    const image = el("img", {
      src: fileAddress(whole.file_id),
      width: whole.width,
      height: whole.height,
      alt: say("photo-alt"),
      loading: "lazy",
      class: message.has_media_spoiler ? "blurred" : null,
    });
    const button = el(
      "button",
      { type: "button", class: "photo", "aria-label": say("show-all"), onclick: () => showLarge(whole.file_id) },
      image,
    );
    const scale = Math.min(1, WIDEST / whole.width, 320 / whole.height);
    button.style.maxWidth = `${Math.max(120, Math.round(whole.width * scale))}px`;
    return button;
  },
  video: (video) => el("div", { class: "film" }, icon("play"), el("span", {}, duration(video.duration || 0))),
  sticker: (sticker) => el("div", { class: "sticker-face" }, sticker.emoji || "🙂"),
  voice: (voice) => speaker(voice),
  document: (file) => fileLine(file),
  audio: (file) => fileLine(file),
  location: (place) =>
    el(
      "div",
      { class: "place" },
      el("div", { class: "map" }, icon("pin")),
      el("div", { class: "small" }, `${place.latitude.toFixed(4)}, ${place.longitude.toFixed(4)}`),
    ),
  contact: (contact) =>
    el(
      "div",
      { class: "card" },
      avatar(contact.user_id || 0, contact.first_name),
      el("div", {}, el("div", { class: "strong" }, contact.first_name), el("div", { class: "small" }, contact.phone_number)),
    ),
};

function fileLine(file) {
  const size = file.file_size > 1024 ? `${Math.round(file.file_size / 1024)} KB` : `${file.file_size || 0} B`;
  return el(
    "a",
    { class: "card file", href: fileAddress(file.file_id), download: file.file_name || "file", title: say("open-file") },
    el("span", { class: "round" }, icon("file")),
    el("span", {}, el("span", { class: "strong" }, file.file_name || say("document")), el("span", { class: "small" }, size)),
  );
}

let playing = null;

function speaker(voice) {
  const button = el("button", { type: "button", class: "round", "aria-label": say("hear"), onclick: () => toggle() }, icon("play"));
  const wave = el("span", { class: "wave", "aria-hidden": "true" });
  for (let n = 0; n < 24; n += 1) {
    const bar = el("i");
    bar.style.height = `${4 + ((n * 7 + (voice.file_unique_id || "").charCodeAt(4 + (n % 8)) * 3) % 15)}px`;
    wave.append(bar);
  }
  let sound = null;
  function stop() {
    if (sound) sound.pause();
    sound = null;
    fill(button, icon("play"));
    button.parentElement.classList.remove("playing");
  }
  function toggle() {
    if (sound) return void stop();
    if (playing) playing();
    playing = stop;
    sound = new Audio(fileAddress(voice.file_id));
    sound.onended = stop;
    fill(button, icon("pause"));
    button.parentElement.classList.add("playing");
    sound.play().catch(stop);
  }
  return el("div", { class: "card voice" }, button, wave, el("span", { class: "small" }, duration(voice.duration || 0)));
}

/** A photo over the whole page, until it is clicked or Escape is pressed. */
function showLarge(fileId) {
  const dialog = el("dialog", { class: "large", "aria-label": say("photo-alt"), onclick: () => dialog.close(), onclose: () => dialog.remove() });
  dialog.append(
    el("img", { src: fileAddress(fileId), alt: say("photo-alt") }),
    el("button", { type: "button", class: "icon-button", "aria-label": say("close") }, icon("close")),
  );
  document.body.append(dialog);
  dialog.showModal();
}
