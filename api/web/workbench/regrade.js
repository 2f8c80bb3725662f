// A key change fetches the part of its page that changes while it moves on by itself.
// Without this script the page shows the moment at which it was opened, with a link to
// load it again.

const every = 2000; // ms: a page is some queries, and one or two people look at it
const live = document.querySelector("[data-regrade]");
const stale = document.querySelector("[data-stale]");
const address = new URL(location.href);
address.searchParams.delete("done");
address.searchParams.set("part", "1");

const moving = () => live.querySelector("[data-moving]") !== null;

// refresh leaves the page alone once it has come to rest: somebody may be writing there.
async function refresh() {
  if (!moving()) return clearInterval(timer);
  if (document.hidden) return;
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const text = await answer.text();
    if (live.querySelector("details[open]")) return;
    live.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    stale.hidden = true;
  } catch {
    stale.hidden = false; // what is shown is older than it looks
  }
}

const timer = setInterval(refresh, every);
document.addEventListener("visibilitychange", refresh);
