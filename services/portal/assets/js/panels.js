/* Panels are <details>: they open without a script. With one they also close on Escape, on a press outside and on 取消. */

const PANELS = "details.confirm, details.who, details.columns, details.drawer";

function close(panel, refocus) {
  panel.open = false;
  if (refocus) panel.querySelector("summary")?.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-close]")) close(event.target.closest("details"), true);
  document.querySelectorAll(PANELS).forEach((panel) => {
    if (panel.open && !panel.contains(event.target)) close(panel, false);
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll(PANELS).forEach((panel) => panel.open && close(panel, true));
});
