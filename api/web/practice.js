// Makes the ordering of the practice page work as in the exam.
import { makeOrderable, guard, numbers, sayReading } from "./answers.js";

const { words } = JSON.parse(document.querySelector("#setup").textContent);
const say = (text) => (document.querySelector("#announce").textContent = text);
for (const part of document.querySelectorAll("[data-kind]")) {
  if (part.dataset.kind === "ordering") makeOrderable(part, words, () => {}, say);
  if (numbers(part).length) part.addEventListener("change", () => sayReading(part, words));
  part.addEventListener("change", (e) => say(guard(part, e.target, words)));
}
