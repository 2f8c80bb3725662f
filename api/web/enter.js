// The token stands in the fragment, which browsers never send: take it into the
// form, and out of the address bar and the history.
const field = document.querySelector("input[name=token]");
if (field && location.hash.length > 1) {
  field.value = location.hash.slice(1);
  field.closest("[data-token]").hidden = true;
  history.replaceState(null, "", location.pathname + location.search);
}
