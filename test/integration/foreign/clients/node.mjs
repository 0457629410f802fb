// Node's own WebSocket: node.mjs BASE, such as ws://127.0.0.1:8000/. Prints what it sees, as clients.ts describes.
import { play } from './web-socket.mjs';

const say = (seen) => process.stdout.write(`${JSON.stringify(seen)}\n`);
say({ did: 'start', client: `WebSocket of Node ${process.versions.node}` });
await play(WebSocket, process.argv[2], say);
process.exit();
