// What is pressed while the page's other scripts are still on their way waits
// for them, and is not lost: they have run once the document is ready.
const early = new Map();

function wait(event) {
  const target = event.type === "submit" ? event.target : event.target.closest?.("button");
  if (!target || (event.type === "click" && target.form && target.type === "submit")) return; // its form's submit comes next
  event.preventDefault();
  event.stopImmediatePropagation();
  early.set(target, event.type);
}

for (const type of ["submit", "click"]) document.addEventListener(type, wait, true);
document.addEventListener("DOMContentLoaded", () => {
  for (const type of ["submit", "click"]) document.removeEventListener(type, wait, true);
  for (const [target, type] of early) type === "submit" ? target.requestSubmit() : target.click();
});
