// The book holds what this page knows of every answer, and decides who wins. It
// touches neither the page nor the network.
//
// A slot is { base, stored, now, dirty, sent }: stored is the answer that the server
// acknowledged, base its sequence number, now what the learner sees. dirty says that
// now is not known to be stored.

// canonical is the response's JSON text as the server hashes it: members in this
// order, none that is empty. "" is no answer.
export function canonical(r) {
  const kept = {};
  if (r.choices?.length) kept.choices = r.choices;
  if (r.order?.length) kept.order = r.order;
  if (r.pairs?.some((p) => p >= 0)) kept.pairs = r.pairs;
  if (r.text) kept.text = r.text;
  if (r.gaps?.some((g) => g)) kept.gaps = r.gaps;
  return Object.keys(kept).length ? JSON.stringify(kept) : "";
}

export const parsed = (text) => (text ? JSON.parse(text) : {});

export class Book {
  // answers are the ones on the page as the server rendered it: [{ seq, response }].
  constructor(answers) {
    this.slots = answers.map(({ seq, response }) => {
      const text = canonical(response);
      return { base: seq, stored: text, now: text, dirty: false, sent: [] };
    });
  }

  // write takes the learner's answer, and reports whether it is another one.
  write(n, response) {
    const slot = this.slots[n];
    const text = canonical(response);
    if (text === slot.now) return false;
    slot.now = text;
    slot.dirty = true;
    return true;
  }

  entry(n) {
    const { base, now, sent } = this.slots[n];
    return { slot: n, response: now, base, sent };
  }

  dirty() { return this.slots.flatMap((slot, n) => (slot.dirty ? [n] : [])); }
  open() { return this.slots.flatMap((slot, n) => (slot.now ? [] : [n])); }

  // restore takes an entry of the journal back: what was not acknowledged when the
  // page went away.
  restore({ slot: n, response, base, sent }) {
    if (this.slots[n]) Object.assign(this.slots[n], { now: response, dirty: true, base, sent, stored: undefined });
  }

  // merge takes what the server has stored. An answer of ours that was not
  // acknowledged stands if it was given over the stored one, or the stored one is an
  // earlier sending of this very slot. Otherwise another device has answered since,
  // and its answer stands: an old tab must not overwrite it. What the server has
  // acknowledged and does not hold (a store that was restored) is sent again. It
  // returns the slots that changed on the page and those whose answer was set aside.
  merge(stored) {
    const changed = [], aside = [];
    const bySlot = new Map(stored.map((s) => [s.slot, s]));
    this.slots.forEach((slot, n) => {
      const { seq, response } = bySlot.get(n) ?? { seq: 0, response: {} };
      const text = canonical(response);
      const lost = seq < slot.base;
      const ours = lost || seq === slot.base || slot.sent.some((s) => s.seq === seq && s.text === text);
      slot.dirty ||= lost;
      slot.stored = text;
      slot.base = seq;
      if (slot.dirty && ours && slot.now !== text) return;
      if (slot.dirty && !ours && slot.now !== text) aside.push(n);
      if (slot.now !== text) changed.push(n);
      Object.assign(slot, { now: text, dirty: false, sent: [] });
    });
    return { changed, aside };
  }

  // sending notes that the slots go out under seq, and returns what goes out.
  sending(slots, seq) {
    return slots.map((n) => {
      const slot = this.slots[n];
      slot.sent = [...slot.sent.slice(-9), { seq, text: slot.now }];
      return { n, text: slot.now };
    });
  }

  // acknowledged returns the slots that are safe now: those that were not answered
  // again while the save was under way.
  acknowledged(batch, seq) {
    return batch.flatMap(({ n, text }) => {
      const slot = this.slots[n];
      Object.assign(slot, { stored: text, base: seq });
      if (slot.now !== text) return [];
      Object.assign(slot, { dirty: false, sent: [] });
      return [n];
    });
  }

  // digest is over all answers that the server should hold, in hex, computed as the
  // server does it; "" where the browser cannot hash (no secure context).
  async digest() {
    if (!globalThis.crypto?.subtle) return "";
    const encoder = new TextEncoder();
    const leaves = new Uint8Array(32 * this.slots.length);
    for (const [n, { stored }] of this.slots.entries()) {
      if (stored) leaves.set(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(stored))), 32 * n);
    }
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", leaves));
    return Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join("");
  }
}
