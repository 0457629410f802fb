// Patience: how long the checks wait, in one place, so that tests can be quick.

export interface Patience {
  /** For an answer that a healthy path gives at once, in milliseconds. */
  answerMs: number;
  /** For the echo of a message where it is not known whether there is one, in milliseconds. */
  detectMs: number;
  /** For a small message before the filler follows it, in milliseconds. */
  bufferMs: number;
  /** Between two fragments of a message, in milliseconds. */
  fragmentMs: number;
  /** A pong this much earlier than an echo looks like a proxy's own, in milliseconds. */
  pongAheadMs: number;
  /** Between the server's pings that the lab is asked for, in milliseconds. */
  pushMs: number;
  /** The longest time between two signs of life of the connections that show some, in milliseconds. */
  beatMs: number;
  /** How much later the late connection opens, in milliseconds. */
  lateMs: number;
}

export const PATIENCE: Patience = {
  answerMs: 10_000,
  detectMs: 2000,
  bufferMs: 2000,
  fragmentMs: 200,
  pongAheadMs: 25,
  pushMs: 500,
  beatMs: 2000,
  lateMs: 10_000,
};
