// Where links lead: to a bot of this world, to a group of it, or out into the web.

const SAFE = new Set(["http:", "https:", "mailto:", "ftp:"]);
const TELEGRAM = new Set(["t.me", "telegram.me", "www.t.me", "telegram.dog"]);

/**
 * Read a link: {bot, payload}, {group}, {web} (an address that may be opened), or null when it leads nowhere.
 */
export function destination(text, world) {
  let url;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
  } catch {
    return null;
  }
  if (url.protocol === "tg:") return inside(url.searchParams.get("domain") || "", url.searchParams.get("start"), world);
  if (TELEGRAM.has(url.hostname.toLowerCase())) {
    const [name, ...rest] = url.pathname.slice(1).split("/");
    const found = rest.length ? null : inside(name, url.searchParams.get("start"), world);
    if (found) return found;
  }
  return SAFE.has(url.protocol) ? { web: url.href } : null;
}

/** What a username of this world belongs to. */
function inside(name, payload, world) {
  const same = (thing) => Boolean(thing.username) && thing.username.toLowerCase() === name.toLowerCase();
  const bot = world.bots.find(same);
  if (bot) return { bot: bot.id, payload: /^[\w-]{1,64}$/.test(payload || "") ? payload : null };
  const group = world.groups().find(same);
  return group ? { group: group.id } : null;
}

/** What a mention (@name) belongs to. */
export const mentioned = (text, world) => inside(text.replace(/^@/, ""), null, world);
