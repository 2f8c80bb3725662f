// The exam page. Every item is in the page already, as a form that also works
// without this script; here the items are shown one at a time, every change goes to
// the journal and then to the server, and the page says what is safe where.
import { Book, parsed } from "./book.js";
import { openJournal } from "./journal.js";
import { Kept } from "./kept.js";
import { Sync } from "./sync.js";
import { Clock } from "./clock.js";
import { Pace } from "./pace.js";
import { makePointable } from "./areas.js";
import { read, write, guard, makeOrderable, numbers, progress, readable, sayCount, sayReading, typed } from "./answers.js";

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

const typingPause = 700; // ms after the last key before a typed answer is sent
const checkEvery = 30000; // ms between asking for the time and for extensions
const heldEvery = 10000; // and while the exam is paused, so that nobody sees late that it goes on

const { attempt, words } = JSON.parse($("#setup").textContent);
const kept = new Kept(attempt);
const items = $$(".item");
const forms = items.map((item) => $("form", item));
const places = $$(".places button");
const flags = new Set();
let here = 0; // the slot that is shown

// announce says aloud what the page shows elsewhere.
const announce = (text) => ($("#announce").textContent = text);

// say announces, and shows what it says for a while.
function say(text) {
  announce(text);
  $("#announce").classList.toggle("hidden", !text);
  clearTimeout(say.timer);
  say.timer = setTimeout(() => $("#announce").classList.add("hidden"), 8000);
}

const acknowledged = await kept.answers();
const book = new Book(forms.map((form, n) => {
  const { seq, response } = acknowledged.get(n) ?? {};
  return seq ? { seq, response: parsed(response) } : { seq: Number(form.elements.base.value), response: read(form) };
}));
acknowledged.forEach((_, slot) => show(slot));
const journal = await openJournal(attempt);
for (const entry of await journal.entries()) {
  book.restore(entry);
  show(entry.slot);
}
for (const slot of await journal.flags()) flags.add(slot);
const pace = new Pace(attempt, book);
const sync = new Sync(attempt, book, journal, kept, pace);
const timer = $("[role=timer]");
let heard = !kept.restored; // whether the time is the server's
const held = "paused" in timer.dataset;
const clock = new Clock(timer.dataset.left - (held ? 0 : kept.age), held, words, say, timeOver);
const channel = new BroadcastChannel("proba-" + attempt);

// show writes what the book holds into the item's form.
function show(slot) {
  if (!forms[slot]) return;
  write(forms[slot], parsed(book.slots[slot].now));
  if (numbers(forms[slot]).length) sayReading(forms[slot], words);
  if (forms[slot].dataset.kind === "extended_text") sayCount(forms[slot], words);
}

// changed takes the learner's answer: to the journal at once, to the server when
// there is a line. The place in the navigator says "not yet safe" until it is.
async function changed(slot, wait = 0) {
  if (!book.write(slot, read(forms[slot]))) return;
  refresh();
  await journal.put(book.entry(slot));
  clearTimeout(changed.timer);
  changed.timer = setTimeout(() => sync.nudge(), wait);
}

function refresh() {
  const dirty = book.dirty();
  book.slots.forEach((slot, n) => {
    const states = { answered: !!slot.now, flagged: flags.has(n), unsafe: slot.dirty };
    for (const [name, on] of Object.entries(states)) places[n].classList.toggle(name, on);
    const { filled, all } = progress(forms[n]), partly = filled > 0 && filled < all;
    if (all) $("[data-gaps]", places[n]).textContent = partly ? `${filled}/${all}` : "";
    const spoken = [states.answered ? words.answered : words.open, states.flagged && words.live_flagged, states.unsafe && words.live_unsafe];
    $(".hidden", places[n]).textContent = " " + spoken.filter(Boolean).join(", ");
  });
  $("#flag").setAttribute("aria-pressed", String(flags.has(here)));
  showSafety(dirty.length);
  showSummary(dirty);
}

