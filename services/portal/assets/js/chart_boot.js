/* The chart library is fetched only by a page that has a chart. */

let library;

export function showCharts(root) {
  const figures = [...root.querySelectorAll("[data-chart]:not([data-drawn])")];
  if (!figures.length) return;
  figures.forEach((figure) => figure.setAttribute("data-drawn", ""));
  library ??= import("./charts.js");
  library.then(({ draw }) => figures.forEach(draw));
}
