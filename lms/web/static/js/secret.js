// "Hiện mã PIN": shows what is typed in the secret fields of the same form.
for (const label of document.querySelectorAll("[data-show-secrets]")) {
  const box = label.querySelector("input");
  const fields = label.closest("form").querySelectorAll("input[type=password]");
  label.hidden = false;
  box.addEventListener("change", () => {
    for (const field of fields) field.type = box.checked ? "text" : "password";
  });
  label.closest("form").addEventListener("submit", () => {
    for (const field of fields) field.type = "password"; // browsers keep what stood in text fields
  });
}
