// Requests: our requests and the chat, from sending to the answer or the loss of the connection.
import type { RequestWithId } from '../../src/shared/connection/pending-requests.js';
import { printable } from '../../src/shared/printable.js';
import type { ErrorCode, RequestId, ServerMessage } from '../../src/shared/protocol/messages.js';

/**
 * - `queued`: waits for a connection
 * - `sent`: in flight
 * - `done`: answered
 * - `refused`: answered with an error
 * - `lost`: the connection was lost before the answer
 */
export type RequestStatus = 'queued' | 'sent' | 'done' | 'refused' | 'lost';

export interface Answer {
  key: RequestId;
  status: RequestStatus;
  /** The number asked for, or the typed text if it is not a number. */
  input: number | string;
  /** The decimal digits of the answer. */
  digits?: string;
  /** The server's error message, and its code. */
  error?: string;
  code?: string;
  tookMs?: number;
}

export interface ChatLine {
  key: string;
  status: RequestStatus;
  /** Undefined for our own lines that the server has not confirmed. */
  from: string | undefined;
  text: string;
  /** Wall ms. */
  at: number;
  error?: string;
  code?: string;
  /** What we sent, if the line is our own. */
  request?: RequestWithId;
}

export const MAX_ANSWERS = 50;
export const MAX_LINES = 200;

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;
/** The part of the page's state that these functions change. */
interface Part {
  /** Newest first. */
  answers: readonly Answer[];
  /** Oldest first. */
  lines: readonly ChatLine[];
  frameCount: number;
}

/** One of our requests waits or was sent. */
export function withOwn<S extends Part>(state: S, request: RequestWithId, status: 'queued' | 'sent', at: number): S {
  if (request.type === 'fibonacci') {
    const rest = state.answers.filter((answer) => answer.key !== request.id);
    if (rest.length < state.answers.length) return changed(state, request.id, { status });
    const answer: Answer = { key: request.id, status, input: request.input };
    return { ...state, answers: [answer, ...rest].slice(0, MAX_ANSWERS) };
  }
  if (request.type === 'chat') {
    const key = ownKey(request.id);
    if (state.lines.some((line) => line.key === key)) return changed(state, request.id, { status });
    return {
      ...state,
      lines: appended(state.lines, { key, status, from: undefined, text: written(request.text), at, request }),
    };
  }
  return state;
}

/** A chat message arrived; our own line moves to the server's position. */
export function withSaid<S extends Part>(state: S, { id, from, text, at }: Message<'chat'>): S {
  // Each message has its own frame.
  const key = id === undefined ? `received ${state.frameCount}` : ownKey(id);
  const others = state.lines.filter((line) => line.key !== key);
  return {
    ...state,
    lines: appended(others, {
      key,
      status: 'done',
      from: printable(from),
      text: written(text),
      at: Date.parse(at) || 0,
    }),
  };
}

export function withAnswered<S extends Part>(
  state: S,
  request: RequestWithId,
  message: ServerMessage,
  tookMs: number,
): S {
  if (message.type === 'error')
    return changed(state, request.id, {
      status: 'refused',
      error: printable(message.message, 300),
      code: message.code,
    });
  if (message.type !== 'fibonacci') return state;
  return changed(state, request.id, {
    status: 'done',
    digits: printable(String(message.result), Number.POSITIVE_INFINITY),
    tookMs,
  });
}

/** The connection was lost before the answer. */
export function withInterrupted<S extends Part>(state: S, request: RequestWithId): S {
  return changed(state, request.id, { status: 'lost' });
}

/** Errors in what was asked: the same request gets the same answer again, and has no other effect. */
const LASTING: readonly string[] = [
  'input_not_a_number',
  'input_not_finite',
  'input_not_whole',
  'input_negative',
  'input_too_large',
  'text_empty',
  'text_too_long',
] satisfies ErrorCode[];

/** The requests to repeat so that the server gives its reasons in another language. */
export function refusedForGood({ answers, lines }: Part): RequestWithId[] {
  const isLasting = ({ code }: { code?: string }) => code !== undefined && LASTING.includes(code);
  return [
    ...answers.filter(isLasting).map(({ key, input }) => ({ type: 'fibonacci', input, id: key }) as RequestWithId),
    ...lines.filter(isLasting).flatMap(({ request }) => request ?? []),
  ];
}

function changed<S extends Part>(
  state: S,
  id: RequestId,
  change: Partial<Answer> & Partial<Pick<ChatLine, 'status'>>,
): S {
  const { status, error, code } = change;
  return {
    ...state,
    answers: state.answers.map((answer) => (answer.key === id ? { ...answer, ...change } : answer)),
    lines: state.lines.map((line) =>
      line.key === ownKey(id)
        ? { ...line, ...(status && { status }), ...(error && { error, ...(code && { code }) }) }
        : line,
    ),
  };
}

function appended(lines: readonly ChatLine[], line: ChatLine): readonly ChatLine[] {
  return [...lines, line].slice(-MAX_LINES);
}

/** Chat text with its line breaks. */
function written(text: string): string {
  const rows = text.replaceAll('\t', ' ').split(/\r\n|[\r\n]/);
  return rows.map((row) => printable(row, Number.POSITIVE_INFINITY)).join('\n');
}

function ownKey(id: RequestId): string {
  return `own ${id}`;
}
