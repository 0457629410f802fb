// SlashCommands: what a person types after a `/` at a server of any protocol.
import { printable } from '../../shared/printable.js';
import { en } from '../texts/en.js';
import type { Texts } from '../texts/texts.js';

export type SlashCommand =
  | { do: 'ping'; text: string }
  | { do: 'close'; code: number; reason: string }
  | { do: 'info' | 'help' | 'retry' | 'quit' }
  /** The command is wrong; the sentence says what would be right. */
  | { do: 'complain'; message: string };

/** Bytes in the payload of a control frame (RFC 6455, 5.5); a Close frame has two less for its reason. */
const MAX_CONTROL = 125;
/** The longest part of a wrong name to show, in UTF-16 units. */
const SHOWN_NAME = 40;

/** @param line a line that begins with one `/` */
export function slashCommand(line: string, words: Texts['slash'] = en.slash): SlashCommand {
  const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
  switch (name) {
    case 'ping':
      if (Buffer.byteLength(rest) > MAX_CONTROL) return complain(words.pingTooLong(MAX_CONTROL));
      return { do: 'ping', text: rest };
    case 'close':
      return closing(rest, words);
    case 'info':
    case 'help':
    case 'retry':
    case 'quit':
      return { do: name };
    default:
      return complain(words.unknown(printable(name, SHOWN_NAME)));
  }
}

function closing(rest: string, words: Texts['slash']): SlashCommand {
  const [, digits = '', reason = ''] = /^(\S*)\s*(.*)$/s.exec(rest) ?? [];
  const code = digits === '' ? 1000 : Number(digits);
  if (!isSendable(code)) {
    return complain(words.closeCode);
  }
  if (Buffer.byteLength(reason) > MAX_CONTROL - 2) return complain(words.reasonTooLong(MAX_CONTROL - 2));
  return { do: 'close', code, reason };
}

/** Codes that a Close frame may carry (RFC 6455, 7.4, and IANA's registry). */
function isSendable(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

function complain(message: string): SlashCommand {
  return { do: 'complain', message };
}
