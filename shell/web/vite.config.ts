import { defineConfig } from "vite";

// The folder that the host serves; the build tree's by CMake.
const out = process.env["DOORSTEP_PAGES_OUT"] ?? "../../build/pages";

export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  css: {
    // govuk-frontend holds a media query for a browser of long ago that the minifier cannot read.
    lightningcss: { errorRecovery: true },
    preprocessorOptions: { scss: { loadPaths: ["node_modules"], quietDeps: true } },
  },
  // For the strict policy of the host: nothing inline.
  build: { outDir: out, emptyOutDir: true, modulePreload: false, assetsInlineLimit: 0 },
});
