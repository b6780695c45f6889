// Bundles what the pages need from npm into webapp/static/build; the output is committed, so that no Node is needed
// where Banli is installed. `npm ci --ignore-scripts && node build.mjs` must leave the tree unchanged.
import { build } from "esbuild";
import { readFile, mkdir, rm, writeFile } from "node:fs/promises";

const out = new URL("../static/build/", import.meta.url).pathname;
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const common = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  absWorkingDir: new URL(".", import.meta.url).pathname,
};

await build({ ...common, entryPoints: ["viewer.js"], outfile: `${out}viewer.js` });
await build({ ...common, entryPoints: ["htmx.js"], outfile: `${out}htmx.js` });
await build({ ...common, entryPoints: ["viewer.css"], outfile: `${out}viewer.css`, loader: { ".woff2": "file" } });

// The licences of what is inside travel with it.
const lock = JSON.parse(await readFile(new URL("package-lock.json", import.meta.url), "utf8"));
const shipped = ["bpmn-js", "diagram-js", "bpmn-moddle", "moddle", "moddle-xml", "saxen", "tiny-svg", "min-dash",
  "min-dom", "ids", "inherits-browser", "didi", "path-intersection", "hammerjs", "component-event", "clsx", "htm",
  "preact", "object-refs", "diagram-js-direct-editing", "@bpmn-io/diagram-js-ui", "htmx.org"];
const notices = [];
for (const name of shipped) {
  const entry = lock.packages[`node_modules/${name}`];
  if (!entry) continue;
  let text = "";
  for (const file of ["LICENSE", "LICENSE.md", "license.md", "LICENSE.txt"]) {
    try {
      text = await readFile(new URL(`node_modules/${name}/${file}`, import.meta.url), "utf8");
      break;
    } catch { /* the next spelling */ }
  }
  notices.push(`${name} ${entry.version} (${entry.license ?? "see below"})\n\n${text.trim()}\n`);
}
await writeFile(`${out}LICENSES.txt`, notices.join(`\n${"-".repeat(78)}\n\n`));
