// What somebody types to be posted stays in the tab until it is posted: a signer
// that says no, a page loaded anew or a lost connection lose nothing.
const place = (box) => `draft ${location.pathname} ${box.name}`;

for (const box of document.querySelectorAll("[data-draft]")) {
  box.value ||= sessionStorage.getItem(place(box)) ?? "";
  box.addEventListener("input", () => sessionStorage.setItem(place(box), box.value));
  box.form.addEventListener("done", () => sessionStorage.removeItem(place(box)));
}
