// Pace counts how long this tab shows each item while the exam's clock runs: statistics
// look for answers that came too fast to be read.
const unknown = -1e12; // of an item that another tab may have shown before

export class Pace {
  constructor(attempt, { slots }) {
    this.name = "proba-pace-" + attempt;
    const kept = sessionStorage[this.name], begun = slots.some((s) => s.base || s.dirty);
    this.all = kept ? JSON.parse(kept) : slots.map(() => (begun ? unknown : 0));
    addEventListener("pagehide", () => this.show(this.at));
  }

  // show says what is shown from now on, -1 for nothing.
  show(slot) {
    const now = performance.now();
    if (this.at >= 0) this.all[this.at] += now - this.since;
    [this.at, this.since] = [slot, now];
    sessionStorage[this.name] = JSON.stringify(this.all);
  }

  // join takes what other tabs told.
  join(stored) {
    for (const { slot, worked_ms } of stored) if (worked_ms > this.all[slot]) this.all[slot] = worked_ms;
  }

  of(slot) {
    this.show(this.at);
    return this.all[slot] > 0 ? Math.ceil(this.all[slot]) : undefined;
  }
}
