/* The cookie is what the server reads, so the next page comes in the right theme. */

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".theme button");
  if (!button) return;
  event.preventDefault();
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${button.value}; path=/; max-age=31536000; samesite=lax${secure}`;
  document.documentElement.dataset.bsTheme = button.value;
  document.querySelectorAll(".theme button").forEach((other) => {
    if (other !== button && other.offsetParent) other.focus();
  });
  document.dispatchEvent(new Event("anzhen:theme"));
});
