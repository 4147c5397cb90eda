// Tapping a numbered place of a picture chooses its card, and a chosen card marks its place.
// Without this script the cards alone answer the question.
(() => {
  const spots = document.querySelectorAll("[data-spot]");
  const card = (spot) => document.getElementById(spot.dataset.spot);
  const show = () => spots.forEach((spot) => spot.classList.toggle("spot--on", card(spot).checked));
  spots.forEach((spot) => spot.addEventListener("click", () => card(spot).click()));
  document.addEventListener("change", show);
  show();
})();
