import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const TONES = { late: "--chart-4", amber: "--chart-3", good: "--chart-2", info: "--chart-1", plain: "--chart-6" };
const drawn = new Map();

function colours() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}

function series(data, row, index, colour) {
  const shared = { name: row.name, data: row.values, itemStyle: { color: colour(TONES[row.tone] ?? `--chart-${(index % 6) + 1}`) } };
  if (data.kind === "line") return { ...shared, type: "line", symbol: ["circle", "rect", "triangle", "diamond"][index % 4], symbolSize: 8, lineStyle: { width: 2.5, type: ["solid", "dashed", "dotted"][index % 3] } };
  return { ...shared, type: "bar", barMaxWidth: 28, stack: data.kind === "stack" ? "all" : undefined, label: { show: data.kind !== "stack" && data.series.length === 1, position: data.lying ? "right" : "top", color: colour("--ink"), fontFamily: "inherit" } };
}

function options(data, font) {
  const colour = colours();
  const words = { color: colour("--ink"), fontFamily: font, fontSize: 13 };
  const names = { type: "category", data: data.labels, axisLabel: { ...words, hideOverlap: true }, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--line-strong") } }, inverse: Boolean(data.lying) };
  const amounts = { type: "value", name: data.unit, nameTextStyle: words, minInterval: 1, axisLabel: words, splitLine: { lineStyle: { color: colour("--line") } } };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    textStyle: words,
    aria: { enabled: true },
    grid: { left: 8, right: data.lying ? 48 : 16, top: data.series.length > 1 ? 44 : 32, bottom: 8, containLabel: true },
    legend: { show: data.series.length > 1, top: 0, right: 0, icon: "roundRect", textStyle: words },
    // Rich text is drawn on the canvas: an HTML tooltip needs style attributes, which the content policy forbids.
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("--card"), borderColor: colour("--line-strong"), textStyle: words },
    xAxis: data.lying ? amounts : names,
    yAxis: data.lying ? names : amounts,
    series: data.series.map((row, index) => series(data, row, index, colour)),
  };
}

export function draw(figure) {
  const area = figure.querySelector(".chart-area");
  const data = JSON.parse(document.getElementById(`${area.id}-data`).textContent);
  area.hidden = false;
  figure.querySelector(".chart-table").open = false;
  const chart = init(area);
  chart.setOption(options(data, getComputedStyle(document.body).fontFamily));
  drawn.set(area, { chart, data });
}

function each(act) {
  for (const [area, entry] of drawn) {
    if (area.isConnected) act(entry);
    else {
      entry.chart.dispose();
      drawn.delete(area);
    }
  }
}

addEventListener("resize", () => each(({ chart }) => chart.resize()));
addEventListener("beforeprint", () => each(({ chart }) => chart.resize()));
const repaint = () => each(({ chart, data }) => chart.setOption(options(data, getComputedStyle(document.body).fontFamily)));
document.addEventListener("anzhen:theme", repaint);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
document.addEventListener("htmx:after:swap", () => each(() => {}));
