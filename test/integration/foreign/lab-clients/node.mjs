// Node's own WebSocket, or the one of ws: node.mjs URL MS [ws]
import { watch } from './web-socket.mjs';

const [url, ms, library] = process.argv.slice(2);
const Implementation = library === 'ws' ? (await import('ws')).WebSocket : globalThis.WebSocket;
process.stdout.write(JSON.stringify(await watch(Implementation, url, Number(ms))));
process.exit();
