// The room fetches the part of itself that changes, every few seconds while it is
// looked at. Without this script the page shows the moment at which it was opened.

const every = 5000; // ms: a room of 200 costs the server some milliseconds
const room = document.querySelector("[data-room]");
const stale = document.querySelector("[data-stale]");
const address = new URL(location.href);
address.searchParams.delete("done");
address.searchParams.set("part", "1");

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show(await answer.text());
    stale.hidden = true;
  } catch {
    stale.hidden = false; // what is shown is older than it looks
  }
}

// show keeps the focus on the link that has it, and the place of a table that was scrolled.
function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").body;
  const focused = room.contains(document.activeElement) ? document.activeElement : null;
  const link = focused?.getAttribute("href");
  const left = room.querySelector(".scroll")?.scrollLeft ?? 0;
  room.replaceChildren(...fresh.childNodes);
  const table = room.querySelector(".scroll");
  if (table) table.scrollLeft = left;
  if (!focused) return;
  const again = link ? room.querySelector(`a[href="${CSS.escape(link)}"]`) : table;
  again?.focus({ preventScroll: true });
}

setInterval(refresh, every);
document.addEventListener("visibilitychange", refresh);
