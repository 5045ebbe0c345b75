import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Relative, so that a static copy of the page works from any folder.
  base: './',
  build: {
    outDir: '../src/cnnwalk/server/static',
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2023',
    // The emulator is a chunk of its own by intention; the main bundle's size is a test.
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  // The golden frames, which tests read.
  assetsInclude: ['**/*.bin'],
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
