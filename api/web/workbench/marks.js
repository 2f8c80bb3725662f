// Marks every row of the list at once. Without this script each is marked by itself.

const all = document.querySelector("[data-mark-all]");
const each = () => [...document.querySelectorAll("#many [name=item]")];

function follow() {
  const marked = each().filter((box) => box.checked).length;
  all.checked = marked > 0 && marked === each().length;
  all.indeterminate = marked > 0 && !all.checked;
}

if (all) {
  all.hidden = false;
  all.addEventListener("change", () => { for (const box of each()) box.checked = all.checked; });
  document.querySelector("#many").addEventListener("change", (event) => { if (event.target !== all) follow(); });
  follow(); // the browser may have kept marks from before
}
