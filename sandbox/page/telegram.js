// The sandbox's client side over HTTP, and its stream of events.

import { say } from "/page/words.js";

const AGAIN = 700; // milliseconds until a lost stream is opened anew

/** The sandbox said no; the message is its sentence. */
export class Refused extends Error {}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(`/client/${path}`, options);
  } catch {
    throw new Refused(say("offline"));
  }
  let body = null;
  try {
    body = await response.json();
  } catch {
    // no JSON: too large, or not our server
  }
  if (!response.ok || body === null) throw new Refused((body && body.error) || say("failed", { status: response.status }));
  return body;
}

/** GET /client/<path>; what is null is left out of the query. */
export function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  return ask(given.length ? `${path}?${new URLSearchParams(given)}` : path);
}

/** POST /client/<path>. */
export function post(path, body) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

/** Listen for ever. `opened` comes each time the stream begins, and everything may have changed by then. */
export function listen({ opened, happened, lost }) {
  const source = new EventSource("/client/events");
  source.onopen = () => opened();
  source.onmessage = (message) => happened(JSON.parse(message.data));
  source.onerror = () => {
    source.close();
    lost();
    setTimeout(() => listen({ opened, happened, lost }), AGAIN);
  };
}

export const fileAddress = (id) => `/client/files/${encodeURIComponent(id)}`;

/** The bytes of a file from disk, as base64 text. */
export function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(new Refused(say("unreadable-file")));
    reader.readAsDataURL(blob);
  });
}

const LONGEST = 1280;

/** A picture from disk as Telegram sends photos: a JPEG of at most 1280 pixels. */
export async function photo(blob) {
  const address = URL.createObjectURL(blob);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "white";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await base64(await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.87)));
  } catch {
    throw new Refused(say("no-picture"));
  } finally {
    URL.revokeObjectURL(address);
  }
}
