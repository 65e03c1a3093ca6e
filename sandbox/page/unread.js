// What people have not seen yet, in chats that no phone in sight shows.

export class Unread {
  constructor(world) {
    this._world = world;
    this._counts = new Map(); // person → key → number
  }

  /** A message came; `phones` are those there are, `visible(phone)` says which are in sight. */
  came(event, phones, visible) {
    if (!event.message) return;
    const author = event.message.from && event.message.from.id;
    for (const person of new Set(phones.map((phone) => phone.person))) {
      if (person === author || !this._reads(person, event.key)) continue;
      const seen = phones.some((phone) => phone.person === person && phone.key === event.key && visible(phone));
      if (!seen) this._set(person, event.key, this.of(person, event.key) + 1);
    }
  }

  /** Somebody looks at a chat now. */
  seen(person, key) {
    if (!this.of(person, key)) return false;
    this._set(person, key, 0);
    return true;
  }

  of(person, key) {
    const counts = this._counts.get(person);
    return (counts && counts.get(key)) || 0;
  }

  /** What waits for a person in other chats than this one. */
  elsewhere(person, key) {
    let sum = 0;
    for (const [other, count] of this._counts.get(person) || []) if (other !== key) sum += count;
    return sum;
  }

  _set(person, key, count) {
    if (!this._counts.has(person)) this._counts.set(person, new Map());
    this._counts.get(person).set(key, count);
  }

  _reads(person, key) {
    if (key.includes(":")) return key.endsWith(`:${person}`);
    return Boolean(this._world.memberOf(this._world.chats.get(key), person));
  }
}
