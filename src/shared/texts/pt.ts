// Portuguese: the words that the page and the terminal share.
import type { SharedTable } from './en.js';

const many = (n: number, one: string, more: string) => `${n.toLocaleString('pt-BR')} ${n === 1 ? one : more}`;

export const pt: SharedTable = {
  you: 'você',
  youAre: (id) => `Você é ${id}`,
  digits: (n) => many(n, 'dígito', 'dígitos'),
  bytes: (n) => many(n, 'byte', 'bytes'),
  ticksMissed: (n) => many(n, 'tique perdido', 'tiques perdidos'),
  restarted: 'o servidor foi iniciado de novo',
  movedTo: (server) => `mudou para ${server}`,
  servers: (n, server) => `${n} servidores, você está em ${server}`,
  outOfReach: 'sozinho: os outros servidores estão fora de alcance',
  state: {
    connecting: 'Conectando',
    online: 'Online',
    stale: 'Em silêncio',
    reconnecting: 'Reconectando',
    stopped: 'Desconectado',
    ended: 'Parado',
  },
};
