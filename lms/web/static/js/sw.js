// The service worker. It keeps the shell of the site and the lessons that were opened on this phone, each as the public
// page drawn for nobody. It never keeps a page of a person: what comes from the network goes straight to the browser.
"use strict";
const RELEASE = "__RELEASE__";
const SHELL = `khung-${RELEASE}`;
const LESSONS = `bai-${RELEASE}`;
const OFFLINE = "/ngoai-tuyen";
const asset = (name) => `/tinh/${RELEASE}/${name}`;
const FILES = [
  OFFLINE, asset("css/tokens.css"), asset("css/components.css"), asset("fonts/be-vietnam-pro-500.woff2"),
  asset("fonts/be-vietnam-pro-700.woff2"), asset("icon.svg"), asset("js/offline.js"), asset("js/listen.js"),
  asset("js/replica.js"),
];
const nobody = (url) => fetch(url, {credentials: "omit", cache: "no-cache"});

// Keep the public form of a lesson; true once it lies in the cache.
const keep = async (slug, phone) => {
  if (!/^[a-z0-9-]+$/.test(slug)) return false;
  const address = `/bai/${slug}`;
  const answer = await nobody(`${address}?ban=ngoai-tuyen&may=${phone === "iphone" ? "iphone" : "android"}`);
  const cache = await caches.open(LESSONS);
  if (answer.status === 404) await cache.delete(address);
  if (!answer.ok || answer.redirected) return false;
  await cache.put(address, answer);
  return true;
};
const held = async (slug) => Boolean(await (await caches.open(LESSONS)).match(`/bai/${slug}`));

const listed = async () => {
  const cache = await caches.open(LESSONS);
  return Promise.all((await cache.keys()).map(async (request) => {
    const page = await (await cache.match(request)).text();
    const title = (page.match(/<title>([^<|]*)/) || ["", ""])[1].trim();
    const plain = title.replace(/&(amp|lt|gt|quot|#39|#34);/g, (all, name) => (
      {amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#34": '"'}[name]));
    return {slug: new URL(request.url).pathname.slice(5), title: plain};
  }));
};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => Promise.all(FILES.map(async (file) => {
    const answer = await nobody(file);
    if (!answer.ok) throw new Error(file);
    await cache.put(file, answer);
  }))).then(() => self.skipWaiting()));
});

// A new release: take over, fetch the kept lessons anew (they name the new files), then let the old ones go.
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    await self.clients.claim();
    const old = (await caches.keys()).filter((name) => /^(khung|bai)-/.test(name) && name !== SHELL && name !== LESSONS);
    const slugs = new Set();
    for (const name of old.filter((one) => one.startsWith("bai-"))) {
      for (const request of await (await caches.open(name)).keys()) slugs.add(new URL(request.url).pathname.slice(5));
    }
    await Promise.all([...slugs].map((slug) => keep(slug).catch(() => false)));
    await Promise.all(old.map((name) => caches.delete(name)));
  })());
});

self.addEventListener("message", (event) => {
  const port = event.ports[0];
  const asked = event.data || {};
  if (!port) return;
  if (asked.list) event.waitUntil(listed().then((lessons) => port.postMessage(lessons), () => port.postMessage([])));
  // Without a line the copy that is there already counts.
  if (asked.keep) event.waitUntil(keep(asked.keep, asked.may).catch(() => held(asked.keep)).then((is) => port.postMessage(is)));
});

const page = async (request, path) => {
  try {
    return await fetch(request);
  } catch (fault) {
    const lesson = path.startsWith("/bai/") && await (await caches.open(LESSONS)).match(path);
    const found = lesson || await caches.match(OFFLINE);
    if (!found) throw fault;
    return found;
  }
};

self.addEventListener("fetch", (event) => {
  const {request} = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url.pathname));
  else if (url.pathname.startsWith("/tinh/")) {
    event.respondWith(caches.match(url.pathname, {cacheName: SHELL}).then((kept) => kept || fetch(request)));
  }
});