// showSafety says where the answers are: on the server, or only here.
function showSafety(unsafe) {
  let text = words.live_allSafe;
  if (sync.state === "opening") text = words.live_opening;
  else if (sync.state === "signed out") text = words.live_signedOut;
  else if (sync.state === "waiting") text = unsafe ? words.live_noLine.replace("{}", unsafe) : words.live_noLineNothing;
  else if (unsafe) text = words.live_sending.replace("{}", unsafe);
  if (unsafe && !journal.durable) text += " " + words.live_noJournal;
  const box = $("#safety");
  box.dataset.state = unsafe ? "unsafe" : sync.state === "idle" ? "safe" : "unknown";
  box.dataset.line = sync.state;
  $("#sign-in-again").hidden = sync.state !== "signed out";
  $("b", box).textContent = text;
  if (sync.state !== "sending") announceLine(text);
}

// announceLine says aloud when the line goes and when it is back, and not each answer.
function announceLine(text) {
  const away = sync.state === "waiting" || sync.state === "signed out";
  if (away !== announceLine.away && (away || announceLine.away)) announce(text);
  announceLine.away = away;
}

function showSummary(dirty) {
  const list = (name, slots) => {
    $(`[data-list=${name}]`).hidden = !slots.length;
    $(`[data-list=${name}] ol`).replaceChildren(...slots.map((n) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#item-${n + 1}`;
      link.className = "place";
      link.textContent = n + 1;
      item.append(link);
      return item;
    }));
  };
  list("open", book.open());
  list("partly", forms.flatMap((form, n) => (book.slots[n].now && progress(form).filled < progress(form).all ? [n] : [])));
  list("unread", forms.flatMap((form, n) => (readable(form) ? [] : [n])));
  list("flagged", [...flags].sort((a, b) => a - b));
  list("unsafe", dirty);
  $("#nothing-missing").hidden = book.open().length > 0;
}

// Where we are is in the address, so that Back and Forward walk through the items.
let entered = false;
function navigate() {
  if (location.hash && !/^#(item-\d+|summary)$/.test(location.hash)) return; // the skip link
  const summary = location.hash === "#summary";
  const n = Math.min(Math.max(Number(location.hash.replace("#item-", "")) || 1, 1), items.length) - 1;
  here = n;
  showPace();
  items.forEach((item, i) => (item.hidden = summary || i !== n));
  $$(".stimulus").forEach((s) => (s.hidden = summary || s.id !== items[n].dataset.stimulus));
  places.forEach((p, i) => (!summary && i === n ? p.setAttribute("aria-current", "step") : p.removeAttribute("aria-current")));
  $("#summary").hidden = !summary;
  $("#places > [value=summary]").hidden = summary;
  $("#where").hidden = summary;
  $("#where b").textContent = n + 1;
  $("#report-slot").value = n;
  const last = n === items.length - 1;
  $("#steps").hidden = summary;
  $("#previous").hidden = n === 0;
  $("#previous").value = n;
  $("#next").value = last ? "summary" : n + 2;
  $("#next").textContent = last ? words.live_toSummary : words.live_next;
  $("#flag").setAttribute("aria-pressed", String(flags.has(n)));
  if (!entered) return void (entered = true);
  $("#announce").classList.add("hidden"); // what was said of the item before
  if ($("#report-status").textContent) {
    $("#report-status").textContent = "";
    $(".report").open = false;
  }
  $("h1", summary ? $("#summary") : items[n]).focus();
}

const showPace = () => pace.show(clock.held || location.hash === "#summary" ? -1 : here);

// report sends what is wrong with an item, and stays here.
async function report(e) {
  e.preventDefault();
  const form = e.target;
  const sent = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).then((res) => res.ok, () => false);
  $("#report-status").textContent = sent ? words.live_reported : words.live_reportFailed;
  if (sent) form.elements.text.value = "";
}

// timeOver asks for the time before it hands in: a pause or an extension may have come
// while this device had no line, and the age of a page that was brought back is by
// this machine's clock, which may be wrong.
function timeOver() {
  if (!heard) return;
  say(words.live_timeOver);
  sync.prove = true;
  handIn(words.live_timeOver, () => clock.left() < 1 && !clock.held);
}

// handIn ends the exam as soon as everything is on the server.
async function handIn(reason, wanted = () => true) {
  if (handIn.begun) return;
  lock(true);
  $("#handing-in h1").textContent = reason;
  $("#handing-in h1").focus();
  await sync.handIn(wanted);
  if (sync.ended) return;
  lock(false);
  sync.prove = true;
  sync.nudge();
}

// lock closes the form while it is handed in.
function lock(on) {
  handIn.begun = on;
  for (const part of [...items, $("#steps"), $("#places"), $("#summary"), ...$$(".stimulus, .report")]) part.inert = on;
  $("#handing-in").hidden = !on;
}

