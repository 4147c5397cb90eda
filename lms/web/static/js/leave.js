// After somebody has left: empty the browser's stores where the header Clear-Site-Data is not known.
(async () => {
  try {
    localStorage.clear();
    sessionStorage.clear();
  } catch { /* a browser may forbid storage altogether */ }
  if (window.caches) for (const name of await caches.keys()) await caches.delete(name);
  if (window.indexedDB && indexedDB.databases) {
    for (const base of await indexedDB.databases()) indexedDB.deleteDatabase(base.name);
  }
})();
