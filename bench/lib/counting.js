// Counting: builds wsdemo with counters and without, for `peers/counting.ts`.
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'tsup';
import { BENCH, ROOT } from './places.js';

/** Inside `dist`, for a server finds its threads and native parts from there. */
const FOLDER = join(ROOT, 'dist', 'bench');
/** The two readings of the clock for which no counter can be left out. */
const TIMED = /clock\.elapsed\(\)(?= - askedAt|;\n)/g;

/** The path of a built server. @param {boolean} counts */
export const countingServer = (counts) => join(FOLDER, counts ? 'counting.js' : 'not-counting.js');

export async function buildCounting() {
  process.once('exit', () => rmSync(FOLDER, { recursive: true, force: true })); // it is no part of the package
  for (const counts of [true, false]) {
    await build({
      entry: { [counts ? 'counting' : 'not-counting']: join(BENCH, 'peers', 'counting.ts') },
      config: false,
      outDir: FOLDER,
      format: 'esm',
      target: 'node20',
      silent: true,
      noExternal: [/^(?!better-sqlite3$)/],
      define: { COUNTS: String(counts), 'process.env.NODE_ENV': '"production"' },
      banner: {
        js: "import { createRequire as wsdemoRequire } from 'node:module'; const require = wsdemoRequire(import.meta.url);",
      },
      esbuildPlugins: counts ? [] : [withoutTiming],
    });
  }
}

const withoutTiming = {
  name: 'without-timing',
  setup(/** @type {import('esbuild').PluginBuild} */ building) {
    building.onLoad({ filter: /room\/session\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (text.match(TIMED)?.length !== 2) throw new Error('bench: session.ts times its answers in some other way');
      return { contents: text.replace(TIMED, '0'), loader: /** @type {const} */ ('ts') };
    });
  },
};
