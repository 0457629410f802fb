// Detect: what kind of server it is: whether it echoes, is a wsdemo, and offers the lab.
import { randomBytes } from 'node:crypto';
import type { Context } from './context.js';
import type { Target } from './net/dial.js';
import { httpGet } from './net/http-get.js';
import { echoOf } from './net/messages.js';
import { OPCODE } from './net/server-frames.js';
import type { Patience } from './patience.js';

/** Connections that it may open. */
export const DETECTING = 2;
/** What pushes an echo through a buffer on the way: so many messages of so many bytes. */
const FILLER = { pieces: 16, bytes: 1024 };

/** Puts into the context's facts what the server is found to be. */
export async function detect(context: Context, patience: Patience): Promise<void> {
  const { facts, target, signal } = context;
  const { answerMs } = patience;
  const health = await httpGet(target, beside(target, 'health').url, answerMs, signal);
  facts.wsdemo = versionIn(health?.body);
  if (facts.wsdemo !== undefined) {
    const lab = await httpGet(target, beside(target, 'lab').url, answerMs, signal);
    facts.hasLab = lab?.status === 200 && hasKey(lab.body, 'faults');
  }
  const isEcho = /\/echo$/.test(target.url.pathname);
  const candidates = facts.wsdemo !== undefined && !isEcho ? [beside(target, 'echo')] : [target];
  for (const candidate of candidates) {
    if (await echoes(context, candidate, patience)) facts.echo = candidate;
  }
}

/** What lies beside the WebSocket's own path. */
export function beside(target: Target, name: string): Target {
  const url = new URL(target.url);
  url.pathname = url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1) + name;
  url.search = '';
  return { ...target, url };
}

async function echoes(context: Context, target: Target, { answerMs, detectMs }: Patience): Promise<boolean> {
  const opened = await context.open({}, target).catch(() => undefined);
  if (!opened || !('socket' in opened)) return false;
  const { socket } = opened;
  const payload = Buffer.from(`wsdemo check ${randomBytes(8).toString('hex')}`);
  socket.sendFrame(OPCODE.text, payload);
  const { came } = await echoOf(socket, OPCODE.text, payload, detectMs);
  // A wsdemo is known to echo, whatever becomes of the messages on the way.
  if (came === 'same' || context.facts.wsdemo !== undefined) return true;
  if (came !== 'never') return came === 'altered';
  for (let i = 0; i < FILLER.pieces; i++) socket.send('wsdemo check '.padEnd(FILLER.bytes, '.'));
  return (await echoOf(socket, OPCODE.text, payload, Math.min(detectMs, answerMs))).came === 'same';
}

/** The version in a wsdemo's report of its health. Without a token it shows its status alone. */
function versionIn(body: string | undefined): string | undefined {
  const report = parsed(body);
  const { version, checks } = report ?? {};
  const isOurs =
    typeof checks === 'object' && checks !== null && 'database' in checks && 'active_users' in (report ?? {});
  return isOurs && typeof version === 'string' ? version : undefined;
}

function hasKey(body: string, key: string): boolean {
  return parsed(body)?.[key] !== undefined;
}

function parsed(body: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
