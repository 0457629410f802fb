// The sentences about reaching a server and the handshake, in English.

export const handshake = {};
