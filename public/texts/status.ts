// Status: the connection's state in words. Screen readers announce the headline when it changes, but not the running detail.
import { printable } from '../../src/shared/printable.js';
import { roomText } from '../../src/shared/texts/room-text.js';
import type { ConnectionLoss } from '../state/connection-loss.js';
import type { PageState } from '../state/state.js';
import type { Texts } from './texts.js';

/** The page's name for a state: waits and the tries between them are one phase. */
export type Phase = keyof Texts['state'];

export function phaseOf({ status }: Pick<PageState, 'status'>): Phase {
  switch (status.state) {
    case 'waiting':
      return 'reconnecting';
    case 'connecting':
      return status.attempt > 0 ? 'reconnecting' : 'connecting';
    case 'stopped':
      if (status.closeInfo?.httpStatus === 401) return 'locked';
      return status.closeInfo ? 'ended' : 'stopped';
    default:
      return status.state;
  }
}

/** Whether the detail changes with time alone. */
export function isRunning({ status }: PageState): boolean {
  return status.state === 'waiting' || status.state === 'stale';
}

/**
 * @param now wall time in milliseconds
 * @param deviceOnline what the browser says about its network
 */
export function detailOf(state: PageState, now: number, deviceOnline: boolean, texts: Texts): string {
  const { status, loss, id } = state;
  const parts: string[] = [];
  if (status.state === 'online' && id !== undefined) parts.push(texts.youAre(id));
  if (status.state === 'online') parts.push(roomText(state.room, texts));
  if (status.state === 'stale') parts.push(texts.silentFor(texts.tenths(now - status.lastSignAt)));
  if (loss) parts.push(causeText(loss, texts));
  if (!deviceOnline && status.state !== 'online') parts.push(texts.deviceOffline);
  if (status.state === 'waiting') parts.push(texts.retryIn(Math.max(0, Math.ceil((status.retryAt - now) / 1000))));
  if (status.state === 'connecting' && status.attempt > 0) parts.push(texts.trying(status.attempt));
  return parts.filter(Boolean).join(' · ');
}

export function causeText({ cause, code, reason }: ConnectionLoss, texts: Texts): string {
  const said = reason && (cause === 'closed' || cause === 'refused') ? ` ${reason}` : '';
  return `${texts.cause[cause]} (${code}${said})`;
}

/** What a lost connection cost, or how to mend a refusal. */
export function noticeText({ loss, notice, complaint }: PageState, texts: Texts): string {
  const sentences: string[] = [];
  if (loss?.cause === 'origin') {
    sentences.push(texts.mendOrigin(/--allow-origin (\S+)/.exec(loss.reason)?.[1] ?? '*'));
  }
  if (notice) {
    const { awayMs, missed, skipped, restarted, movedTo, interrupted, chatMissed } = notice;
    const facts = skipped > 0 ? [texts.stoodStill(skipped)] : [];
    if (missed > 0 || skipped === 0) facts.push(texts.missed(missed));
    if (restarted) facts.push(texts.restarted);
    if (movedTo !== undefined) facts.push(texts.movedTo(printable(movedTo, 40)));
    if (chatMissed) facts.push(texts.chatMissed);
    if (interrupted > 0) facts.push(texts.interrupted(interrupted));
    const head = awayMs > 0 ? `${texts.back(Math.max(1, Math.round(awayMs / 1000)))}: ` : '';
    sentences.push(`${texts.hours(notice.at)} · ${head}${facts.join(', ')}.`);
  }
  if (complaint !== undefined) sentences.push(texts.serverSays(complaint));
  return sentences.join(' ');
}
