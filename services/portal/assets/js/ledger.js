/* Batch acts: the bar appears when something is picked; a dangerous one asks first. A chosen filter applies at once. */

function boxesOf(form) {
  return [...form.elements].filter((box) => box.type === "checkbox" && box.name === "ids");
}

function count(form) {
  const boxes = boxesOf(form);
  const picked = boxes.filter((box) => box.checked).length;
  form.querySelector("[data-picked]").textContent = String(picked);
  form.hidden = picked === 0;
  const all = document.querySelector(`[data-pick-all="${form.id}"]`);
  if (!all) return;
  all.hidden = boxes.length === 0;
  all.checked = picked > 0 && picked === boxes.length;
  all.indeterminate = picked > 0 && picked < boxes.length;
}

/* On a phone a row is a card; its labels are the heads of the columns. */
function label(table) {
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  table.querySelectorAll("tbody tr").forEach((row) =>
    [...row.children].forEach((cell, at) => cell.matches("td:not(.pick)") && heads[at] && cell.setAttribute("data-label", heads[at])),
  );
}

export function prepareLedgers(root) {
  root.querySelectorAll(".ledger-cards").forEach(label);
  root.querySelectorAll("form[data-batch]").forEach(count);
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.dataset?.pickAll) {
    const form = document.getElementById(box.dataset.pickAll);
    boxesOf(form).forEach((other) => (other.checked = box.checked));
    count(form);
  } else if (box.form?.matches("[data-batch]")) {
    count(box.form);
  } else if (box.form?.matches("[data-filters]") && box.matches("select")) {
    box.form.requestSubmit ? box.form.requestSubmit() : box.form.submit();
  }
});

document.addEventListener(
  "click",
  (event) => {
    const question = event.target.closest?.("[data-ask]")?.dataset.ask;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  true,
);
