// Counts down beside what the server said, by the time that passes here: a wrong
// clock on this machine changes nothing. Speaks at 10, 5 and 1 minutes only.
const timer = document.querySelector("[role=timer]");
const said = document.querySelector("[data-announce]");
if (timer && said) {
  const shown = timer.querySelector("b");
  const began = performance.now();
  const left = Number(timer.dataset.left);
  let last = Math.ceil(left / 60);
  const tick = () => {
    const minutes = Math.max(0, Math.ceil((left - (performance.now() - began) / 1000) / 60));
    if (minutes === last) return;
    last = minutes;
    shown.textContent = minutes;
    if ([10, 5, 1].includes(minutes)) said.textContent = said.dataset.text.replace("{}", minutes);
  };
  setInterval(tick, 1000);
}
