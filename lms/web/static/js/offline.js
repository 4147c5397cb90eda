// Registers the service worker, asks it to keep the lesson that is open, and says so once it really holds it.
(() => {
  "use strict";
  if (!("serviceWorker" in navigator)) return;
  const badge = document.getElementById("da-luu");
  const list = document.getElementById("bai-da-luu");
  const ask = (worker, message) => new Promise((resolve, reject) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = (event) => resolve(event.data);
    setTimeout(reject, 20000, new Error("no answer"));
    worker.postMessage(message, [channel.port2]);
  });
  navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready).then((ready) => {
    if (badge) {
      ask(ready.active, {keep: badge.dataset.slug, may: badge.dataset.may}).then((held) => { badge.hidden = !held; }, () => {});
    }
    if (list) {
      ask(ready.active, {list: true}).then((lessons) => {
        list.querySelector("ul").replaceChildren(...lessons.map(({slug, title}) => {
          const row = document.createElement("li");
          const link = document.createElement("a");
          link.href = `/bai/${slug}`;
          link.className = "reach";
          link.textContent = title;
          row.append(link);
          return row;
        }));
        list.hidden = lessons.length === 0;
      }, () => {});
    }
  }, () => {});
})();
