// Brings a running exam back when its page is loaded while the line or the server is
// away: the page that kept.js has put into the cache, for who sat there when it did.
// The server has the word whenever it answers. HEADERS is written in front of this file.

const patience = 10000; // ms that a line which says nothing is waited for

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

// keptPage is the page of this path, if it was kept for who sits here now.
async function keptPage(path) {
  const page = await caches.match(path, { cacheName: "proba-exam" });
  if (!page) return;
  const mark = await cookieStore.get("proba-kept");
  if (mark?.value !== page.headers.get("Proba-Mark") || Date.now() > page.headers.get("Proba-Until")) {
    await caches.delete("proba-exam");
    return;
  }
  return new Response(page.body, { headers: { ...HEADERS, "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" } });
}

async function open(request, path) {
  const kept = await keptPage(path);
  if (!kept) return fetch(request);
  let waited;
  const late = new Promise((resolve) => (waited = setTimeout(resolve, patience)));
  const answer = await Promise.race([fetch(request).catch(() => {}), late]);
  clearTimeout(waited);
  // A proxy before a server that is away answers for it.
  if (!answer || answer.status >= 500) return kept;
  // Anything but the page: the exam is over, or somebody else's, or nobody is signed in.
  if (!answer.ok) await caches.delete("proba-exam");
  return answer;
}

const part = async (request) => (await caches.match(request.url, { cacheName: "proba-exam" })) ?? fetch(request);

addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (/^\/my\/attempts\/[\w-]+$/.test(pathname) && !searchParams.has("item")) event.respondWith(open(request, pathname));
  } else if (pathname.startsWith("/assets/")) {
    event.respondWith(part(request)); // named by their content: what is kept is right
  }
});
