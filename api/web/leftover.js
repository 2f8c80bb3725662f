// After the end: brings what this device still holds to the server, which keeps
// late answers with the attempt, and says which answers came too late.
import { openJournal } from "./journal.js";
import { forget } from "./kept.js";

const note = document.querySelector("#leftover");

function tell(text, items) {
  note.hidden = false;
  note.textContent = text.replace("{}", items);
}

forget(note.dataset.attempt);
const journal = await openJournal(note.dataset.attempt);

// bring reports whether to try again: the line is away, or the server has not closed
// the attempt yet, which it does within seconds.
async function bring() {
  const entries = await journal.entries();
  if (!entries.length) return false;
  const responses = entries.map(({ slot, response }) => ({ slot, response: response ? JSON.parse(response) : {} }));
  const seq = Math.max(...entries.map((e) => e.base)) + 1;
  const res = await fetch(`/my/attempts/${note.dataset.attempt}/responses`, {
    method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ writer: "after the end", seq, responses }),
  });
  const { code } = await res.json();
  if (res.status !== 409 || code === "attempt.taken_over") return true;
  await journal.remove(entries.map((e) => e.slot));
  tell(code === "attempt.late" ? note.dataset.late : note.dataset.refused, entries.map((e) => e.slot + 1).join(", "));
  return false;
}

const [, late] = location.hash.match(/^#late=([\d,]+)$/) ?? [];
if (late) tell(note.dataset.late, late.replaceAll(",", ", "));
while (await bring().catch(() => true)) await new Promise((resolve) => setTimeout(resolve, 2000));
