// Texts: the words of the wall, in each language.
import type { Language } from '../../src/shared/protocol/messages.js';
import { MAX_BYTES } from '../../src/shared/qr-code.js';

const en = {
  online: (n: number) => `${n.toLocaleString('en')} online`,
  join: 'Join',
  code: (address: string) => `QR code of ${address}`,
  local:
    'Only this computer can open this address. Open this page under the computer’s address in the network, or name it: ?wall=http://192.0.2.7:8000/',
  wrong: (named: string) =>
    `“${named}” is no address; ?wall=http://192.0.2.7:8000/ would be one. This page’s own is shown.`,
  tooLong: `No QR code: the address has more than ${MAX_BYTES} bytes.`,
};

const pt: typeof en = {
  online: (n) => `${n.toLocaleString('pt-BR')} online`,
  join: 'Participe',
  code: (address) => `código QR de ${address}`,
  local:
    'Só este computador abre este endereço. Abra esta página pelo endereço do computador na rede, ou indique-o: ?wall=http://192.0.2.7:8000/',
  wrong: (named) =>
    `“${named}” não é um endereço; ?wall=http://192.0.2.7:8000/ seria um. Aparece o desta própria página.`,
  tooLong: `Sem código QR: o endereço tem mais de ${MAX_BYTES} bytes.`,
};

export const WALL_TEXTS: Record<Language, typeof en> = { 'pt-BR': pt, en };
