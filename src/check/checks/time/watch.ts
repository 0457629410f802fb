// Watch: opens the connections that the time checks share, lets each behave in its own way, and observes how they end.
import type { Context, ServerFacts } from '../../context.js';
import type { Observation, Role, Watch } from '../../judge-time.js';
import { labTarget } from '../../lab-target.js';
import type { RawWebSocket } from '../../net/raw-websocket.js';
import { closeOf, OPCODE } from '../../net/server-frames.js';
import type { Patience } from '../../patience.js';

/** Connections of one watch. */
export const WATCHED = 6;

/** One watch for each run, though several checks ask for it. */
const watches = new WeakMap<ServerFacts, { done: Promise<Watch>; watchers: Set<Context> }>();

export function watchConnections(context: Context, patience: Patience): Promise<Watch> {
  const running = watches.get(context.facts);
  if (running) {
    running.watchers.add(context);
    return running.done;
  }
  const watchers = new Set([context]);
  const done = watch(context, patience, watchers);
  watches.set(context.facts, { done, watchers });
  return done;
}

interface Watched {
  role: Role;
  socket: RawWebSocket;
  lastTextAt?: number;
}

async function watch(context: Context, patience: Patience, watchers: ReadonlySet<Context>): Promise<Watch> {
  const { pingMs, idleMaxMs } = context.settings;
  const lateMs = Math.min(patience.lateMs, idleMaxMs / 4);
  const beatMs = Math.min(patience.beatMs, pingMs, idleMaxMs / 10);
  const totalMs = lateMs + idleMaxMs + lateMs / 5;
  const start = performance.now();
  const watched: Watched[] = [];
  const open = async (role: Role) => watched.push({ role, socket: await openAs(role, context, beatMs) });
  const first: Role[] = ['silent', 'pongs', 'pings', 'texts'];
  if (context.facts.hasLab) first.push('server');
  await Promise.all(first.map(open));
  let failure: unknown;
  const late = setTimeout(() => void open('late').catch((error: unknown) => (failure = error)), lateMs);
  const beat = setInterval(() => watched.forEach(showLife), beatMs);
  try {
    for (;;) {
      await pause(Math.min(beatMs, LOOK_MS), context.signal);
      if (failure) throw failure;
      const passedMs = performance.now() - start;
      for (const each of watchers) each.progress(Math.min(passedMs, totalMs), totalMs);
      if (context.signal.aborted || haveAllEnded(watched)) break;
      if (passedMs >= totalMs + (isUndecided(watched) ? lateMs : 0)) break;
    }
  } finally {
    clearTimeout(late);
    clearInterval(beat);
  }
  const now = performance.now();
  return { observations: watched.map((one) => observe(one, now)), now, lateMs, beatMs };
}

function haveAllEnded(watched: readonly Watched[]): boolean {
  return watched.some(({ role }) => role === 'late') && watched.every(({ socket }) => endOf(socket));
}

/** Whether the late one may still end as the silent one did. */
function isUndecided(watched: readonly Watched[]): boolean {
  const isOpen = (wanted: Role) => watched.some(({ role, socket }) => role === wanted && !endOf(socket));
  return !isOpen('silent') && isOpen('late');
}

/** How often the watch looks whether all have ended, in milliseconds. */
const LOOK_MS = 500;

async function openAs(role: Role, context: Context, beatMs: number): Promise<RawWebSocket> {
  const { facts, target } = context;
  // A wsdemo pings every connection, which would start a proxy's timer again; its lab can be told not to.
  const isQuiet = role === 'silent' || role === 'late';
  if (facts.hasLab && isQuiet) return context.connect({}, labTarget(context, 'mute'));
  if (role !== 'server') return context.connect({}, facts.echo ?? target);
  const socket = await context.connect({}, labTarget(context, `ping:${Math.round(beatMs)}ms`));
  socket.ignorePings();
  return socket;
}

function showLife(one: Watched): void {
  const { role, socket } = one;
  if (role === 'pings') socket.sendFrame(OPCODE.ping);
  if (role === 'pongs') socket.sendFrame(OPCODE.pong);
  if (role !== 'texts' || socket.end) return;
  socket.send('wsdemo check');
  one.lastTextAt = performance.now();
}

function endOf({ frames, end }: RawWebSocket): Observation['end'] {
  const close = frames.find(({ opcode }) => opcode === OPCODE.close);
  if (close) return { at: close.at, code: closeOf(close).code };
  return end && end.how !== 'us' ? { at: end.at } : undefined;
}

function observe({ role, socket, lastTextAt }: Watched, now: number): Observation {
  const end = endOf(socket);
  const heardAt = socket.frames.filter(({ opcode }) => opcode !== OPCODE.close).map(({ at }) => at);
  const moments = [socket.openedAt, ...heardAt, end?.at ?? now];
  const gaps = moments.slice(1).map((at, i) => at - (moments[i] as number));
  return {
    role,
    openedAt: socket.openedAt,
    quietMs: gaps.at(-1) ?? 0,
    longestQuietMs: Math.max(...gaps),
    ...(end ? { end } : {}),
    ...(lastTextAt === undefined ? {} : { lastTextAt }),
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
