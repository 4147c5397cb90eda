// The waiting page of a list: asks every second how far it is, and goes on when it is done. Without this file the page
// reloads itself (Refresh header).
(() => {
  const box = document.querySelector("[data-roster-wait]");
  if (!box) return;
  const look = async () => {
    try {
      const answer = await fetch(location.href, { redirect: "manual", headers: { "X-Requested-With": "fetch" } });
      if (answer.type === "opaqueredirect") return location.reload();
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("[data-roster-wait]");
        if (!fresh) return location.reload();
        if (fresh.innerHTML !== box.innerHTML) box.innerHTML = fresh.innerHTML;
      }
    } catch {
      // the line is cut for a moment; the next look finds out
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 700);
})();
