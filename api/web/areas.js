// Lets a learner point at the areas of an image. The areas are the options beside the
// image: pointing at one ticks its option, and what is ticked is marked on the image.

const boxes = (form) => [...form.querySelectorAll("[name=choice]")];

// showAreas marks on the image what is ticked.
export function showAreas(form) {
  for (const area of form.querySelectorAll("[data-area]")) {
    area.classList.toggle("chosen", boxes(form)[area.dataset.area].checked);
  }
}

export function makePointable(form) {
  for (const area of form.querySelectorAll("[data-area]")) {
    const box = boxes(form)[area.dataset.area];
    area.onclick = () => { box.click(); box.focus({ preventScroll: true }); };
    area.onpointerenter = area.onpointerleave = (e) => box.closest("label").classList.toggle("pointed", e.type === "pointerenter");
  }
  form.addEventListener("change", () => showAreas(form));
  showAreas(form);
}
