// Keeps the preview beside the editor up to date while somebody writes.

import { makeOrderable } from "./answers.js";
import { keepPreview } from "./preview.js";

const { words } = JSON.parse(document.querySelector("#setup").textContent);

// liven shows an ordering as the exam does where scripts run.
function liven(preview) {
  for (const part of preview.querySelectorAll("[data-kind=ordering]")) makeOrderable(part, words, () => {}, () => {});
}

liven(document.querySelector("#preview"));
keepPreview(document.querySelector("#editor"), (fields) => new URLSearchParams(fields), liven);
