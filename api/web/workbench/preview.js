// Keeps a preview beside its form up to date while somebody writes. Without scripts the
// button does it.

const preview = document.querySelector("#preview");
const says = document.querySelector("#preview-says");
const after = 400; // ms without a key: a word is finished

// keepPreview has the preview follow the form. body makes what is sent of the form's
// fields; shown is called when the preview has changed.
export function keepPreview(form, body, shown) {
  let timer, sent = 0;

  async function refresh() {
    const mine = ++sent;
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: body(new FormData(form)), redirect: "error" });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
      if (mine !== sent) return; // a newer one is on its way
      preview.replaceChildren(...fresh.childNodes);
      shown(preview);
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
}
