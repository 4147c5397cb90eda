// A lesson: remembers the step in view, and answers self-checks and the practice button without leaving the page.
// Without this file every one of them is a form that posts.
(() => {
  "use strict";
  const form = document.getElementById("tien-do");
  if (!form) return;

  const send = (url, data) => fetch(url, {
    method: "POST", body: data, headers: {"X-Fragment": "1"}, credentials: "same-origin", redirect: "error", keepalive: true,
  });
  const progress = (name, value) => {
    const data = new FormData(form);
    data.append(name, value);
    return send(form.action, data);
  };

  // A step counts as reached after two seconds in the middle of the screen; each is sent once.
  const marks = [...document.querySelectorAll(".stick .steps > li")];
  const steps = [...document.querySelectorAll("[data-step]")];
  const sent = new Set();
  let waiting = 0;
  const reach = (step) => {
    if (sent.has(step.id)) return;
    sent.add(step.id);
    progress("step", step.id).then((answer) => {
      if (!answer.ok) throw answer;
      if (marks.some((mark, at) => at >= steps.indexOf(step) && mark.classList.contains("done"))) return;
      marks.forEach((mark, at) => {
        mark.classList.toggle("done", at < steps.indexOf(step));
        mark.classList.toggle("now", at === steps.indexOf(step));
      });
    }).catch(() => sent.delete(step.id));
  };
  if ("IntersectionObserver" in window) {
    const watch = new IntersectionObserver((seen) => {
      const here = seen.filter((one) => one.isIntersecting).pop();
      if (!here) return;
      clearTimeout(waiting);
      waiting = setTimeout(reach, 2000, here.target);
    }, {rootMargin: "-45% 0px -45% 0px"});
    steps.forEach((step) => watch.observe(step));
  }

  // Swap one part of the page for the server's answer; when anything is wrong, post the plain way.
  const swap = (old, url, data, otherwise) => send(url, data).then((answer) => {
    if (!answer.ok && answer.status !== 422) throw answer;
    return answer.text();
  }).then((html) => {
    const holder = document.createElement("div");
    holder.innerHTML = html;
    const fresh = holder.firstElementChild;
    old.replaceWith(fresh);
    const word = fresh.querySelector("[role=status],[role=alert]");
    if (word) { word.tabIndex = -1; word.focus(); }
  }).catch(otherwise);

  document.addEventListener("submit", (event) => {
    const asked = event.target;
    if (asked.matches("[data-check]")) {
      event.preventDefault();
      swap(asked, asked.action, new FormData(asked), () => HTMLFormElement.prototype.submit.call(asked));
    } else if (asked === form && event.submitter && event.submitter.name === "practice") {
      event.preventDefault();
      const data = new FormData(form);
      data.append("practice", "1");
      swap(document.getElementById("thuc-hanh-xong"), form.action, data, () => location.reload());
    }
  });
})();
