import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

/** Puts the countries of Natural Earth into the page, compressed: data, not script. The 50 m file has the Caspian as water. */
function countries(): Plugin {
  return {
    name: "countries",
    transformIndexHtml(html) {
      const file = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");
      const held = gzipSync(readFileSync(file), { level: 9 }).toString("base64");
      return html.replace('<script id="countries" type="application/octet-stream">', (found) => found + held);
    },
  };
}

export default defineConfig({
  plugins: [svelte(), viteSingleFile({ removeViteModuleLoader: true }), countries()],
  build: { target: "es2022", modulePreload: false, reportCompressedSize: true },
});
