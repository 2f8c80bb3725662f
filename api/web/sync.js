// Sync brings the book's answers to the server and keeps at it until each is
// acknowledged. One save is under way at a time; every failure that may pass is
// tried again, for ever, more slowly; what cannot pass is told.

const timeout = 15000; // a save on a bad line; what comes later is sent again
const mostCompared = 3; // times that a page asks what is stored since digests differ
const slowest = 8000; // between two tries, so that a returning line is soon noticed

// Refused is an answer of the server that says no. Everything else that goes wrong
// (no line, no time, a server in trouble) may pass and is not one.
class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export class Sync extends EventTarget {
  // state is "opening", "idle", "sending", "waiting" (for the line), "signed out",
  // or the end of it: "elsewhere", "over".
  state = "opening";
  writer = "";
  seq = 0;
  tries = 0;
  compared = 0;
  late = []; // slots whose answers came after the grace

  constructor(attempt, book, journal, kept, pace) {
    super();
    Object.assign(this, { at: "/my/attempts/" + attempt, book, journal, kept, pace });
    addEventListener("online", () => this.retryNow());
    document.addEventListener("visibilitychange", () => this.retryNow());
  }

  // The page may have slept: ask at once for the time and for what was missed.
  retryNow() {
    this.tries = 0;
    this.prove = true;
    this.wakeUp?.();
    this.nudge();
  }

  get ended() { return this.state === "elsewhere" || this.state === "over"; }

  tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }

  become(state) {
    if (this.ended || this.state === state) return;
    this.state = state;
    this.tell("state");
  }

  // The loop: whoever has something to do calls nudge.
  nudge() {
    this.asked = true;
    if (!this.running) this.running = this.run().finally(() => (this.running = null));
    return this.running;
  }

  async run() {
    while (this.asked && !this.ended) {
      this.asked = false;
      try {
        if (!this.writer) await this.takeOver();
        else if (!this.book.dirty().length && (this.prove || this.state !== "idle")) await this.check();
        while (this.book.dirty().length && !this.ended) await this.save();
        this.tries = 0;
        this.become("idle");
      } catch (error) {
        if (this.mustWait(error)) await this.pause();
      }
    }
  }

  // mustWait handles what went wrong, and reports whether to try again.
  mustWait(error) {
    this.asked = true;
    if (error.code === "attempt.taken_over") {
      this.become("elsewhere");
    } else if (error instanceof Refused && error.code?.startsWith("attempt.")) {
      this.end();
    } else {
      this.become(error.code === "signed out" ? "signed out" : "waiting");
    }
    return !this.ended;
  }

  // end is the end of the attempt, by whatever cause.
  end() {
    this.become("over");
    this.tell("over");
  }

  pause() {
    const delay = Math.min(slowest, 500 * 2 ** this.tries++) * (0.5 + Math.random() / 2);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.wakeUp = () => { clearTimeout(timer); resolve(); };
    });
  }

  async call(method, path, body) {
    const res = await fetch(this.at + path, {
      method, body: JSON.stringify(body), headers: { "Content-Type": "application/json", Accept: "application/json" },
      signal: AbortSignal.timeout(timeout), redirect: "error",
    });
    const answer = await res.json();
    if (res.ok) {
      if (answer.server_time) this.tell("clock", (this.time = answer));
      return answer;
    }
    if (res.status === 401) throw new Refused("signed out");
    if (res.status >= 500 || res.status === 429 || res.status === 408) throw new Error(answer.code);
    throw new Refused(answer.code);
  }

  // takeOver makes this page the one that writes, and learns what is stored.
  async takeOver() {
    // A page that was brought back does not know whether another device has gone on.
    const session = await this.call("POST", "/session", this.kept.restored && !this.met ? { kept: true } : {});
    this.met = true;
    this.writer = session.writer;
    this.seq = session.seq;
    this.pace.join(session.stored);
    const { changed, aside } = this.book.merge(session.stored);
    const settled = (await this.journal.entries()).map((e) => e.slot).filter((n) => !this.book.slots[n]?.dirty);
    await this.kept.settle(this.book.slots.map((_, n) => n), this.book);
    if (settled.length) await this.journal.remove(settled);
    this.tell("merged", { changed, aside });
  }

  // save sends everything that is not acknowledged, journal first.
  async save() {
    let ack;
    // While the line is away, trying again changes nothing that the page says.
    if (this.state !== "waiting" && this.state !== "signed out") this.become("sending");
    const seq = ++this.seq;
    const slots = this.single ? this.book.dirty().slice(0, 1) : this.book.dirty();
    const batch = this.book.sending(slots, seq);
    await Promise.all(slots.map((n) => this.journal.put(this.book.entry(n))));
    try {
      const responses = batch.map(({ n, text }) => ({ slot: n, response: text ? JSON.parse(text) : {}, worked_ms: this.pace.of(n) }));
      ack = await this.call("PUT", "/responses", { writer: this.writer, seq, responses });
    } catch (error) {
      if (error.code === "save.invalid") return this.refuse(slots);
      if (error.code === "attempt.late") { // the server has kept them
        this.late = slots;
        await this.journal.remove(slots);
      }
      throw error;
    }
    const safe = this.book.acknowledged(batch, seq);
    await this.kept.settle(slots, this.book);
    if (safe.length) await this.journal.remove(safe);
    this.tries = 0;
    if (!this.ended) this.state = "sending";
    this.tell("state");
    await this.compare(ack.digest);
  }

  // compare makes sure that the server holds what it acknowledged.
  async compare(digest) {
    const ours = await this.book.digest();
    if (ours && ours !== digest && !this.book.dirty().length && ++this.compared <= mostCompared) await this.takeOver();
  }

  // refuse finds the one answer of a batch that the server does not take, so that
  // it does not hold up the others, and goes back to what is stored.
  async refuse(slots) {
    if (slots.length > 1) {
      this.single = true;
      return;
    }
    this.single = false;
    await this.journal.remove(slots);
    this.book.slots[slots[0]].dirty = false;
    this.tell("refused", slots[0]);
    await this.takeOver(); // back to what is stored
  }

  // check asks the server for the time, and whether this page still writes.
  async check() {
    await this.call("POST", "/clock", { writer: this.writer });
    this.prove = false;
  }

  // handIn sends what is left and hands in, however long the line takes. It
  // resolves when the attempt is over, or handing in is no longer wanted: since the
  // time that seemed to be over is not, or the exam is paused.
  async handIn(wanted) {
    let mismatches = 0;
    while (!this.ended) {
      await this.nudge();
      if (this.ended || !wanted()) return;
      try {
        const digest = mismatches > 1 ? "" : await this.book.digest();
        await this.call("POST", "/hand-in", { writer: this.writer, digest });
        this.end();
      } catch (error) {
        if (error.code === "attempt.paused") {
          return;
        } else if (error.code === "attempt.digest_mismatch") {
          mismatches++;
          this.writer = ""; // the next round learns what is stored
        } else if (this.mustWait(error)) {
          await this.pause();
        }
      }
    }
  }
}
