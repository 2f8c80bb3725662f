// Brings a running exam back when its page is loaded while the line or the server is
// away: the page that kept.js has put into the cache, for who sat there when it did.
// So do the images of its form. The server has the word whenever it answers. HEADERS is
// written in front of this file.

const patience = 10000; // ms that a line which says nothing is waited for
const hurry = 2000; // and for an image, of which what is kept is right: it is named by its content

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const kept = (what) => caches.match(what, { cacheName: "proba-exam" });

// keptPage is the page of this path, if it was kept for who sits here now.
async function keptPage(path) {
  const page = await kept(path);
  if (!page) return;
  const mark = await cookieStore.get("proba-kept");
  if (mark?.value !== page.headers.get("Proba-Mark") || Date.now() > page.headers.get("Proba-Until")) {
    await caches.delete("proba-exam");
    return;
  }
  return new Response(page.body, { headers: { ...HEADERS, "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" } });
}

// ask is the server's answer, or nothing where it is away: a proxy before it answers for it.
async function ask(request, atMost) {
  let waited;
  const late = new Promise((resolve) => (waited = setTimeout(resolve, atMost)));
  const answer = await Promise.race([fetch(request).catch(() => {}), late]);
  clearTimeout(waited);
  return answer?.status >= 500 ? undefined : answer;
}

async function open(request, path) {
  const page = await keptPage(path);
  if (!page) return fetch(request);
  const answer = await ask(request, patience);
  // Anything but the page: the exam is over, or somebody else's, or nobody is signed in.
  if (answer && !answer.ok) await caches.delete("proba-exam");
  return answer ?? page;
}

// image is one of the form's, for whom the page is kept, and nobody else.
async function image(request, path) {
  const known = (await keptPage(path)) && (await kept(request.url));
  return known ? ((await ask(request, hurry)) ?? known) : fetch(request);
}

const part = async (request) => (await kept(request.url)) ?? fetch(request);

addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (/^\/my\/attempts\/[\w-]+$/.test(pathname) && !searchParams.has("item")) event.respondWith(open(request, pathname));
  } else if (pathname.startsWith("/assets/")) {
    event.respondWith(part(request)); // named by their content: what is kept is right
  } else if (/^\/my\/attempts\/[\w-]+\/media\//.test(pathname)) {
    event.respondWith(image(request, pathname.replace(/\/media\/.*/, "")));
  }
});
