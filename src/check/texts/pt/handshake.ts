// The sentences about reaching a server and the handshake, in Portuguese.
import type { handshake as en } from '../en/handshake.js';

export const handshake: typeof en = {};
