// The peer on Bun: its own WebSocket server and its native publish.
import { fibonacciText } from './fibonacci.js';
import { everySecond } from './second.js';

let count = 0;

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response('upgrade, please', { status: 426 })),
  websocket: {
    open(client) {
      const id = `user_${++count}`;
      client.subscribe('time');
      client.send(JSON.stringify({ type: 'welcome', message: `Você é o usuário ${id}`, client_id: id }));
    },
    message(client, data) {
      const { input } = JSON.parse(data);
      client.send(JSON.stringify({ type: 'fibonacci', input, result: fibonacciText(input) }));
    },
  },
});

everySecond((time) => server.publish('time', JSON.stringify({ type: 'time', time })));

console.log(`listening ${server.port}`);
