// The plain peer: `ws` as its README shows it, a loop over `clients`. With DB, a row for each client, by better-sqlite3.
import { WebSocket, WebSocketServer } from 'ws';
import { fibonacciText } from './fibonacci.js';
import { everySecond } from './second.js';

const table = process.env.DB ? (await import('./table.js')).openTable(process.env.DB) : undefined;
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
let count = 0;

server.on('connection', (client) => {
  const id = `user_${++count}`;
  table?.add(id);
  client.send(JSON.stringify({ type: 'welcome', message: `Você é o usuário ${id}`, client_id: id }));
  client.on('message', (data) => {
    const { input } = JSON.parse(data.toString());
    client.send(JSON.stringify({ type: 'fibonacci', input, result: fibonacciText(input) }));
  });
  client.on('close', () => table?.remove(id));
});

everySecond((time) => {
  const message = JSON.stringify({ type: 'time', time });
  for (const client of server.clients) {
    if (client.readyState === WebSocket.OPEN) client.send(message);
  }
});

server.on('listening', () => console.log(`listening ${server.address().port}`));
