// Reads an answer from an item's form and writes one into it. An ordering is a list
// whose steps move up and down by buttons: for keyboard and touch alike.

import { showAreas } from "./areas.js";

const tidy = (s) => s.replace(/[\u0000-\u001f\u2028\u2029]/g, " ");

// An essay keeps its lines. What word processors put between them, and what the server
// does not take, is tidied here as the server does it (exam/extendedtext.go).
const tidyEssay = (s) => s.replace(/\r\n|[\r\v\f\u0085\u2028\u2029]/g, "\n").replace(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g, "").replace(/\p{Surrogate}/gu, "\ufffd");

export function read(form) {
  switch (form.dataset.kind) {
    case "single": case "true_false": case "multiple": case "hotspot":
      return { choices: [...form.querySelectorAll("[name=choice]:checked")].map((c) => Number(c.value)) };
    case "matching":
      return { pairs: selects(form).map((s) => (s.ariaInvalid === "true" ? -1 : Number(s.value))) };
    case "ordering": {
      const order = selects(form).map((s) => Number(s.value));
      return { order: order.includes(-1) ? [] : order };
    }
    case "cloze":
      return { gaps: gaps(form).map((g) => tidy(g.value)) };
    case "extended_text":
      return { text: tidyEssay(form.elements.text.value) };
    default:
      return { text: tidy(form.elements.text.value) };
  }
}

export function write(form, r) {
  switch (form.dataset.kind) {
    case "single": case "true_false": case "multiple": case "hotspot":
      for (const c of form.querySelectorAll("[name=choice]")) c.checked = !!r.choices?.includes(Number(c.value));
      showAreas(form);
      break;
    case "matching":
      selects(form).forEach((s, i) => (s.value = r.pairs?.[i] ?? -1));
      markTaken(form);
      break;
    case "ordering":
      selects(form).forEach((s, i) => (s.value = r.order?.[i] ?? -1));
      form.showOrder?.();
      break;
    case "cloze":
      gaps(form).forEach((g, i) => (g.value = r.gaps?.[i] ?? ""));
      break;
    default:
      form.elements.text.value = r.text ?? "";
  }
}

// gaps are the fields of a passage in the order of the item: the passage may have them in
// another one.
function gaps(form) {
  const fields = [];
  for (const f of form.querySelectorAll("[name^=gap]")) fields[f.name.slice(3)] = f;
  return fields;
}

// progress counts the gaps of an item, and those that hold something.
export function progress(form) {
  const all = gaps(form);
  return { filled: all.filter((g) => g.value.trim()).length, all: all.length };
}

// typed reports whether a field is one to type into.
export const typed = (field) => field.name === "text" || field.matches("input[name^=gap]");

// numbers are the fields in which a number is typed.
export const numbers = (form) => [...form.querySelectorAll("[inputmode=decimal]")];

// readNumber reads a typed number as the server marks it (exam/numberreading.go): its
// plain digits, or the two ways in which it could be read, or neither.
export function readNumber(typed) {
  let s = typed.replace(/[\p{Z}\t\u200B-\u200F\u2060\uFEFF]+/gu, " ").trim().replace(/[−–]/g, "-").replace(/^([+-]) /, "$1");
  const sign = s[0] === "-" ? "-" : "";
  s = s.replace(/^[+-]/, "");
  const plain = (digits) => ({ plain: sign + digits });
  if (/^[1-9]\d{0,2}[.,]\d{3}$/.test(s)) return { twoWays: [sign + s.replace(/[.,]/, ""), sign + s + "0"] };
  if (/^[1-9]\d{0,2}( \d{3}){1,4}([.,]\d{1,9})?$/.test(s)) return plain(s.replaceAll(" ", "").replace(",", "."));
  if (/^[1-9]\d{0,2}((,\d{3}){2,4}|(,\d{3}){1,4}\.\d{1,9})$/.test(s)) return plain(s.replaceAll(",", ""));
  if (/^[1-9]\d{0,2}((\.\d{3}){2,4}|(\.\d{3}){1,4},\d{1,9})$/.test(s)) return plain(s.replaceAll(".", "").replace(",", "."));
  if (/^(\d{1,15}|(?=[.,]))([.,]\d{1,9})?$/.test(s)) return plain(s.replace(",", ".").replace(/^\./, "0."));
  return {};
}

// readable reports whether every typed number counts.
export const readable = (form) => numbers(form).every((field) => !field.value.trim() || readNumber(field.value).plain);

// sayReading says below the fields how a typed number is read, where that is not what
// stands there.
export function sayReading(form, words) {
  const said = numbers(form).map((field) => {
    const text = reading(field.value, words), gap = field.closest(".gap")?.querySelector("b").textContent;
    return text && gap ? `${gap}: ${text}` : text;
  });
  const note = form.querySelector(".reading"), text = said.filter(Boolean).join(" ");
  if (note.textContent !== text) note.textContent = text;
  note.classList.toggle("warned", !readable(form));
}

// sayCount says below an essay how many characters are left.
export function sayCount(form, words) {
  const { text } = form.elements;
  form.querySelector("[data-count]").textContent = words.live_left.replace("{}", text.maxLength - text.value.length);
}

function reading(typed, words) {
  const { plain, twoWays } = readNumber(typed);
  const here = (text) => (document.documentElement.lang === "uk" ? text.replace(".", ",") : text.replace(",", "."));
  if (twoWays) return twoWays.reduce((said, way) => said.replace("{}", here(way)), words.live_readTwoWays);
  if (plain && plain !== typed.trim().replace(",", ".")) return words.live_readAs.replace("{}", here(plain));
  return !plain && typed.trim() ? words.live_readNot : "";
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
