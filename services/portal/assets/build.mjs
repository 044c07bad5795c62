/* Bundles the portal's styles, scripts and icons into static/dist: hashed names, manifest.json, gzip and brotli beside each. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const assets = dirname(fileURLToPath(import.meta.url));
const portal = dirname(assets);
const root = join(portal, "..", "..");
const dist = join(portal, "static", "dist");
const icons = join(root, "node_modules", "bootstrap-icons", "icons");

/* The dark colours are written once and used twice: chosen by cookie, or by the device when nothing was chosen. Never on paper. */
const dark = {
  name: "dark",
  setup(bundle) {
    bundle.onResolve({ filter: /^dark$/ }, () => ({ path: "dark", namespace: "dark" }));
    bundle.onLoad({ filter: /.*/, namespace: "dark" }, () => {
      const colours = readFileSync(join(assets, "css", "dark.css"), "utf8");
      return {
        loader: "css",
        contents: `@media screen { [data-bs-theme="dark"] { ${colours} } }
          @media screen and (prefers-color-scheme: dark) { :root:not([data-bs-theme]) { ${colours} } }`,
      };
    });
  },
};

function filesBelow(folder, kinds) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["static", "assets", "__pycache__"].includes(entry.name) ? [] : filesBelow(path, kinds);
    return kinds.includes(extname(entry.name)) ? [path] : [];
  });
}

/* An icon is used where a template draws it, icon("x"), or where a word in quotes in Python is the name of one. */
function iconsUsed() {
  const known = new Set(readdirSync(icons).map((file) => basename(file, ".svg")));
  const used = new Set();
  const note = (file, pattern) => {
    for (const match of readFileSync(file, "utf8").matchAll(pattern)) match.slice(1).filter(Boolean).forEach((name) => used.add(name));
  };
  filesBelow(portal, [".html"]).forEach((file) => note(file, /icon(?:_name)?["']?\s*[(=:]\s*["']([a-z0-9-]+)["'](?:\s*if[^}]*?else\s*["']([a-z0-9-]+)["'])?/g));
  const unknown = [...used].filter((name) => !known.has(name));
  if (unknown.length) throw new Error(`no such icon: ${unknown.join(", ")}`);
  filesBelow(portal, [".py"]).forEach((file) => note(file, /["']([a-z0-9-]+)["']/g));
  return [...used].filter((name) => known.has(name)).sort();
}

function sprite() {
  const symbols = iconsUsed().map((name) => {
    const svg = readFileSync(join(icons, `${name}.svg`), "utf8");
    const [, box, inside] = svg.match(/viewBox="([^"]+)"[^>]*>([\s\S]*)<\/svg>/);
    return `<symbol id="${name}" viewBox="${box}">${inside.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

function hashed(name, content) {
  const mark = createHash("sha256").update(content).digest("hex").slice(0, 10);
  return `${basename(name, extname(name))}-${mark}${extname(name)}`;
}

mkdirSync(dist, { recursive: true });
const result = await build({
  absWorkingDir: root,
  entryPoints: [join(assets, "js", "app.js"), join(assets, "css", "app.css")],
  outdir: dist,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: ["chrome87", "firefox88", "safari15"],
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  plugins: [dark],
  logLevel: "warning",
});

const manifest = {};
const built = new Set(Object.keys(result.metafile.outputs).map((path) => relative(dist, join(root, path))));
for (const [path, output] of Object.entries(result.metafile.outputs))
  if (output.entryPoint?.includes("assets/")) manifest[basename(output.entryPoint)] = relative(dist, join(root, path));
for (const [name, content] of [["icons.svg", sprite()], ["favicon.svg", readFileSync(join(assets, "favicon.svg"), "utf8")]]) {
  manifest[name] = hashed(name, content);
  writeFileSync(join(dist, manifest[name]), content);
  built.add(manifest[name]);
}

const sizes = {};
for (const file of built) {
  const content = readFileSync(join(dist, file));
  const packed = gzipSync(content, { level: 9 });
  writeFileSync(join(dist, `${file}.gz`), packed);
  writeFileSync(join(dist, `${file}.br`), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  sizes[file] = packed.length;
}
writeFileSync(join(dist, "manifest.next"), JSON.stringify(manifest, null, 2));
renameSync(join(dist, "manifest.next"), join(dist, "manifest.json"));

/* Pages that were sent before this build still ask for the older files: those stay for a day. */
const yesterday = Date.now() - 24 * 3600 * 1000;
for (const file of readdirSync(dist)) if (statSync(join(dist, file)).mtimeMs < yesterday) rmSync(join(dist, file));
console.log(JSON.stringify({ gzip: sizes, first_page: sizes[manifest["app.css"]] + sizes[manifest["app.js"]] }));
