import { basename } from 'node:path';
import { defineConfig, type Options } from 'tsup';

/** Parts in files of their own, loaded when needed: an `import()` of one in the command loads its file. */
const APART = {
  check: 'src/check/check.ts',
  connect: 'src/tui/connect.ts',
  'join-room': 'src/server/join-room.ts',
  lab: 'src/server/lab/lab.ts',
  metrics: 'src/server/telemetry/metrics.ts',
  pretty: 'src/server/telemetry/pretty.ts',
  threads: 'src/server/fibonacci/threads.ts',
};

/** What programs import: `wsdemo/server` and `wsdemo/client`. */
const LIBRARY = { server: 'src/server/index.ts', client: 'src/client/node.ts' };

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

/** As little white space as stays readable in a stack trace; all names stay. */
const withoutWhiteSpace: NonNullable<Options['esbuildOptions']> = (options) => {
  options.legalComments = 'none';
  options.minifyWhitespace = true;
  options.lineLimit = 160;
};

/** Parts of the page that are loaded when needed. Each is whole: what it shares with the page, it contains. */
const PAGE_APART = {
  'frame-details': 'public/frames/frame-details.ts',
  wall: 'public/wall/wall.ts',
};

/** Leaves an `import()` of one of these parts to the time when it runs. */
const loadsApart = (parts: Record<string, string>): NonNullable<Options['esbuildPlugins']>[number] => ({
  name: 'apart',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path, kind }) => {
      const name = basename(path, '.js');
      return kind === 'dynamic-import' && name in parts ? { path: `./${name}.js`, external: true } : undefined;
    });
  },
});

export default defineConfig([
  {
    ...node,
    // One CommonJS file without white space: a start is some 30 ms faster.
    format: 'cjs',
    entry: {
      wsdemo: 'bin/wsdemo.ts',
      'database-worker': 'src/server/db/database-worker.ts',
      'fibonacci-worker': 'src/server/fibonacci/fibonacci-worker.ts',
      ...LIBRARY,
    },
    // Not tsup's shims: a path may contain characters with a meaning in URLs, such as `#`. The bundle's own 'use strict' would come
    // too late, after a statement.
    banner: { js: "'use strict'; const wsdemoUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { ...node.define, 'import.meta.url': 'wsdemoUrl' },
    esbuildPlugins: [loadsApart(APART)],
    esbuildOptions: withoutWhiteSpace,
  },
  {
    ...node,
    format: 'esm',
    entry: { ...APART, ...LIBRARY },
    splitting: true,
    // Bundled CommonJS packages call `require` for Node's own modules.
    banner: {
      js: "import { createRequire as wsdemoRequire } from 'node:module'; const require = wsdemoRequire(import.meta.url);",
    },
    esbuildOptions(options, context) {
      withoutWhiteSpace(options, context);
      options.alias = { 'react-devtools-core': './scripts/empty.js' };
    },
  },
  {
    entry: { 'client-browser': 'src/client/browser.ts' },
    outDir: 'dist',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minifySyntax: true,
    esbuildOptions: withoutWhiteSpace,
    splitting: false,
    silent: true,
    noExternal: [/./],
  },
  {
    entry: LIBRARY,
    format: ['esm', 'cjs'],
    // The symbol of `await using`, for programs that do not have it in their own `lib`.
    dts: { only: true, banner: '/// <reference lib="esnext.disposable" />' },
    silent: true,
  },
  {
    entry: { page: 'public/page.ts', lab: 'public/lab.ts', ...PAGE_APART },
    outDir: 'dist/public',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    // Each page loads one file at first.
    splitting: false,
    esbuildPlugins: [loadsApart(PAGE_APART)],
    silent: true,
    metafile: true,
    noExternal: [/./],
  },
]);
