// Who is in the world: people, groups and bots, adding more of them, and who belongs to a group.

import { avatar, el, fill } from "/page/elements.js";
import { openDialog } from "/page/sheet.js";
import { post } from "/page/telegram.js";
import { nameOf } from "/page/world.js";
import { say } from "/page/words.js";

/** Everybody with their phones to open, every group, the bots by their names, and forms for more people and groups. */
export function openPeople(world, page) {
  const list = el("ul", { class: "people" });
  const trouble = el("p", { class: "trouble", role: "alert" });
  const draw = () => {
    fill(
      list,
      world.bots.map((bot) => line(bot, `@${bot.username}`, [button(say("copy-link"), (event) => copyLink(bot, event.currentTarget))])),
      world.groups().length ? el("li", { class: "heading" }, say("groups")) : null,
      world.groups().map((chat) =>
        el(
          "li",
          {},
          avatar(chat.id, chat.title, "group"),
          el("span", { class: "grow" }, chat.title, el("span", { class: "small" }, say("group-members", { n: world.present(chat).length }))),
          button(say("members"), () => openGroup(world, chat.id)),
          button(say("open-group"), () => open(reader(chat), chat.id)),
        ),
      ),
      el("li", { class: "heading" }, say("persons")),
      [...world.users.values()].map((user) =>
        el(
          "li",
          {},
          avatar(user.id, nameOf(user)),
          el("span", { class: "grow" }, nameOf(user), user.username ? el("span", { class: "small" }, `@${user.username}`) : null),
          el("button", { type: "button", class: "plain", onclick: () => open(user.id) }, say("open-phone")),
        ),
      ),
    );
    drawMembers(groupForm.querySelector(".choices"), world);
  };
  const copyLink = async (bot, pressed) => {
    try {
      await navigator.clipboard.writeText(`t.me/${bot.username}`);
      pressed.textContent = say("copied");
    } catch (error) {
      trouble.textContent = error.message;
    }
  };
  const open = (person, chat = null) => {
    dialog.close();
    if (person !== undefined) page.open(person, chat);
  };
  /** Through whose phone a group is looked at: somebody in it, rather one whose phone is there. */
  const reader = (chat) => {
    const inside = world.present(chat).map(({ user }) => user.id).filter((id) => world.users.has(id));
    return page.holders().find((id) => inside.includes(id)) || inside[0] || world.users.keys().next().value;
  };
  const personForm = form(say("add-person"), trouble, personFields(), async (values) => {
    const user = await post("users", {
      first_name: values.get("first_name"),
      language_code: values.get("language_code"),
      ...(values.get("username") ? { username: values.get("username") } : {}),
    });
    world.users.set(user.id, user);
    draw();
    open(user.id);
  });
  const groupForm = form(say("add-group"), trouble, groupFields(), async (values) => {
    const members = values.getAll("member").map(Number);
    const chat = await post("chats", { title: values.get("title"), admins: members.slice(0, 1), members: members.slice(1), bot: values.get("bot") || null });
    dialog.close();
    if (members.length) page.open(members[0], chat.id);
  });
  const content = el("div", { class: "people-dialog" }, el("h2", {}, say("people")), list, trouble, personForm, groupForm, closer(() => dialog.close()));
  draw();
  const unsubscribe = world.subscribe((event) => ["user", "chat", "member", "anew"].includes(event.kind) && draw());
  const dialog = openDialog(say("people"), content, unsubscribe);
}

function personFields() {
  const languages = [["zh-hans", "中文"], ["en", "English"]];
  return [
    el("label", {}, el("span", {}, say("first-name")), el("input", { name: "first_name", required: true, maxlength: 64, autocomplete: "off" })),
    el("label", {}, el("span", {}, say("username")), el("input", { name: "username", pattern: "[A-Za-z][A-Za-z0-9_]{3,31}", autocomplete: "off" })),
    el(
      "label",
      {},
      el("span", {}, say("his-language")),
      el("select", { name: "language_code" }, languages.map(([code, name]) => el("option", { value: code }, name))),
    ),
  ];
}

