// One item was loaded, as for a browser without scripts. This one has them: load
// the page that holds the whole exam.
location.replace(location.pathname + "#item-" + document.querySelector("#where b").textContent);
