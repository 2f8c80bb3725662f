// Keeps the sample of a certificate up to date while somebody writes. Without this
// script the button does it.

const form = document.querySelector("#template");
const preview = document.querySelector("#preview");
const says = document.querySelector("#preview-says");
const after = 400; // ms without a key: a word is finished
let timer, sent = 0;

async function refresh() {
  const mine = ++sent;
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), redirect: "error" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    if (mine !== sent) return; // a newer one is on its way
    preview.replaceChildren(...fresh.childNodes);
    says.textContent = "";
  } catch {
    if (mine === sent) says.textContent = preview.dataset.stale;
  }
}

for (const kind of ["input", "change"]) {
  form.addEventListener(kind, () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, after);
  });
}
