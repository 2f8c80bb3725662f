// Keeps the preview beside the editor up to date while somebody writes. Without this
// script the button does it.

import { makeOrderable } from "./answers.js";

const { words } = JSON.parse(document.querySelector("#setup").textContent);
const editor = document.querySelector("#editor");
const preview = document.querySelector("#preview");
const says = document.querySelector("#preview-says");
const after = 400; // ms without a key: a word is finished
let timer, sent = 0;

async function refresh() {
  const mine = ++sent;
  try {
    const answer = await fetch(editor.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(editor)), redirect: "error" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    if (mine !== sent) return; // a newer one is on its way
    preview.replaceChildren(...fresh.childNodes);
    liven();
    says.textContent = "";
  } catch {
    if (mine === sent) says.textContent = preview.dataset.stale;
  }
}

// liven shows an ordering as the exam does where scripts run.
function liven() {
  for (const part of preview.querySelectorAll("[data-kind=ordering]")) makeOrderable(part, words, () => {}, () => {});
}

liven();
editor.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, after);
});
