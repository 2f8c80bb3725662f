// Keeps the checking page, the issuer's keys, status lists and checkpoint, so that
// certificates can be checked without a line. What is asked from the service comes
// from it whenever it answers. SHELL and VERSION are written in front of this file.

const CACHE = `proba-verify-${VERSION}`;
const DATA = ["/.well-known/jwks.json", "/log/checkpoint"];

async function keep() {
  const cache = await caches.open(CACHE);
  await Promise.all([...SHELL, ...DATA].map((path) => cache.add(path).catch(() => {})));
  for (let list = 0; ; list++) {
    for (const purpose of ["revocation", "suspension"]) {
      const path = `/status/${list}/${purpose}`, answer = await fetch(path).catch(() => null);
      if (!answer?.ok) return;
      await cache.put(path, answer);
    }
  }
}

addEventListener("install", (event) => event.waitUntil(keep().then(() => skipWaiting())));

addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("proba-verify-") && name !== CACHE) await caches.delete(name);
  await clients.claim();
})()));

addEventListener("message", (event) => { if (event.data === "keep") event.waitUntil(keep()); });

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  const page = event.request.mode === "navigate" && url.pathname.startsWith("/v");
  const kept = SHELL.includes(url.pathname) || DATA.includes(url.pathname) || url.pathname.startsWith("/status/");
  if (!page && !kept) return;
  event.respondWith((async () => {
    const cache = await caches.open(CACHE);
    try {
      const answer = await fetch(event.request);
      if (answer.ok && kept && !page) await cache.put(url.pathname, answer.clone());
      return answer;
    } catch (error) {
      // A page of one certificate is not kept, it may have changed: the empty one
      // checks the code in the address.
      const language = url.searchParams.get("lang");
      const stored = page ? (language && (await cache.match(`/v?lang=${language}`))) || (await cache.match("/v")) : await cache.match(url.pathname);
      if (stored) return stored;
      throw error;
    }
  })());
});
