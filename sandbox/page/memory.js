// What a page remembers of a stage: which phones, and how far the tour is. A tab keeps its own; a new one, also in a browser
// that was closed meanwhile, goes on where the last one was. A stage has a number of its own, kept with its world.

const PREFIX = "wishlight:stage:";
const STAGES = 5; // the last ones are enough

const read = (storage, stage) => {
  try {
    const memory = JSON.parse(storage().getItem(PREFIX + stage));
    return memory && memory.stage === stage && Array.isArray(memory.phones) ? memory : null;
  } catch {
    return null; // shut, or nothing that was ours
  }
};

/** What is remembered of a stage, if anything. */
export const remembered = (stage) => read(() => sessionStorage, stage) || read(() => localStorage, stage);

/** Remember from now on; `memory.stage` says of which. */
export function keep(memory) {
  const text = JSON.stringify({ ...memory, at: Date.now() });
  for (const storage of [() => sessionStorage, () => localStorage]) {
    try {
      storage().setItem(PREFIX + memory.stage, text);
      forgetOld(storage());
    } catch {
      // shut or full; a reload begins anew
    }
  }
}

function forgetOld(storage) {
  const names = Object.keys(storage).filter((name) => name.startsWith(PREFIX));
  if (names.length <= STAGES) return;
  const at = (name) => {
    try {
      return JSON.parse(storage.getItem(name)).at || 0;
    } catch {
      return 0;
    }
  };
  names.sort((a, b) => at(b) - at(a));
  for (const name of names.slice(STAGES)) storage.removeItem(name);
}
