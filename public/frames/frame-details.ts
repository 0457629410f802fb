// FrameDetails: a dialog that explains one frame, or the handshake. Loaded when it is first asked for.
import type { Language } from '../../src/shared/protocol/messages.js';
import type { Frame } from '../state/state.js';
import { loadStyle, make } from '../views/elements.js';
import { acceptOf, EXAMPLE, newKey } from './accept-key.js';
import { frameHeader, hex, payloadOf } from './frame-header.js';
import { DETAIL_TEXTS, type DetailTexts } from './texts.js';

/** Bytes of the payload to show. */
const SHOWN_BYTES = 24;
const RFC = 'https://www.rfc-editor.org/rfc/rfc6455#section-';

/** @param socketUrl the address of the connection */
export function explainFrame(frame: Frame, language: Language, socketUrl: string): void {
  const texts = DETAIL_TEXTS[language];
  const close = make('button', 'primary', texts.close);
  const title = make('h2', '', { in: texts.received, out: texts.sent, open: texts.handshake }[frame.direction]);
  const content = frame.direction === 'open' ? handshake(socketUrl, texts) : decoded(frame, texts);
  const dialog = make('dialog', 'details', title, ...content, close);
  title.id = 'details-title';
  dialog.setAttribute('aria-labelledby', title.id);
  dialog.lang = language;
  close.onclick = () => dialog.close();
  // A click beside the dialog meets the dialog itself, not its content.
  dialog.onclick = ({ target, clientX, clientY }) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    if (target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom)) dialog.close();
  };
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  void loadStyle('details.css');
  dialog.showModal();
}

function decoded({ direction, data }: Frame, texts: DetailTexts): HTMLElement[] {
  const isMasked = direction === 'out';
  const { opcode, length, lengthBits, bytes } = frameHeader(data, isMasked);
  const payload = payloadOf(data);
  const start = hex(payload.subarray(0, SHOWN_BYTES)) + (length > SHOWN_BYTES ? ' …' : '');
  const rows: [field: string, value: string, meaning: string, section: string][] = [
    ['FIN', '1', texts.fin, '5.4'],
    ['RSV1–3', '000', texts.rsv, '5.2'],
    ['opcode', `0x${opcode}`, texts.opcode[opcode], '5.6'],
    ['MASK', isMasked ? '1' : '0', texts.maskedBy[isMasked ? 'client' : 'server'], isMasked ? '10.3' : '5.1'],
    ['length', texts.bytes(length), texts.length[lengthBits], '5.2'],
    ...(isMasked ? [['masking key', texts.hidden, texts.key, '5.3'] as [string, string, string, string]] : []),
    ['payload', start || '–', isMasked ? texts.payloadMasked : texts.payload, '5.2'],
  ];
  const head = make('tr', '', ...[texts.field, texts.value, texts.meaning].map((name) => make('th', '', name)));
  const body = rows.map(([field, value, meaning, section]) => {
    const name = make('th', '', make('code', '', field));
    name.scope = 'row';
    return make(
      'tr',
      '',
      name,
      make('td', '', make('code', '', value)),
      make('td', '', `${meaning} `, link(section, texts)),
    );
  });
  const hasHiddenToken = direction === 'in' && typeof data === 'string' && /^\{"type":"session"/.test(data);
  return [
    make('p', '', `${texts.header}: `, make('code', '', hex(bytes))),
    make('table', '', make('thead', '', head), make('tbody', '', ...body)),
    ...(hasHiddenToken ? [make('p', 'note', texts.tokenHidden)] : []),
    make('p', 'note', texts.whole),
  ];
}

function handshake(socketUrl: string, texts: DetailTexts): HTMLElement[] {
  const { host, pathname, search } = new URL(socketUrl);
  const request = make('pre');
  const response = make('pre');
  const note = make('p', 'note', texts.example);
  const write = (key: string, accept: string) => {
    request.textContent = [
      `GET ${pathname}${search} HTTP/1.1`,
      `Host: ${host}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
      `Origin: ${location.origin}`,
    ].join('\n');
    response.textContent = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
    ].join('\n');
  };
  write(EXAMPLE.key, EXAMPLE.accept);
  const another = make('button', '', texts.another);
  another.onclick = async () => {
    const key = newKey();
    write(key, await acceptOf(key));
    note.textContent = texts.made;
  };
  // Browsers compute hashes only on https and on this machine.
  another.hidden = !window.isSecureContext;
  const means = (text: string, section: string) => make('li', '', `${text} `, link(section, texts));
  return [
    make('p', '', `${texts.request} `, link('4.1', texts)),
    request,
    make('p', '', `${texts.response} `, link('4.2.2', texts)),
    response,
    note,
    another,
    make(
      'ul',
      '',
      means(texts.keyMeans, '11.3.1'),
      means(texts.acceptMeans, '1.3'),
      means(texts.versionMeans, '11.3.5'),
      means(texts.originMeans, '10.2'),
    ),
  ];
}

function link(section: string, texts: DetailTexts): HTMLElement {
  const made = make('a', '', texts.section(section));
  made.href = RFC + section;
  made.target = '_blank';
  made.rel = 'noreferrer';
  return made;
}
