/* A long form marked data-draft="name" is kept on this device while it is typed, for a week and for this person only,
   and forgotten when the server has taken it. Passwords, files and hidden fields are never kept. */

const WEEK = 7 * 24 * 3600 * 1000;
const waiting = new WeakMap();

function keyOf(form) {
  return `draft:${document.body.dataset.person ?? ""}:${location.pathname}:${form.dataset.draft}`;
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type));
}

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    if (kept && Date.now() - kept.at < WEEK) return kept;
    localStorage.removeItem(key);
  } catch {
    /* Storage may be switched off; the form works without it. */
  }
  return null;
}

function write(form) {
  const values = fieldsOf(form).map((field) =>
    ["checkbox", "radio"].includes(field.type) ? [field.name, field.value, field.checked] : [field.name, field.value],
  );
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values }));
  } catch {
    /* Full or switched off. */
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    /* Nothing was kept. */
  }
}

function fill(form, values) {
  const left = [...values];
  for (const field of fieldsOf(form)) {
    const ticked = ["checkbox", "radio"].includes(field.type);
    const at = left.findIndex(([name, value]) => name === field.name && (!ticked || value === field.value));
    if (at < 0) continue;
    const [[, value, checked]] = left.splice(at, 1);
    if (ticked) field.checked = checked;
    else field.value = value;
  }
}

function tell(form, kept) {
  const words = document.createElement("p");
  words.className = "draft-words";
  words.setAttribute("role", "status");
  const when = new Date(kept.at).toLocaleString("zh-CN", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
  words.textContent = `已恢复 ${when} 未提交的内容`;
  const drop = document.createElement("button");
  drop.type = "button";
  drop.textContent = "不要了，重新填写";
  drop.addEventListener("click", () => {
    forget(keyOf(form));
    form.reset();
    words.remove();
  });
  words.append(drop);
  form.prepend(words);
}

function restore(form) {
  if (form.dataset.kept) return;
  form.dataset.kept = "true";
  const kept = read(keyOf(form));
  if (!kept || document.querySelector(".errors")) return;
  fill(form, kept.values);
  tell(form, kept);
}

export function keepDrafts(root) {
  root.querySelectorAll("form[data-draft]").forEach(restore);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => write(form), 400));
});

/* Taken means: answered without an error, and not by asking to sign in again. The key is noted before the swap changes the address. */
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (!form?.dataset?.draft || ctx.response.status >= 400 || new URL(ctx.response.raw.url).pathname === "/sign-in") return;
  clearTimeout(waiting.get(form));
  forget(keyOf(form));
});
