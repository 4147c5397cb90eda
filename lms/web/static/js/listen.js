// "Nghe đọc bài": the phone's own Vietnamese voice reads the lesson, part by part. Hidden where there is no such voice.
(() => {
  "use strict";
  const box = document.getElementById("nghe");
  const speech = window.speechSynthesis;
  if (!box || !speech) return;
  const button = box.querySelector("button");
  const symbol = button.querySelector("use");
  const parts = [...document.querySelectorAll("#bai > p, #bai > h2, #bai .do__text, #bai > .alert, #bai .do > .alert")];
  let voice = null;
  let at = 0;
  let playing = false;

  const words = (part) => {
    const copy = part.cloneNode(true);
    copy.querySelectorAll("svg, noscript, .do__n").forEach((one) => one.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  };
  const show = () => {
    symbol.setAttribute("href", playing ? "#pause" : "#play");
    button.setAttribute("aria-label", playing ? box.dataset.pause : box.dataset.play);
  };
  const stop = () => { playing = false; speech.cancel(); show(); };
  // One utterance a part: long ones break off in Chrome, and going on later begins at the same part.
  const next = () => {
    if (!playing) return;
    if (at >= parts.length) { at = 0; stop(); return; }
    const said = new SpeechSynthesisUtterance(words(parts[at]));
    said.voice = voice;
    said.lang = "vi-VN";
    said.rate = 0.9;
    said.onend = () => { if (playing) { at += 1; next(); } };
    said.onerror = (fault) => { if (fault.error !== "canceled" && fault.error !== "interrupted") stop(); };
    parts[at].scrollIntoView({block: "nearest"});
    speech.speak(said);
  };
  const look = () => {
    voice = speech.getVoices().find((one) => /^vi([-_]|$)/i.test(one.lang)) || null;
    box.hidden = !voice;
  };
  button.addEventListener("click", () => {
    if (playing) { stop(); return; }
    playing = true;
    show();
    next();
  });
  addEventListener("pagehide", stop);
  look();
  speech.addEventListener?.("voiceschanged", look);
})();
