// State: what the page shows, and how each event of the connection changes it. Pure.
import type { ConnectionEvent, Status } from '../../src/shared/connection/connection-event.js';
import { printable } from '../../src/shared/printable.js';
import type { Room } from '../../src/shared/protocol/messages.js';
import { type ConnectionLoss, lossOf } from './connection-loss.js';
import { type People, withPresence } from './people.js';
import { type Answer, type ChatLine, withAnswered, withInterrupted, withOwn, withSaid } from './requests.js';
import { type Sample, withSample } from './round-trips.js';

export interface Frame {
  key: number;
  /** Wall time in milliseconds. */
  at: number;
  /** `open` is the handshake, which comes before the frames and has no data here. */
  direction: 'in' | 'out' | 'open';
  data: string | Uint8Array;
}

/** What a lost connection cost, or a gap without a loss. */
export interface Notice {
  at: number;
  awayMs: number;
  missed: number;
  /** Ticks that the server sent to nobody because it stood still. */
  skipped: number;
  restarted: boolean;
  /** The server that we are on now, if it is another one. */
  movedTo?: string | undefined;
  interrupted: number;
  /** Whether chat was missed: who resumes the session gets it. */
  chatMissed?: boolean;
}

export interface PageState {
  status: Status;
  /** Why there is no connection, while there is none. */
  loss: ConnectionLoss | undefined;
  notice: Notice | undefined;
  /** The latest error that answers none of our requests. */
  complaint: string | undefined;
  id: string | undefined;
  /** Whether the latest connection resumed the session of the one before. */
  isResumed: boolean;
  time: string | undefined;
  people: People;
  /** The servers that share the room. */
  room: Room | undefined;
  /** Newest first. */
  answers: readonly Answer[];
  /** Oldest first. */
  lines: readonly ChatLine[];
  /** Newest first. */
  frames: readonly Frame[];
  frameCount: number;
  rttMs: number | undefined;
  /** Oldest first. */
  samples: readonly Sample[];
}

export const START: PageState = {
  status: { state: 'stopped' },
  loss: undefined,
  notice: undefined,
  complaint: undefined,
  id: undefined,
  isResumed: false,
  time: undefined,
  people: { count: 0, ids: [] },
  room: undefined,
  answers: [],
  lines: [],
  frames: [],
  frameCount: 0,
  rttMs: undefined,
  samples: [],
};

/** Frames to keep, so that a page left open stays light. */
export const MAX_FRAMES = 200;

export function reduce(state: PageState, event: ConnectionEvent): PageState {
  switch (event.kind) {
    case 'status':
      return withStatus(state, event.status, event.at);
    case 'frame':
      return withFrame(state, event);
    case 'message':
      return withMessage(state, event);
    case 'queued':
      return withOwn(state, event.request, 'queued', event.at);
    case 'sent':
      return withOwn(state, event.request, 'sent', event.at);
    case 'answered':
      return withAnswered(state, event.request, event.message, event.tookMs);
    case 'interrupted':
      return withInterrupted(state, event.request);
    case 'back': {
      const { kind, ...notice } = event;
      return { ...state, notice: { ...notice, chatMissed: !state.isResumed } };
    }
    case 'gap': {
      // Without a loss: the server may have been too busy for its clock.
      const { kind, ...notice } = event;
      return { ...state, notice: { ...notice, awayMs: 0, interrupted: 0 } };
    }
    case 'round-trip':
      return { ...state, rttMs: event.rttMs, samples: withSample(state.samples, event) };
    default:
      // Frames outside the protocol are shown among the frames.
      return state;
  }
}

function withFrame(state: PageState, { at, direction, data }: Omit<Frame, 'key'>): PageState {
  const frame = { key: state.frameCount, at, direction, data };
  return {
    ...state,
    frames: [frame, ...state.frames.slice(0, MAX_FRAMES - 1)],
    frameCount: state.frameCount + 1,
  };
}

function withStatus(state: PageState, status: Status, at: number): PageState {
  const next = { ...state, status };
  if (status.state === 'online' || status.state === 'stale') {
    const open = { ...next, loss: undefined };
    return state.status.state === 'connecting' ? withFrame(open, { at, direction: 'open', data: '' }) : open;
  }
  if (status.state === 'connecting')
    return {
      ...next,
      rttMs: undefined,
      room: undefined,
      samples: withSample(state.samples, { at, rttMs: undefined }),
      complaint: undefined,
    };
  return {
    ...next,
    loss: status.closeInfo ? lossOf(state, status.closeInfo) : undefined,
    notice: undefined,
  };
}

function withMessage(state: PageState, event: Extract<ConnectionEvent, { kind: 'message' }>): PageState {
  const { message } = event;
  switch (message.type) {
    case 'welcome':
      return { ...state, id: printable(message.client_id), isResumed: state.id === printable(message.client_id) };
    case 'tick':
      return { ...state, time: printable(message.time, 12) };
    case 'presence':
      return { ...state, people: withPresence(state.people, message) };
    case 'room':
      return { ...state, room: message };
    case 'chat':
      return withSaid(state, message);
    case 'error':
      // An older server, during an upgrade, does not know all of our topics.
      return message.id === undefined && message.code !== 'unknown_topic'
        ? { ...state, complaint: printable(message.message, 300) }
        : state;
    default:
      return state;
  }
}

/** The user has dismissed the notice. */
export function dismissed(state: PageState): PageState {
  return { ...state, notice: undefined, complaint: undefined };
}
