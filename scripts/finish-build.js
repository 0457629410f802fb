// Finishes a build: puts the page's files beside its script, compresses them, and collects the licences of bundled packages.
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { formatNotices } from './notices.js';

const pageDir = 'dist/public';
copyFileSync('public/favicon.svg', join(pageDir, 'favicon.svg'));
/** Comments and indentation are for readers of the source. */
const trimmed = (text, comment) => text.replace(comment, '').replace(/\n\s*/g, '\n').trim();
for (const file of ['index.html', 'lab.html']) {
  const html = readFileSync(join('public', file), 'utf8');
  writeFileSync(join(pageDir, file), trimmed(html, /<!-- [\s\S]*?-->/g)); // not <!--time-->, which the server replaces
}
/** One style sheet for the page; later files override earlier ones. */
const STYLES = ['base', 'controls', 'header', 'clock', 'panels', 'wide'];
for (const file of ['lab.css', 'details.css', 'wall.css'])
  copyFileSync(join('public/styles', file), join(pageDir, file));
const css = STYLES.map((name) => readFileSync(`public/styles/${name}.css`, 'utf8'));
writeFileSync(join(pageDir, 'style.css'), trimmed(css.join('\n'), /\/\*[\s\S]*?\*\//g));
for (const file of readdirSync(pageDir)) {
  if (!/\.(html|css|js|svg)$/.test(file)) continue;
  const content = readFileSync(join(pageDir, file));
  writeFileSync(join(pageDir, `${file}.br`), brotliCompressSync(content));
  writeFileSync(join(pageDir, `${file}.gz`), gzipSync(content, { level: 9 }));
}

// For GET /asyncapi.json, without the white space.
writeFileSync('dist/asyncapi.json', JSON.stringify(JSON.parse(readFileSync('asyncapi.json', 'utf8'))));

const packages = new Set();
for (const metafile of ['dist/metafile-cjs.json', 'dist/metafile-esm.json', 'dist/public/metafile-esm.json']) {
  for (const input of Object.keys(JSON.parse(readFileSync(metafile, 'utf8')).inputs)) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[0];
    if (name) packages.add(name);
  }
  rmSync(metafile);
}
const notices = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trim() : license;
  return { name, version, license, text };
});
writeFileSync('dist/THIRD-PARTY-NOTICES.txt', formatNotices(notices));
