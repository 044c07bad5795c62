import "htmx.org/dist/htmx.esm.js";
import { showCharts } from "./chart_boot.js";
import { keepDrafts } from "./drafts.js";
import { keepPlace } from "./focus.js";
import "./failures.js";
import "./ledger.js";
import { prepareLedgers } from "./ledger.js";
import "./panels.js";
import "./theme.js";

document.documentElement.classList.add("scripted");

/* Runs for the first page and again for whatever htmx puts in. */
function prepare(root) {
  showCharts(root);
  keepDrafts(root);
  prepareLedgers(root);
}

prepare(document);
document.querySelector(".errors")?.focus();
keepPlace();
document.addEventListener("htmx:after:swap", () => prepare(document));
