// BackplaneSettings: what the backplane must know of the options of `serve`. All servers of a room should have the same.
import type { BackplaneSettings } from './backplane.js';

/** The longest that users of a stopped server stay in the room without it. */
const HOLD_MS = 10_000;

interface Options {
  resumeGraceSeconds: number;
  roomChatRate: number;
  roomChatBurst: number;
}

export function backplaneSettings({ resumeGraceSeconds, roomChatRate, roomChatBurst }: Options): BackplaneSettings {
  const graceMs = resumeGraceSeconds * 1000;
  return { graceMs, holdMs: Math.min(graceMs, HOLD_MS), chatRate: roomChatRate, chatBurst: roomChatBurst };
}
