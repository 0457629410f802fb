// Pictures: the README's picture of the terminal, taken of the real one. `npm run pictures` makes it, and has the page's suite
// make those of the page.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { chromium } from 'playwright-core';

const [COLUMNS, ROWS] = [80, 24];
const server = spawn(process.execPath, [
  'dist/wsdemo.cjs',
  'serve',
  '--port',
  '8000',
  '--db',
  ':memory:',
  '--log-format',
  'json',
]);
await new Promise((resolve) => server.stdout.once('data', resolve));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
mkdirSync('docs', { recursive: true });

const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
const { CI: _, ...env } = process.env; // even empty it takes the colours away
const client = pty.spawn(process.execPath, ['dist/wsdemo.cjs', 'connect'], {
  cols: COLUMNS,
  rows: ROWS,
  name: 'xterm-256color',
  env: { ...env, COLORTERM: 'truecolor', XDG_STATE_HOME: '/tmp' },
});
client.onData((data) => terminal.write(data));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

await pause(1500);
for (const input of ['90', '100000']) {
  client.write(`${input}\r`);
  await pause(600);
}
await pause(15_000); // for a line with something in it

/** The emulator's cells as HTML: runs of one look each. */
function toHtml() {
  const color = (cell, fore) => {
    const [rgb, palette] = fore ? [cell.isFgRGB(), cell.isFgPalette()] : [cell.isBgRGB(), cell.isBgPalette()];
    const value = fore ? cell.getFgColor() : cell.getBgColor();
    if (rgb) return `#${value.toString(16).padStart(6, '0')}`;
    const named = ['#20242a', '#ff7b72', '#5fd38d', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#d0d7de', '#8b949e'];
    return palette ? (named[value] ?? named[value - 8] ?? '#d0d7de') : undefined;
  };
  let html = '';
  for (let y = 0; y < ROWS; y++) {
    const line = terminal.buffer.active.getLine(y);
    for (let x = 0; x < COLUMNS; x++) {
      const cell = line?.getCell(x);
      const style = [
        cell?.isBold() ? 'font-weight:bold' : '',
        cell?.isDim() ? 'opacity:.6' : '',
        cell && color(cell, true) ? `color:${color(cell, true)}` : '',
        cell?.isInverse() ? 'background:#d0d7de;color:#0d1117' : '',
      ];
      const text = (cell?.getChars() || ' ').replace(/[<&]/g, (c) => (c === '<' ? '&lt;' : '&amp;'));
      html += `<span style="${style.filter(Boolean).join(';')}">${text}</span>`;
    }
    html += '\n';
  }
  return html;
}
const sheet = await browser.newPage({ viewport: { width: 800, height: 500 }, deviceScaleFactor: 2 });
await sheet.setContent(
  `<body style="margin:0;background:#0d1117"><pre style="margin:0;padding:16px;display:inline-block;color:#d0d7de;font:14px/16.3px 'DejaVu Sans Mono',monospace">${toHtml()}</pre>`,
);
await sheet.locator('pre').screenshot({ path: 'docs/terminal.png' });
client.kill();
await browser.close();
server.kill();
