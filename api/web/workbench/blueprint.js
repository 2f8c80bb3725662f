// Compares the blueprint with the bank while somebody writes it: what the bank holds for
// each cell, and the matrix. Without this script the button does it.

const { words } = JSON.parse(document.querySelector("#setup").textContent);
const form = document.querySelector("#exam-form");
const says = document.querySelector("[data-short]");
const after = 400; // ms without a key: a word is finished
let timer, sent = 0;

const rows = (within) => [...within.querySelectorAll("[data-cells] tbody tr")];
const filled = (row) => [...row.querySelectorAll("input")].some((input) => input.value.trim());

async function refresh() {
  const mine = ++sent;
  try {
    const answer = await fetch(form.dataset.compare, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine === sent) show(fresh); // else a newer one is on its way
  } catch {
    if (mine === sent) says.textContent = words.stale;
  }
}

// show takes over what is computed and leaves the fields alone. The answer has no row for
// those that are empty here.
function show(fresh) {
  const computed = rows(fresh).filter(filled);
  const short = [];
  for (const [n, row] of rows(form).entries()) {
    const from = filled(row) ? computed.shift() : undefined;
    row.querySelector("[data-held]").replaceChildren(...(from ? from.querySelector("[data-held]").childNodes : []));
    row.classList.toggle("bad", !!from?.classList.contains("bad"));
    if (from?.classList.contains("bad")) short.push(n + 1);
  }
  for (const part of ["[data-matrix]", "[data-asked]"]) document.querySelector(part).replaceChildren(...fresh.querySelector(part).childNodes);
  const text = short.length ? words.short + " " + short.join(", ") : words.enough;
  if (says.textContent !== text) says.textContent = text;
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, after);
});