function groupFields() {
  const statuses = [["administrator", "bot-admin"], ["member", "bot-member"], ["", "bot-none"]];
  return [
    el("label", {}, el("span", {}, say("group-name")), el("input", { name: "title", required: true, maxlength: 128, autocomplete: "off" })),
    el("fieldset", { class: "choices" }, el("legend", {}, say("members"))),
    el(
      "label",
      {},
      el("span", {}, say("bot")),
      el("select", { name: "bot" }, statuses.map(([status, name]) => el("option", { value: status }, say(name)))),
    ),
  ];
}

/** One box for everybody; who is ticked already stays so. */
function drawMembers(fieldset, world) {
  const ticked = new Set([...fieldset.querySelectorAll("input:checked")].map((input) => input.value));
  fill(
    fieldset,
    el("legend", {}, say("members")),
    [...world.users.values()].map((user) =>
      el("label", { class: "tick" }, el("input", { type: "checkbox", name: "member", value: user.id, checked: ticked.has(String(user.id)) }), nameOf(user)),
    ),
  );
}

function form(title, trouble, fields, submit) {
  const element = el(
    "form",
    {
      onsubmit: async (event) => {
        event.preventDefault();
        trouble.textContent = "";
        try {
          await submit(new FormData(element));
          element.reset();
        } catch (error) {
          trouble.textContent = error.message;
        }
      },
    },
    fields,
    el("div", { class: "buttons" }, el("button", { type: "submit", class: "primary" }, say("add"))),
  );
  return el("details", { class: "adding" }, el("summary", {}, title), element);
}

const closer = (close) =>
  el("div", { class: "buttons" }, el("button", { type: "button", class: "plain", onclick: close }, say("close")));

/** Who belongs to a group, and what they may do there. */
export function openGroup(world, chatId) {
  const list = el("ul", { class: "people" });
  const trouble = el("p", { class: "trouble", role: "alert" });
  const title = el("h2");
  const set = async (user, status) => {
    trouble.textContent = "";
    try {
      await post(`chats/${chatId}/members`, { ...(user.is_bot ? { bot: user.id } : { user_id: user.id }), status });
    } catch (error) {
      trouble.textContent = error.message;
    }
  };
  const draw = () => {
    const chat = world.chats.get(String(chatId));
    if (!chat) return;
    title.textContent = chat.title;
    const present = world.present(chat);
    const inside = new Set(present.map((member) => member.user.id));
    const outside = [...world.users.values(), ...world.bots].filter((user) => !inside.has(user.id));
    fill(
      list,
      present.map(({ user, status }) => line(user, say(STATUS[status] || "member"), status === "creator" ? [] : actions(user, status, set))),
      outside.length ? el("li", { class: "heading" }, say("add-member")) : null,
      outside.map((user) => line(user, "", [button(say("add"), () => set(user, "member"))])),
    );
  };
  draw();
  const unsubscribe = world.subscribe((event) => ["user", "member", "chat", "anew"].includes(event.kind) && draw());
  const dialog = openDialog(say("members"), el("div", { class: "people-dialog" }, title, list, trouble, closer(() => dialog.close())), unsubscribe);
}

const STATUS = { creator: "creator", administrator: "admin", member: "member", restricted: "cannot-write" };

function actions(user, status, set) {
  const admin = status === "administrator";
  return [
    button(say(admin ? "make-member" : "make-admin"), () => set(user, admin ? "member" : "administrator")),
    button(say("remove"), () => set(user, "kicked"), "danger"),
  ];
}

const button = (label, act, kind = "plain") => el("button", { type: "button", class: kind, onclick: act }, label);

const line = (user, note, buttons) =>
  el(
    "li",
    {},
    avatar(user.is_bot ? 0 : user.id, nameOf(user), user.is_bot ? "robot" : ""),
    el("span", { class: "grow" }, nameOf(user), note ? el("span", { class: "small" }, note) : null),
    buttons,
  );
