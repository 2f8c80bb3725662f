// Keeps the exam page in the browser, so that exam-worker.js brings it back when it is
// loaded while the line or the server is away. What is kept is the form as the server
// gave it, with its images and every answer taken out; the answers that the server has
// acknowledged lie in a database of their own, those that it has not in the journal.
//
// Both are for who sat here, and nobody else: a cookie marks for whom they were kept,
// lives no longer than the session in the browser, and is taken back by the server
// when anybody signs in or out. The page is brought back for that mark alone, and not
// after the time of the attempt.

const longestPause = 7 * 24 * 3600e3; // ms, as the service ends a forgotten one
const name = "proba-exam"; // the cache and the database; the worker knows the cache too

const mark = () => document.cookie.match(/(?:^|; )proba-kept=([\w-]+)/)?.[1];

function newMark() {
  const fresh = crypto.randomUUID();
  document.cookie = `proba-kept=${fresh}; Path=/; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  return fresh;
}

// change runs one write in the database.
function change(act) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("stored", { keyPath: ["attempt", "slot"] });
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const db = request.result, tx = db.transaction("stored", "readwrite");
      const asked = act(tx.objectStore("stored"));
      tx.oncomplete = () => { db.close(); resolve(asked?.result); };
      tx.onerror = tx.onabort = () => { db.close(); reject(tx.error); };
    };
  });
}

const of = (attempt) => IDBKeyRange.bound([attempt, 0], [attempt, Infinity]);

// forget takes away what is kept here: of this attempt, or whatever it is.
export async function forget(attempt) {
  if (!globalThis.caches) return;
  const answers = change((s) => void (attempt ? s.delete(of(attempt)) : s.clear()));
  if (!attempt || (await caches.match("/my/attempts/" + attempt, { cacheName: name }))) {
    document.cookie = "proba-kept=; Path=/; Max-Age=0";
    await caches.delete(name);
  }
  await answers.catch(() => {});
}

// withoutAnswers is a copy of the page in which nothing is answered.
function withoutAnswers() {
  const page = document.documentElement.cloneNode(true);
  const all = (css, act) => page.querySelectorAll(css).forEach(act);
  all("[checked]", (e) => e.removeAttribute("checked"));
  all("[selected]", (e) => e.removeAttribute("selected"));
  all("input[name=text], input[name^=gap]", (e) => e.setAttribute("value", ""));
  all("textarea[name=text], [data-gaps]", (e) => (e.textContent = ""));
  all("[data-area].chosen", (e) => e.classList.remove("chosen"));
  all("[name=base]", (e) => e.setAttribute("value", "0"));
  all(".places .answered", (e) => e.classList.remove("answered"));
  all(".places .hidden", (e) => (e.textContent = ""));
  return page;
}

// Kept is this attempt's page. It is made before anything on the page changes.
export class Kept {
  // needed are a worker, a cache, and a mark that the worker can read.
  usable = !!(globalThis.caches && globalThis.cookieStore && navigator.serviceWorker);
  page = withoutAnswers();

  constructor(attempt) {
    this.attempt = attempt;
    const { keptAt } = document.documentElement.dataset;
    // restored says that this page is a kept one, which knows nothing of the server.
    this.restored = !!keptAt;
    this.age = keptAt ? Math.max(0, (Date.now() - keptAt) / 1000) : 0; // seconds
    if (this.usable) navigator.serviceWorker.register("/my/exam-worker.js", { scope: "/my/attempts/" }).catch(() => {});
  }

  // answers are the acknowledged ones, by slot, for a page that was brought back.
  async answers() {
    const all = this.restored ? await change((s) => s.getAll(of(this.attempt))).catch(() => []) : [];
    return new Map(all.map((entry) => [entry.slot, entry]));
  }

  // hear takes the server's word on the time, and keeps the page when it is not kept
  // yet, or for another mark, or for another time. A pause has no end that is known: the
  // page stays for as long as one may take.
  hear({ server_time, deadline, accept_until, paused_at }, book) {
    const word = deadline + (paused_at ?? "");
    if (!this.usable || (this.word === word && this.mark === mark())) return;
    this.word = word;
    const now = Date.parse(paused_at ?? server_time), held = paused_at !== undefined;
    this.keep(Date.parse(deadline) - now, held, Date.parse(accept_until) - now + (held ? longestPause : 0), book).catch(() => { this.word = ""; });
  }

  async keep(left, held, open, book) {
    this.mark = mark() ?? newMark();
    this.page.dataset.keptAt = Date.now();
    const timer = this.page.querySelector("[role=timer]");
    timer.dataset.left = Math.max(0, Math.floor(left / 1000));
    timer.toggleAttribute("data-paused", held);
    this.page.querySelector("#paused").hidden = !held;
    const named = (css) => [...new Set([...this.page.querySelectorAll(css)].map((e) => e.getAttribute("href") ?? e.getAttribute("src")))];
    const parts = named("[href^='/assets/'], [src^='/assets/']"), images = named("img[src^='/my/attempts/']");
    const cache = await caches.open(name);
    await cache.addAll(parts);
    await change((s) => {
      s.clear();
      book.slots.forEach((slot, n) => this.put(s, n, slot));
    });
    await cache.put(location.pathname, new Response("<!doctype html>" + this.page.outerHTML, { headers: { "Proba-Mark": this.mark, "Proba-Until": Date.now() + open } }));
    for (const { url } of await cache.keys()) if (![location.pathname, ...parts, ...images].includes(new URL(url).pathname)) await cache.delete(url);
    await Promise.all(images.map(async (at) => (await cache.match(at)) || cache.add(at))); // last: without them the page is still worth keeping
  }

  put(store, slot, { stored, base }) { if (base) store.put({ attempt: this.attempt, slot, response: stored ?? "", seq: base }); }

  // settle keeps the answers of the slots as the server has acknowledged them.
  settle(slots, book) {
    if (this.mark) return change((s) => slots.forEach((n) => this.put(s, n, book.slots[n]))).catch(() => {});
  }

  // end takes the page away, and keeps none again.
  end() {
    this.usable = false;
    return forget(this.attempt);
  }
}