// showPause covers the form while the exam is paused. What was typed is sent as ever.
function showPause() {
  if ($("#paused").hidden !== clock.held) return;
  $("#paused").hidden = !clock.held;
  showPace();
  say(clock.held ? words.live_paused : words.live_continued);
  if (clock.held) $("#paused h1").focus();
}

function listen() {
  forms.forEach((form, n) => {
    if (form.dataset.kind === "hotspot") makePointable(form);
    if (form.dataset.kind === "ordering") makeOrderable(form, words, () => changed(n), say);
    form.addEventListener("input", (e) => { if (typed(e.target)) changed(n, typingPause); });
    if (numbers(form).length) {
      let paused;
      const say = () => sayReading(form, words);
      form.addEventListener("input", () => { clearTimeout(paused); paused = setTimeout(say, typingPause); });
      form.addEventListener("change", say);
      say();
    }
    if (form.dataset.kind === "extended_text") {
      form.addEventListener("input", () => sayCount(form, words));
      sayCount(form, words);
    }
    form.addEventListener("change", (e) => {
      const said = guard(form, e.target, words);
      if (said) say(said);
      changed(n);
    });
    form.addEventListener("submit", (e) => e.preventDefault());
  });
  $("#flag").hidden = false;
  $("#flag").onclick = () => {
    flags.has(here) ? flags.delete(here) : flags.add(here);
    refresh();
    journal.flag(here, flags.has(here));
  };
  document.addEventListener("click", (e) => {
    const to = e.target.closest("button[name=go]");
    if (!to) return;
    e.preventDefault();
    location.hash = to.value === "summary" ? "summary" : "item-" + to.value;
  });
  for (const b of $$("[data-live]")) b.textContent = words[b.dataset.live];
  $("#say-time").hidden = false;
  $("#say-time").onclick = () => say(clock.sentence());
  $("#hand-in").onclick = () => handIn(words.live_handingIn);
  $$("form[data-language]").forEach((form) => form.addEventListener("submit", changeLanguage));
  $("#report").addEventListener("submit", report);
  addEventListener("hashchange", navigate);
  addEventListener("beforeunload", (e) => { if (book.dirty().length && !sync.ended) e.preventDefault(); });
  channel.onmessage = () => sync.become("elsewhere");
}

// changeLanguage loads the page again in the other language, which needs the line:
// without one the learner stays here, with everything.
async function changeLanguage(e) {
  e.preventDefault();
  const form = e.target;
  sync.retryNow();
  await Promise.race([sync.running, new Promise((r) => setTimeout(r, 3000))]);
  if (sync.state !== "idle" || book.dirty().length) return say(words.live_languageNeedsLine);
  form.submit();
}

function ended() {
  if (sync.state === "elsewhere") {
    pace.leave();
    for (const part of [...items, $("#steps"), $("#places"), $("#summary"), $("#bar"), $("#handing-in"), ...$$(".stimulus, .report")]) part.hidden = true;
    $("#elsewhere").hidden = false;
    $("#elsewhere h1").focus();
  }
}

sync.addEventListener("state", () => { refresh(); ended(); });
sync.addEventListener("clock", (e) => {
  heard = true;
  clock.hear(e.detail);
  showPause();
});
for (const type of ["clock", "state"]) sync.addEventListener(type, () => { if (sync.state === "idle") kept.hear(sync.time, book); });
sync.addEventListener("merged", ({ detail: { changed: slots, aside } }) => {
  channel.postMessage("taken");
  slots.forEach(show);
  if (aside.length) {
    $("#aside").hidden = false;
    $("#aside b").textContent = aside.map((n) => n + 1).join(", ");
  }
  refresh();
});
sync.addEventListener("refused", (e) => say(words.live_refused.replace("{}", e.detail + 1)));
sync.addEventListener("over", () => {
  kept.end();
  const late = sync.late.length ? "#late=" + sync.late.map((n) => n + 1) : "";
  location.replace(`/my/attempts/${attempt}/result?lang=${document.documentElement.lang}${late}`);
});

listen();
navigate();
refresh();
document.documentElement.classList.add("live");
performance.mark("live");
sync.nudge();
const ask = () => { sync.prove = true; sync.nudge(); };
setInterval(ask, checkEvery);
setInterval(() => { if (clock.held) ask(); }, heldEvery);
