// SlashCommands: what a person types after a `/` in a plain terminal.

export type SlashCommand =
  | { do: 'ping'; text: string }
  | { do: 'close'; code: number; reason: string }
  | { do: 'info' | 'help' | 'retry' | 'quit' }
  /** The command is wrong; the sentence says what would be right. */
  | { do: 'complain'; message: string };

/** Bytes in the payload of a control frame (RFC 6455, 5.5); a Close frame has two less for its reason. */
const MAX_CONTROL = 125;

export const SLASH_HELP =
  '/ping [text], /close [code [reason]], /info (the handshake), /retry, /quit; a line that begins with // is sent with one /';

/** @param line a line that begins with one `/` */
export function slashCommand(line: string): SlashCommand {
  const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
  switch (name) {
    case 'ping':
      if (Buffer.byteLength(rest) > MAX_CONTROL) return complain(`a ping carries at most ${MAX_CONTROL} bytes`);
      return { do: 'ping', text: rest };
    case 'close':
      return closing(rest);
    case 'info':
    case 'help':
    case 'retry':
    case 'quit':
      return { do: name };
    default:
      return complain(`there is no /${name}: ${SLASH_HELP}`);
  }
}

function closing(rest: string): SlashCommand {
  const [, digits = '', reason = ''] = /^(\S*)\s*(.*)$/s.exec(rest) ?? [];
  const code = digits === '' ? 1000 : Number(digits);
  if (!isSendable(code)) {
    return complain('a close code is 1000 to 1003, 1007 to 1014, or 3000 to 4999: /close 4000 bye');
  }
  if (Buffer.byteLength(reason) > MAX_CONTROL - 2) return complain(`a reason has at most ${MAX_CONTROL - 2} bytes`);
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
