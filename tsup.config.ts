import { defineConfig } from 'tsup';

// Everything but the native better-sqlite3 is bundled, so that `npx wsdemo` fetches one package and starts at once.
export default defineConfig([
  {
    entry: {
      wsdemo: 'bin/wsdemo.ts',
      'database-worker': 'src/server/database-worker.ts',
      'fibonacci-worker': 'src/server/fibonacci-worker.ts',
    },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    splitting: true,
    clean: true,
    minifySyntax: true,
    metafile: true,
    silent: true,
    noExternal: [/^(?!better-sqlite3$)/],
    // Bundled CommonJS packages call `require` for Node's own modules; the first line of the bin is its shebang.
    banner: {
      js: "import { createRequire as wsdemoRequire } from 'node:module'; const require = wsdemoRequire(import.meta.url);",
    },
    // React's development build leaks under Ink, and Ink asks for its devtools by name.
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    esbuildOptions(options) {
      options.alias = { 'react-devtools-core': './scripts/empty.js' };
      options.legalComments = 'none';
    },
  },
  {
    entry: { page: 'public/page.ts' },
    outDir: 'dist/public',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    silent: true,
    metafile: true,
    noExternal: [/./],
  },
]);
