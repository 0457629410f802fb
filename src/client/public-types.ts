// The types of the library's client.
export type { Status } from '../shared/connection/connection-event.js';
export type { Language, Topic } from '../shared/protocol/messages.js';
export type { CloseInfo } from '../shared/transport.js';
export type { Absence, Client, ClientEvents, SyncResult } from './client.js';
export type * from './messages.js';
export type { ConnectOptions } from './options.js';
