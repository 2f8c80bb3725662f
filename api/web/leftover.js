// After the end: brings what this device still holds to the server, which keeps
// late answers with the attempt, and says so.
import { openJournal } from "./journal.js";

const note = document.querySelector("#leftover");
if (note) {
  const journal = await openJournal(note.dataset.attempt);
  const entries = await journal.entries();
  if (entries.length) {
    const responses = entries.map(({ slot, response }) => ({ slot, response: response ? JSON.parse(response) : {} }));
    const seq = Math.max(...entries.map((e) => e.base)) + 1;
    const res = await fetch(`/my/attempts/${note.dataset.attempt}/responses`, {
      method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ writer: "after the end", seq, responses }),
    });
    const { code } = await res.json();
    if (res.status === 409 && code !== "attempt.taken_over") {
      await journal.remove(entries.map((e) => e.slot));
      note.hidden = false;
      note.textContent = (code === "attempt.late" ? note.dataset.late : note.dataset.refused).replace("{}", entries.map((e) => e.slot + 1).join(", "));
    }
  }
}
