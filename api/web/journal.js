// The journal keeps every answer that the server has not acknowledged in the
// browser's own database, before it is sent: it outlives a reload, a crash and a
// night without a line. The learner's flags lie beside it and stay on this device.
//
// An entry is one slot's newest answer: { slot, response, base, sent }. base is the
// sequence number of the stored answer that it was given over; sent are the
// sequence numbers under which this slot has been sent without an acknowledgement.

const keepDays = 30; // what nobody came back for in a month is no answer any more

const promised = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function open() {
  const request = indexedDB.open("proba", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("answers", { keyPath: ["attempt", "slot"] });
    request.result.createObjectStore("flags", { keyPath: ["attempt", "slot"] });
  };
  return promised(request);
}

// openJournal never fails: a browser without a database keeps the journal in
// memory, and says so by durable.
export async function openJournal(attempt) {
  try {
    const journal = new Journal(attempt, await open());
    await journal.forgetOld();
    return journal;
  } catch {
    return new Memory();
  }
}

class Journal {
  durable = true;
  constructor(attempt, db) {
    this.attempt = attempt;
    this.db = db;
  }

  // change runs one write and resolves when it is on disk, or is known to have
  // failed (a full disk): answers still go to the server then.
  async change(store, act) {
    try {
      const tx = this.db.transaction(store, "readwrite", { durability: "strict" });
      act(tx.objectStore(store));
      await new Promise((resolve, reject) => {
        tx.oncomplete = resolve;
        tx.onerror = tx.onabort = () => reject(tx.error);
      });
    } catch {
      this.durable = false;
    }
  }

  all(store) {
    const mine = IDBKeyRange.bound([this.attempt, 0], [this.attempt, Infinity]);
    return promised(this.db.transaction(store).objectStore(store).getAll(mine));
  }

  entries() { return this.all("answers"); }
  put(entry) { return this.change("answers", (s) => s.put({ ...entry, attempt: this.attempt, at: Date.now() })); }
  remove(slots) { return this.change("answers", (s) => slots.forEach((slot) => s.delete([this.attempt, slot]))); }

  async flags() { return (await this.all("flags")).map((f) => f.slot); }
  flag(slot, on) { return this.change("flags", (s) => (on ? s.put({ attempt: this.attempt, slot }) : s.delete([this.attempt, slot]))); }

  forgetOld() {
    const before = Date.now() - keepDays * 86400000;
    return this.change("answers", (s) => {
      s.openCursor().onsuccess = ({ target: { result: at } }) => {
        if (!at) return;
        if (at.value.at < before) at.delete();
        at.continue();
      };
    });
  }
}

class Memory {
  durable = false;
  async entries() { return []; }
  async put() {}
  async remove() {}
  async flags() { return []; }
  async flag() {}
}
