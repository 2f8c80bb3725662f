// The clock counts down to the server's deadline by the time that passes here, so
// that a wrong clock of this machine changes nothing. It is quiet: it speaks at 10, 5
// and 1 minutes, and when asked.

const spokenAt = [10, 5, 1];

export class Clock {
  // left is the time that the page was told, in seconds.
  constructor(left, held, words, say, over) {
    Object.assign(this, { held, words, say, over });
    this.shown = document.querySelector("[role=timer] b");
    this.until(left);
    setInterval(() => this.tick(), 1000);
  }

  until(left) {
    this.since = performance.now();
    this.end = this.since + left * 1000;
    this.last = undefined;
    this.tick();
  }

  // hear takes the server's word: { server_time, deadline, paused_at }. While the exam
  // is paused nothing passes.
  hear({ server_time, deadline, paused_at }) {
    const held = paused_at !== undefined;
    const left = (Date.parse(deadline) - Date.parse(held ? paused_at : server_time)) / 1000;
    if (left > 0 && held === this.held && Math.abs(left - this.left()) <= 1) return;
    this.held = held;
    this.until(left);
  }

  left() { return Math.max(0, (this.end - (this.held ? this.since : performance.now())) / 1000); }

  // sentence is what is said when asked: in the last minute by the second.
  sentence() {
    const left = this.left();
    return left > 60 ? this.words.live_minutesLeft.replace("{}", Math.ceil(left / 60)) : this.words.live_secondsLeft.replace("{}", Math.ceil(left));
  }

  tick() {
    const minutes = Math.ceil(this.left() / 60);
    if (minutes === this.last) return;
    const passed = this.last !== undefined;
    this.last = minutes;
    this.shown.textContent = minutes;
    document.documentElement.classList.toggle("hurry", minutes <= 5);
    if (passed && spokenAt.includes(minutes)) this.say(this.sentence());
    if (minutes === 0 && !this.held) this.over();
  }
}
