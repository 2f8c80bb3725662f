// Keeps the preview beside the editor up to date while somebody writes.

import { makeOrderable } from "./answers.js";
import { showAreas } from "./areas.js";
import { keepPreview } from "./preview.js";

const { words } = JSON.parse(document.querySelector("#setup").textContent);
const shown = document.querySelector("#preview");

// liven shows an ordering and a hotspot as the exam does where scripts run.
function liven(preview) {
  for (const part of preview.querySelectorAll("[data-kind=ordering]")) makeOrderable(part, words, () => {}, () => {});
  for (const part of preview.querySelectorAll("[data-kind=hotspot]")) showAreas(part);
}

// The preview takes no clicks, the page does: where one lands on an image is told in its
// pixels, for who writes areas.
shown.addEventListener("click", (e) => {
  for (const image of shown.querySelectorAll(".areas img")) {
    const r = image.getBoundingClientRect();
    if (e.clientX < r.left || e.clientX > r.right || e.clientY < r.top || e.clientY > r.bottom) continue;
    const at = [((e.clientX - r.left) / r.width) * image.naturalWidth, ((e.clientY - r.top) / r.height) * image.naturalHeight];
    document.querySelector("#preview-says").textContent = at.map(Math.round).join(", ");
  }
});

liven(shown);
keepPreview(document.querySelector("#editor"), (fields) => new URLSearchParams(fields), liven);
