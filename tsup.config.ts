import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { defineConfig, type Options } from 'tsup';

// Not tsup's `clean`: its builds run side by side, and one would take away what another has written.
rmSync('dist', { recursive: true, force: true });

/** Parts that are files of their own, loaded when they are needed; `import()` of one in the command goes to that file. */
const APART = {
  connect: 'src/tui/connect.ts',
  metrics: 'src/server/telemetry/metrics.ts',
  pretty: 'src/server/telemetry/pretty.ts',
  threads: 'src/server/fibonacci/threads.ts',
};

// Everything but the native better-sqlite3 is bundled, so that `npx wsdemo` fetches one package and starts at once.
const node: Options = {
  platform: 'node',
  target: 'node20',
  noExternal: [/^(?!better-sqlite3$)/],
  minifySyntax: true,
  metafile: true,
  silent: true,
  // React's development build leaks under Ink, and Ink asks for its devtools by name.
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
};

export default defineConfig([
  {
    ...node,
    // One file of CommonJS, with as little white space as stays readable in a stack trace: a start is some 30 ms shorter.
    format: 'cjs',
    entry: {
      wsdemo: 'bin/wsdemo.ts',
      'database-worker': 'src/server/db/database-worker.ts',
      'fibonacci-worker': 'src/server/fibonacci/fibonacci-worker.ts',
    },
    // Not by tsup's shims: a path may hold what means something else in a URL, such as `#`. The bundle's own 'use strict'
    // would come too late behind a statement.
    banner: { js: "'use strict'; const wsdemoUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { ...node.define, 'import.meta.url': 'wsdemoUrl' },
    esbuildPlugins: [
      {
        name: 'apart',
        setup(build) {
          build.onResolve({ filter: /./ }, ({ path, kind }) => {
            const name = basename(path, '.js');
            return kind === 'dynamic-import' && name in APART ? { path: `./${name}.js`, external: true } : undefined;
          });
        },
      },
    ],
    esbuildOptions(options) {
      options.legalComments = 'none';
      options.minifyWhitespace = true;
      options.lineLimit = 160;
    },
  },
  {
    ...node,
    format: 'esm',
    entry: APART,
    splitting: true,
    // Bundled CommonJS packages call `require` for Node's own modules.
    banner: {
      js: "import { createRequire as wsdemoRequire } from 'node:module'; const require = wsdemoRequire(import.meta.url);",
    },
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
