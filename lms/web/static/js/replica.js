// A replica: drawn screens to tap through. One screen at a time; after two misses the hint and the ring appear.
// Without this file the screens stand one below the other with the right place ringed and named.
(() => {
  "use strict";
  document.querySelectorAll("[data-replica]").forEach((box) => {
    const screens = [...box.querySelectorAll("[data-screen]")];
    const miss = box.querySelector(".replica__miss");
    const done = box.querySelector(".replica__done");
    let at = 0;
    let misses = 0;

    const show = (to, byHand) => {
      at = to;
      misses = 0;
      miss.textContent = "";
      screens.forEach((screen, number) => {
        screen.hidden = number !== at;
        screen.classList.remove("is-hinted");
      });
      done.hidden = at < screens.length;
      if (!byHand) return;
      if (at === screens.length) done.focus();
      else screens[at].querySelector(".replica__say").focus();
    };
    const wrong = () => {
      misses += 1;
      miss.textContent = box.dataset.missed;
      if (misses < 2) return;
      screens[at].classList.add("is-hinted");
      miss.innerHTML = screens[at].querySelector(".replica__hint").innerHTML;
    };

    screens.forEach((screen) => {
      const target = screen.querySelector(".replica__target");
      const [x, y, width, height] = target.dataset.at.split(" ");
      Object.assign(target.style, {left: `${x}%`, top: `${y}%`, width: `${width}%`, height: `${height}%`});
      target.hidden = false;
      screen.querySelector(".replica__say").tabIndex = -1;
      target.addEventListener("click", (event) => { event.stopPropagation(); show(at + 1, true); });
      screen.querySelector(".replica__screen").addEventListener("click", wrong);
    });
    box.querySelector("[data-again]").addEventListener("click", () => show(0, true));
    box.classList.add("is-live");
    show(0, false);
  });
})();
