// A client with the WebSocket of browsers, as Chromium and Node have it. Says what it sees, as clients.ts describes.
export async function play(WebSocket, base, say) {
  const MIB = 1024 * 1024;

  /** A connection whose messages and end are taken one by one. */
  function connect(path) {
    const socket = new WebSocket(base + path);
    socket.binaryType = 'arraybuffer';
    const events = [];
    let wakeUp = () => {};
    const add = (event) => {
      events.push(event);
      wakeUp();
    };
    socket.onmessage = ({ data }) => add({ data });
    socket.onclose = ({ code }) => add({ code });
    const next = async () => {
      while (events.length === 0) {
        await new Promise((resolve) => {
          wakeUp = resolve;
        });
      }
      return events.shift();
    };
    const opened = new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return { socket, next, opened };
  }

  const message = async ({ next }) => JSON.parse((await next()).data);
  async function afterTimes(client) {
    for (;;) {
      const each = await message(client);
      if (each.type !== 'time') return each;
    }
  }
  async function answerTo(client, n) {
    client.socket.send(JSON.stringify({ type: 'fibonacci', input: n }));
    const { type, input, result } = await afterTimes(client);
    if (type !== 'fibonacci' || input !== n) throw new Error(`not the answer to ${n}: ${type} ${input}`);
    return result;
  }
  async function closeCode({ next }) {
    for (;;) {
      const { code } = await next();
      if (code !== undefined) return code;
    }
  }

  const room = connect('ws');
  await room.opened;
  const welcome = await message(room);
  const times = [(await message(room)).time, (await message(room)).time];
  room.socket.send('nonsense');
  const { code: error } = await afterTimes(room);
  const results = [await answerTo(room, 10), await answerTo(room, 78), await answerTo(room, 100)];
  await say({ did: 'contract', welcome, times, error, results });
  await say({ did: 'large', result: await answerTo(room, 100_000) });
  room.socket.close(1000);
  await say({ did: 'close', code: await closeCode(room) });

  const echo = connect('echo');
  await echo.opened;
  const sentText = 'é'.repeat(MIB / 2);
  echo.socket.send(sentText);
  const text = (await echo.next()).data === sentText;
  const sentBytes = Uint8Array.from({ length: MIB }, (_, i) => i);
  echo.socket.send(sentBytes);
  const bytes = new Uint8Array((await echo.next()).data);
  await say({ did: 'echo', text, binary: bytes.length === MIB && bytes.every((byte, i) => byte === sentBytes[i]) });
  echo.socket.send(new Uint8Array(MIB + 1));
  await say({ did: 'too long', code: await closeCode(echo) });
  await say({ did: 'bad text', code: null }); // it encodes texts itself

  async function online() {
    for (;;) {
      const client = connect('ws');
      try {
        await client.opened;
        await say({ did: 'online', id: (await message(client)).client_id });
        return client;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
  for (let i = 0; i < 2; i++) await say({ did: 'lost', code: await closeCode(await online()) });
  (await online()).socket.close(1000);
}
