// Answers that wait on this device (js/attempt.js put them there) go out from any page, and before somebody leaves.
// Who leaves while they cannot be sent is covered: nothing of them stays on the screen, and nothing of theirs is lost.
(() => {
  "use strict";
  const PREFIX = "bai-lam:", LEAVING = "roi-di";
  const PATIENCE = 15000, FIRST = 2000, LAST = 30000;
  const DONE = ["closed", "stale", "invalid", "unknown"]; // unknown: of somebody else, who has left
  const html = document.documentElement;

  // ---- what waits: [[key, {position: {sequence, body, to}}]]
  const stored = (work, otherwise) => { try { return work(); } catch { return otherwise; } };
  const queues = () => stored(() => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
    .map((key) => [key, JSON.parse(localStorage.getItem(key)) || {}]), []);
  const count = () => queues().reduce((sum, [, entries]) => sum + Object.keys(entries).length, 0);
  const forget = (key, position, sequence) => stored(() => {
    const entries = JSON.parse(localStorage.getItem(key)) || {};
    if (entries[position] && entries[position].sequence === sequence) delete entries[position];
    if (Object.keys(entries).length) localStorage.setItem(key, JSON.stringify(entries));
    else localStorage.removeItem(key);
  });
  const mark = (is) => stored(() => (is ? localStorage.setItem(LEAVING, "1") : localStorage.removeItem(LEAVING)));
  const inWords = (element, n) => (n === 1 ? element.dataset.one : element.dataset.many.replace("{}", n));

  const post = async (entry, token) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(entry.to, {
        method: "POST", body: new URLSearchParams(entry.body), credentials: "same-origin", keepalive: true,
        headers: { "X-CSRFToken": token }, signal: stop.signal, redirect: "error",
      });
      const about = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
      return { status: answer.status, state: about.state };
    } catch {
      return { status: 0 };
    } finally {
      clearTimeout(timer);
    }
  };
  // 200 when nothing waits any longer, else the status that the first unsent answer got (0: nobody answered).
  const sendAll = async (token) => {
    for (const [key, entries] of queues()) {
      for (const [position, entry] of Object.entries(entries)) {
        const { status, state } = await post(entry, token);
        if (status !== 200 && !DONE.includes(state)) return status;
        forget(key, position, entry.sequence);
      }
    }
    return 200;
  };

  // Before anything is drawn: whoever was leaving when this page was opened anew is not shown.
  const wasLeaving = stored(() => localStorage.getItem(LEAVING), null);
  if (wasLeaving) html.dataset.leaving = "";

  const start = () => {
    const notice = document.getElementById("con-cau-truoc");
    if (notice && count()) {
      notice.querySelector("#con-cau-so").textContent = inWords(notice, count());
      notice.hidden = false;
    }
    const cover = document.getElementById("con-cau");
    if (!cover) { // nobody is signed in here any more
      mark(false);
      delete html.dataset.leaving;
      return;
    }
    const own = cover.querySelector("form");
    const words = cover.querySelector("[role=status]");
    const title = document.title;
    let leaver = null, pause = FIRST, retry = 0, busy = false;

    const show = (text) => {
      html.dataset.leaving = "";
      if (cover.hidden) {
        cover.hidden = false;
        cover.focus();
      }
      document.title = cover.querySelector("#con-cau-ten").textContent = inWords(cover, count());
      words.textContent = text;
    };
    const stay = () => {
      clearTimeout(retry);
      mark(false);
      leaver = null;
      delete html.dataset.leaving;
      cover.hidden = true;
      document.title = title;
    };
    const go = () => {
      mark(false);
      leaver.submit();
    };
    const attempt = async () => {
      clearTimeout(retry);
      if (!leaver || busy) return;
      busy = true;
      const others = []; // what a page holds that may store nothing
      document.dispatchEvent(new CustomEvent("lms:leaving", { detail: others }));
      if (count()) {
        mark(true);
        show(cover.dataset.sending);
      }
      await Promise.all(others);
      const status = await sendAll(own.elements.csrf_token.value);
      busy = false;
      if (!leaver) return;
      if (status === 200) return go();
      // Signed out elsewhere: only whoever signs in again can send them.
      if (status === 401) return mark(false), location.replace(cover.dataset.signIn);
      if (status === 400 && !wasLeaving) return location.reload(); // a page open for too long: its token is too old
      show(cover.dataset.dead);
      retry = setTimeout(attempt, pause);
      pause = Math.min(pause * 2, LAST);
    };
    const leave = (form) => {
      leaver = form;
      attempt();
    };

    document.addEventListener("submit", (event) => {
      const path = new URL(event.target.action, location.href).pathname;
      if (!/\/(dang-xuat|doi-nguoi)$/.test(path)) return;
      event.preventDefault();
      if (!leaver) leave(event.target);
    });
    cover.querySelector("[data-again]").addEventListener("click", attempt);
    cover.querySelector("[data-stay]").addEventListener("click", stay);
    addEventListener("online", attempt);
    if (wasLeaving) leave(own);
    else if (!document.querySelector("[data-attempt]")) {
      const quietly = () => { if (!leaver && count()) sendAll(own.elements.csrf_token.value); };
      quietly();
      addEventListener("online", quietly);
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
