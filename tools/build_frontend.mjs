// Builds the theme's static files into build/static/theme: one stylesheet, the fonts, a sprite of the icons in use, htmx.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, "build", "static", "theme");
const modules = join(root, "node_modules");

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "fonts"), { recursive: true });

// Bootstrap 5.3 still uses what newer Sass deprecates; that is Bootstrap's to change.
const { css } = sass.compile(join(root, "shop", "theme", "scss", "theme.scss"), {
  loadPaths: [modules],
  style: "compressed",
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
});
writeFileSync(join(out, "theme.css"), css);

const fonts = join(modules, "@fontsource-variable", "inter", "files");
for (const name of readdirSync(fonts)) {
  if (/^inter-latin(-ext)?-wght-normal\.woff2$/.test(name)) cpSync(join(fonts, name), join(out, "fonts", name));
}
cpSync(join(modules, "htmx.org", "dist", "htmx.min.js"), join(out, "htmx.min.js"));

// An icon is used by its name in {% icon "name" %}, icon="name" or ICONS tables ("bi:name") of templates and code.
const used = new Set();
const scan = (folder) => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) {
      if (name !== "__pycache__" && name !== "locale") scan(path);
    } else if ([".html", ".py"].includes(extname(name))) {
      const text = readFileSync(path, "utf8");
      for (const match of text.matchAll(/\{% icon ["']([a-z0-9-]+)["']|icon=["']([a-z0-9-]+)["']|["']bi:([a-z0-9-]+)["']/g)) {
        used.add(match[1] ?? match[2] ?? match[3]);
      }
    }
  }
};
scan(join(root, "src"));
scan(join(root, "shop"));
const symbols = [...used].sort().map((name) => {
  const svg = readFileSync(join(modules, "bootstrap-icons", "icons", `${name}.svg`), "utf8");
  const inside = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 16 16">${inside}</symbol>`;
});
writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
console.log(`theme.css ${(css.length / 1024).toFixed(0)} KiB, ${symbols.length} icons`);
