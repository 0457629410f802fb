// wscat: wscat.mjs BASE, such as ws://127.0.0.1:8000/. Types into it, and prints what it shows, as clients.ts describes.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spawn as spawnInTerminal } from '@lydell/node-pty';

const PROGRAM = fileURLToPath(import.meta.resolve('wscat/bin/wscat'));
const { version } = JSON.parse(readFileSync(new URL('../package.json', `file://${PROGRAM}`), 'utf8'));
const MIB = 1024 * 1024;
const [, , base] = process.argv;
const say = (seen) => process.stdout.write(`${JSON.stringify(seen)}\n`);

/** wscat in a pipe: a line in is a message out, and the other way round. */
function inPipe(path) {
  const { stdin, stdout } = spawn(process.execPath, [PROGRAM, '-c', base + path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = [];
  let rest = '';
  let wakeUp = () => {};
  stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    // After each line typed it writes its prompt, even in a pipe.
    waiting.push(...lines.map((line) => line.replace(/^(> )+/, '')));
    wakeUp();
  });
  return {
    type: (line) => stdin.write(`${line}\n`),
    async next() {
      while (waiting.length === 0) {
        await new Promise((resolve) => {
          wakeUp = resolve;
        });
      }
      return waiting.shift();
    },
    leave: () => stdin.end(),
  };
}

/** wscat in a terminal, where it shows close codes. */
function inTerminal(path) {
  const terminal = spawnInTerminal(process.execPath, [PROGRAM, '--slash', '-c', base + path], { cols: 200 });
  let screen = '';
  let wakeUp = () => {};
  terminal.onData((text) => {
    screen += text;
    wakeUp();
  });
  const ended = new Promise((resolve) => terminal.onExit(() => resolve()));
  return {
    type: (line) => terminal.write(`${line}\r`),
    /** What a pattern finds on the screen; undefined if wscat ends without it. */
    async shows(pattern) {
      let isOver = false;
      void ended.then(() => {
        isOver = true;
        wakeUp();
      });
      for (;;) {
        const found = pattern.exec(screen);
        if (found || isOver) return found?.[1];
        await new Promise((resolve) => {
          wakeUp = resolve;
        });
      }
    },
  };
}

const WELCOME = /"client_id":"(\w+)"/;
const CLOSED = /Disconnected \(code: (\d+),/;

async function afterTimes(client) {
  for (;;) {
    const message = JSON.parse(await client.next());
    if (message.type !== 'time') return message;
  }
}
async function answerTo(client, n) {
  client.type(JSON.stringify({ type: 'fibonacci', input: n }));
  return (await afterTimes(client)).result;
}

async function online() {
  for (;;) {
    const client = inTerminal('ws');
    const id = await client.shows(WELCOME);
    if (id !== undefined) {
      say({ did: 'online', id });
      return client;
    }
  }
}

say({ did: 'start', client: `wscat ${version}` });
const room = inPipe('ws');
const welcome = JSON.parse(await room.next());
const times = [JSON.parse(await room.next()).time, JSON.parse(await room.next()).time];
room.type('nonsense');
const { code: error } = await afterTimes(room);
const results = [await answerTo(room, 10), await answerTo(room, 78), await answerTo(room, 100)];
say({ did: 'contract', welcome, times, error, results });
say({ did: 'large', result: await answerTo(room, 100_000) });
room.leave();

const closing = inTerminal('ws');
await closing.shows(WELCOME);
closing.type('/close 1000');
say({ did: 'close', code: Number(await closing.shows(CLOSED)) });

const echo = inPipe('echo');
// In a pipe it says nothing once it is open, and loses what is typed before.
const probe = setInterval(() => echo.type('open?'), 200);
while ((await echo.next()) !== 'open?');
clearInterval(probe);
const text = 'é'.repeat(MIB / 2);
echo.type(text);
let back = await echo.next();
while (back === 'open?') back = await echo.next();
say({ did: 'echo', text: back === text, binary: null }); // it sends texts alone
echo.leave();
say({ did: 'too long', code: null }); // in a pipe it shows no codes, and nobody types a MiB
say({ did: 'bad text', code: null });

for (let i = 0; i < 2; i++) say({ did: 'lost', code: Number(await (await online()).shows(CLOSED)) });
const last = await online();
last.type('/close');
await last.shows(CLOSED);
