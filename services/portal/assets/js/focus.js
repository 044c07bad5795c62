/* Where the keyboard is after a page was put in: at the errors, at the filter just used, else at the beginning of the content.
   The eye begins at [data-begin], because the #place of a redirect is lost where a page is fetched. */

let used = null;

function filterInUse() {
  const field = document.activeElement;
  return field?.name && field.form?.matches("[data-filters]") ? field.name : null;
}

function settle(name) {
  const filter = name && document.querySelector(`[data-filters] [name="${CSS.escape(name)}"]:not([type=hidden])`);
  (document.querySelector(".errors") ?? filter ?? document.getElementById("content"))?.focus({ preventScroll: true });
  document.querySelector("[data-begin]")?.scrollIntoView();
}

export function keepPlace() {
  document.addEventListener("htmx:before:swap", () => (used = filterInUse()));
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.target === document.body) settle(used);
  });
}
