// Runs wscat on a terminal, where it shows close codes, and types hello once it is connected.
import { fileURLToPath } from 'node:url';
import pty from '@lydell/node-pty';

const WSCAT = fileURLToPath(new URL('../../node_modules/.bin/wscat', import.meta.url));
const terminal = pty.spawn(WSCAT, process.argv.slice(2), { cols: 200 });
let output = '';
let hasTyped = false;
terminal.onData((text) => {
  output += text;
  process.stdout.write(text);
  if (hasTyped || !output.includes('Connected (press')) return;
  hasTyped = true;
  terminal.write('hello\r');
});
terminal.onExit(({ exitCode }) => process.exit(exitCode));
