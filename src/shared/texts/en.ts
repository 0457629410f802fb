// English: the words that the page and the terminal share.
const many = (n: number, one: string, more: string) => `${n.toLocaleString('en')} ${n === 1 ? one : more}`;

export const en = {
  you: 'you',
  youAre: (id: string) => `You are ${id}`,
  digits: (n: number) => many(n, 'digit', 'digits'),
  bytes: (n: number) => many(n, 'byte', 'bytes'),
  ticksMissed: (n: number) => `${many(n, 'tick', 'ticks')} missed`,
  restarted: 'the server was restarted',
  movedTo: (server: string) => `moved to ${server}`,
  servers: (n: number, server: string) => `${n} servers, you are on ${server}`,
  outOfReach: 'alone: the other servers are out of reach',
  state: {
    connecting: 'Connecting',
    online: 'Online',
    stale: 'Silent',
    reconnecting: 'Reconnecting',
    stopped: 'Disconnected',
    ended: 'Stopped',
  },
};

export type SharedTable = typeof en;
