// Pace counts how long this tab shows each item while the exam's clock runs: statistics
// look for answers that came too fast to be read. No fault of it may hold up an answer:
// a browser can deny sessionStorage, or have no room in it.
const unknown = -1e12; // of an item that another tab may have shown before

export class Pace {
  constructor(attempt, { slots }) {
    this.name = "proba-pace-" + attempt;
    this.all = this.begin(slots);
    addEventListener("pagehide", () => this.show(this.at));
  }

  // begin is what this tab has counted before. Where it cannot note that, nothing tells
  // a first look from one after a reload.
  begin(slots) {
    try {
      const kept = sessionStorage[this.name], begun = slots.some((s) => s.base || s.dirty);
      const all = kept ? JSON.parse(kept) : slots.map(() => (begun ? unknown : 0));
      sessionStorage[this.name] = JSON.stringify(all);
      if (all.length === slots.length && all.every(Number.isFinite)) return all;
    } catch {}
    return slots.map(() => unknown);
  }

  // show says what is shown from now on, -1 for nothing.
  show(slot) {
    const now = performance.now();
    if (this.at >= 0) this.all[this.at] += now - this.since;
    [this.at, this.since] = [slot, now];
    try {
      sessionStorage.removeItem(this.name); // counts that stay behind would be too short
      sessionStorage[this.name] = JSON.stringify(this.all);
    } catch {}
  }

  // leave forgets everything, since another device goes on: what that one shows is not
  // known here when the learner comes back, and it need not answer anything.
  leave() {
    this.all.fill(unknown);
    this.show(-1);
  }

  // join takes what other tabs told.
  join(stored) {
    for (const { slot, worked_ms } of stored) if (worked_ms > this.all[slot]) this.all[slot] = worked_ms;
  }

  of(slot) {
    this.show(this.at);
    const ms = Math.ceil(this.all[slot]);
    return ms > 0 && Number.isSafeInteger(ms) ? ms : undefined;
  }
}
