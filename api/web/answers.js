// Reads an answer from an item's form and writes one into it. An ordering is a list
// whose steps move up and down by buttons: for keyboard and touch alike.

const tidy = (s) => s.replace(/[\u0000-\u001f\u2028\u2029]/g, " ");

export function read(form) {
  switch (form.dataset.kind) {
    case "single": case "true_false": case "multiple":
      return { choices: [...form.querySelectorAll("[name=choice]:checked")].map((c) => Number(c.value)) };
    case "matching":
      return { pairs: selects(form).map((s) => (s.ariaInvalid === "true" ? -1 : Number(s.value))) };
    case "ordering": {
      const order = selects(form).map((s) => Number(s.value));
      return { order: order.includes(-1) ? [] : order };
    }
    default:
      return { text: tidy(form.elements.text.value) };
  }
}

export function write(form, r) {
  switch (form.dataset.kind) {
    case "single": case "true_false": case "multiple":
      for (const c of form.querySelectorAll("[name=choice]")) c.checked = !!r.choices?.includes(Number(c.value));
      break;
    case "matching":
      selects(form).forEach((s, i) => (s.value = r.pairs?.[i] ?? -1));
      markTaken(form);
      break;
    case "ordering":
      selects(form).forEach((s, i) => (s.value = r.order?.[i] ?? -1));
      form.showOrder?.();
      break;
    default:
      form.elements.text.value = r.text ?? "";
  }
}

const selects = (form) => [...form.querySelectorAll("select")];

let changes = 0;

// markTaken lets a choice stand in one row only: that in which it was chosen first.
// In another row it is marked and counts as no answer, and not moved: with the
// arrow keys one passes by choices that one does not mean.
function markTaken(form) {
  const rows = selects(form);
  for (const s of rows) {
    const taken = rows.some((other) => other !== s && other.value === s.value && s.value !== "-1" && (other.since ?? 0) < (s.since ?? 0));
    s.ariaInvalid = String(taken);
  }
}

// guard keeps an answer possible: not more options than allowed, no choice for two
// rows. It returns what to say when it had to step in.
export function guard(form, field, words) {
  const most = Number(form.dataset.choose);
  if (field.type === "checkbox" && most && form.querySelectorAll(":checked").length > most) {
    field.checked = false;
    return words.live_atMost.replace("{}", most);
  }
  if (form.dataset.kind === "matching") {
    field.since = ++changes;
    markTaken(form);
    if (field.ariaInvalid === "true") return words.live_taken;
  }
  return "";
}

// makeOrderable puts a list with buttons in place of the selects, which stay as
// the form's fields. changed is called after a move, say with what to announce.
export function makeOrderable(form, words, changed, say) {
  const fields = selects(form);
  const steps = [...fields[0].options].slice(1);
  const list = form.querySelector("[data-order]");
  form.querySelector("[data-plain]").hidden = true;
  list.hidden = false;

  const sequence = () => {
    const given = fields.map((s) => Number(s.value));
    return given.includes(-1) ? steps.map((_, i) => i) : given;
  };
  form.showOrder = () => {
    list.classList.toggle("unanswered", fields.some((s) => s.value === "-1"));
    list.replaceChildren(...sequence().map((step, at, all) => row(step, at, all.length)));
  };
  const row = (step, at, count) => {
    const item = document.createElement("li");
    const text = document.createElement("span");
    text.innerHTML = form.querySelectorAll("[data-step]")[step].innerHTML;
    item.append(text, button("↑", words.live_up, at, -1, at > 0), button("↓", words.live_down, at, 1, at < count - 1));
    return item;
  };
  const button = (sign, name, at, by, can) => {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "quiet step";
    b.textContent = sign;
    b.setAttribute("aria-label", `${name}: ${at + 1}`);
    b.setAttribute("aria-disabled", String(!can));
    b.onclick = () => can && move(at, by);
    return b;
  };
  const move = (at, by) => {
    const order = sequence();
    const [step] = order.splice(at, 1);
    order.splice(at + by, 0, step);
    fields.forEach((s, i) => (s.value = order[i]));
    form.showOrder();
    // The focus stays with the step that moved.
    list.children[at + by].querySelectorAll("button")[by < 0 ? 0 : 1].focus();
    say(words.live_place.replace("{}", at + by + 1));
    changed();
  };
  form.showOrder();
}
