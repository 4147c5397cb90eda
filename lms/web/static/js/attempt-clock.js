// The clock of a running attempt. The server's seconds count; this only shows them.
// Spoken to a screen reader at 10, 5 and 1 minutes, never in between.
(() => {
  const clock = document.querySelector(".clock[data-left]");
  if (!clock) return;
  const text = clock.querySelector("span");
  const spoken = document.getElementById("con-gio");
  const SPOKEN_AT = [10, 5, 1];
  let end = performance.now() + clock.dataset.left * 1000;
  let shown = Math.ceil(clock.dataset.left / 60);

  const words = (minutes) =>
    minutes > 1 ? clock.dataset.minutes.replace("{}", minutes) : clock.dataset.last;

  const tick = () => {
    const left = (end - performance.now()) / 1000;
    const minutes = Math.ceil(left / 60);
    if (left <= 0) {
      text.textContent = spoken.textContent = clock.dataset.over;
      clearInterval(timer);
      // Two seconds later the server's own end has certainly come.
      setTimeout(() => document.dispatchEvent(new Event("lms:time-up")), 2000);
    } else if (minutes !== shown) {
      shown = minutes;
      text.textContent = words(minutes);
      if (SPOKEN_AT.includes(minutes)) spoken.textContent = words(minutes);
    }
  };

  document.addEventListener("lms:seconds-left", (event) => { end = performance.now() + event.detail * 1000; });
  const timer = clock.dataset.left > 0 ? setInterval(tick, 1000) : 0;
})();
