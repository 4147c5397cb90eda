// Signs out a browser that nobody touches, after a warning of one minute. Every tab of the site counts as a touch.
const form = document.querySelector("[data-idle-minutes]");
if (form) {
  const limit = Number(form.dataset.idleMinutes) * 60000;
  const warning = form.querySelector("[data-words]");
  let own = Date.now();
  const last = () => {
    try { return Math.max(own, Number(localStorage.getItem("idle-since")) || 0); } catch { return own; }
  };
  const touch = (event) => {
    if (event && form.contains(event.target)) return; // its own button signs out
    own = Date.now();
    try { localStorage.setItem("idle-since", String(own)); } catch { /* storage may be forbidden */ }
    form.hidden = true;
    warning.textContent = "";
  };
  for (const kind of ["pointerdown", "keydown", "scroll", "input"]) addEventListener(kind, touch, { passive: true });
  // By the way of a pressed button, so that answers which still wait go out first (js/waiting.js).
  const leave = () => { if (form.requestSubmit) form.requestSubmit(); else form.submit(); };
  touch();
  setInterval(() => {
    const idle = Date.now() - last();
    if (idle >= limit) leave();
    else if (idle >= limit - 60000 && form.hidden) {
      form.hidden = false;
      warning.textContent = warning.dataset.words;
    } else if (idle < limit - 60000) form.hidden = true;
  }, 5000);
}
