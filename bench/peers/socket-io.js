// The popular peer: socket.io over WebSocket only, with its own broadcast.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { everySecond } from './second.js';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });
let count = 0;

io.on('connection', (client) => {
  const id = `user_${++count}`;
  client.emit('welcome', { type: 'welcome', message: `Você é o usuário ${id}`, client_id: id });
});

everySecond((time) => io.emit('time', { type: 'time', time }));

http.listen(0, '127.0.0.1', () => console.log(`listening ${http.address().port}`));
