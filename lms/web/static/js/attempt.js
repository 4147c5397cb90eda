// Saves every answer as it changes. While the line is dead, answers wait on the device and go out by themselves.
// What waits is kept under the person and the attempt, and is removed as soon as the server has acknowledged it.
(() => {
  const root = document.querySelector("[data-attempt]");
  if (!root || !window.fetch || !window.URLSearchParams) return;
  const form = document.getElementById("bai");
  const said = document.getElementById("da-luu");
  const PREFIX = "bai-lam:";
  const KEY = PREFIX + root.dataset.person + ":" + root.dataset.attempt;
  const DEBOUNCE = 400, PATIENCE = 15000, RETRY_FIRST = 3000, RETRY_LAST = 60000;
  const END_FIRST = 1000, END_SLOWEST = 8000, END_LASTS = 60000; // the server takes answers for a grace after the end
  const address = (position) => new URL(root.dataset.save.replace("{}", position), document.baseURI).pathname;
  let pause = RETRY_FIRST, slowest = RETRY_LAST, ending = false, retry = 0, debounce = 0, sending = null, stale = false, next = "";

  // ---- what waits: {position: {sequence, body, to}}; other pages send it to that address (js/waiting.js)
  // A full or forbidden storage takes nothing: then the page itself holds them, until a later one is taken.
  let memory = null;
  const waiting = () => {
    if (memory) return memory;
    try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; }
  };
  const keep = (entries) => {
    try {
      if (Object.keys(entries).length) localStorage.setItem(KEY, JSON.stringify(entries));
      else localStorage.removeItem(KEY);
      memory = null;
    } catch { memory = entries; }
  };
  const forget = (position, sequence) => {
    const entries = waiting();
    if (entries[position] && entries[position].sequence === sequence) delete entries[position];
    keep(entries);
  };
  const dropOthers = () => {
    try {
      Object.keys(localStorage)
        .filter((key) => key.startsWith(PREFIX) && !key.startsWith(PREFIX + root.dataset.person + ":"))
        .forEach((key) => localStorage.removeItem(key));
    } catch { /* no storage, nothing to drop */ }
  };

  // ---- what the learner reads
  const say = (words, state) => {
    if (!said) return;
    said.querySelector("span").textContent = words;
    said.dataset.state = state;
    said.querySelector("button").hidden = state !== "refused";
  };
  const sayDead = (online) => say(online ? root.dataset.trouble : root.dataset.offline, "dead");

  // ---- sending
  const post = async (position, entry) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(address(position), {
        method: "POST", body: new URLSearchParams(entry.body), credentials: "same-origin", keepalive: true,
        headers: { "X-CSRFToken": root.dataset.token }, signal: stop.signal, redirect: "error",
      });
      const about = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
      return { status: answer.status, about };
    } catch {
      return { status: 0, about: {} };
    } finally {
      clearTimeout(timer);
    }
  };

  // True when the server has taken (or for good refused) the entry and it need not wait any longer.
  const settle = (position, entry, { status, about }) => {
    if (status === 200) {
      forget(position, entry.sequence);
      say(root.dataset.saved.replace("{time}", about.saved_at).replace("{receipt}", about.receipt), "saved");
      document.dispatchEvent(new CustomEvent("lms:seconds-left", { detail: about.remaining }));
      return true;
    }
    if (about.state === "closed") {
      forget(position, entry.sequence);
      next = about.next; // once the others are there as well: the server keeps them aside
      return true;
    }
    if (["stale", "invalid", "unknown"].includes(about.state)) {
      forget(position, entry.sequence);
      stale = about.state === "stale";
      say(about.message, "refused");
      return true;
    }
    if (about.message || status === 400) say(about.message || root.dataset.reload, "refused");
    else sayDead(status !== 0);
    return false;
  };

  const sendAll = async () => {
    for (const [position, entry] of Object.entries(waiting())) {
      if (!settle(position, entry, await post(position, entry))) {
        clearTimeout(retry);
        retry = setTimeout(flush, pause);
        pause = Math.min(pause * 2, slowest);
        return false;
      }
    }
    pause = RETRY_FIRST;
    if (next) location.replace(next);
    else if (ending) end();
    return true;
  };
  // One sender at a time; whoever asks meanwhile waits for it and then sends what came after.
  const flush = () => {
    clearTimeout(debounce);
    sending = (sending || Promise.resolve()).then(sendAll);
    return sending;
  };

  // ---- changes
  const changed = () => {
    if (stale) return;
    form.sequence.value = Number(form.sequence.value) + 1;
    const data = new FormData(form);
    data.delete("csrf_token");
    data.delete("toi");
    keep({ ...waiting(), [root.dataset.position]: {
      sequence: Number(form.sequence.value), body: new URLSearchParams(data).toString(),
      to: address(root.dataset.position) } });
    say(root.dataset.saving, "saving");
    clearTimeout(debounce);
    debounce = setTimeout(flush, DEBOUNCE);
  };
  const isClear = () => Object.keys(waiting()).length === 0;

  // ---- leaving the page by a button: first everything must be safe
  const leave = (element, go) => element.addEventListener("submit", async (event) => {
    event.preventDefault();
    const target = event.submitter && event.submitter.value;
    if (!stale && (isClear() || await flush()) && !stale) go(target);
  });

  dropOthers();
  if (form) {
    // The page carries the number of the next save; here it counts the saves made.
    form.sequence.value = Number(form.sequence.value) - 1;
    form.addEventListener("input", changed);
    leave(form, (to) => location.assign(new URL(to === "xem-lai" ? "../xem-lai" : to || "", form.action)));
  }
  document.querySelectorAll("form[data-after-saving]").forEach((other) => leave(other, () => other.submit()));
  if (said) said.querySelector("button").addEventListener("click", () => location.reload());
  addEventListener("online", flush);
  addEventListener("offline", () => sayDead(false));
  addEventListener("pagehide", () => { if (!isClear()) flush(); });
  document.addEventListener("lms:leaving", (event) => event.detail.push(flush()));
  // The end of the time: submit as soon as all is sent, and press for it while the server still takes answers.
  const end = () => {
    const last = document.getElementById("het-gio");
    if (last) last.submit();
  };
  document.addEventListener("lms:time-up", () => {
    ending = true;
    pause = END_FIRST;
    slowest = END_SLOWEST;
    setTimeout(() => { slowest = RETRY_LAST; }, END_LASTS);
    flush();
  });
  // Answers left from before (a dead line, a closed window): send them; if this page shows them, show it anew.
  const showsOld = !form || Boolean(waiting()[root.dataset.position]);
  if (!isClear()) flush().then((sent) => { if (sent && !stale && showsOld) location.reload(); });
})();
