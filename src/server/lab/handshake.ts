// Handshake: the response to an upgrade, as the faults of the handshake change it.
import type { Agreement } from './deflate.js';
import type { Fault, Step } from './fault.js';

/** Bytes that are no HTTP response: what a mail server says first. */
export const JUNK = '220 mail.example ESMTP\r\n';

/** The fault of that name, if the step has it. */
export function faultNamed(step: Step, name: Fault['name']): Fault | undefined {
  return step.find((fault) => fault.name === name);
}

/**
 * Changes the header lines of a 101.
 *
 * @param agreement the compression that was agreed on
 */
export function changeHead(head: Buffer, step: Step, agreement: Agreement | undefined): Buffer {
  const text = head.toString('latin1');
  // Anything else is the server's own refusal, which stays as it is.
  if (!text.startsWith('HTTP/1.1 101')) return head;
  let lines = text.trimEnd().split('\r\n');
  const set = (name: string, value: string | undefined) => {
    lines = lines.filter((line) => !line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    if (value !== undefined) lines.push(`${name}: ${value}`);
  };
  const accept = faultNamed(step, 'accept');
  if (accept) set('Sec-WebSocket-Accept', accept.args.HOW === 'bad' ? wrongAccept(text) : undefined);
  const proto = faultNamed(step, 'proto');
  if (proto) set('Sec-WebSocket-Protocol', proto.args.NAME === 'none' ? undefined : String(proto.args.NAME));
  if (faultNamed(step, 'ext')) set('Sec-WebSocket-Extensions', 'permessage-deflate; wsdemo_unknown=1');
  else if (agreement) set('Sec-WebSocket-Extensions', agreement.header);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** Another value for each key, as something in between would make that does not know how: the right one, backwards. */
function wrongAccept(head: string): string {
  const right = /^Sec-WebSocket-Accept: (.{27})=/im.exec(head)?.[1] ?? '';
  return `${[...right].reverse().join('')}=`;
}
