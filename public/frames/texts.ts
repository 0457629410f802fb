// Texts: the explanations of a frame and of the handshake, in each language.
import type { Language } from '../../src/shared/protocol/messages.js';
import { GUID } from './accept-key.js';

const en = {
  received: 'A frame from the server',
  sent: 'A frame to the server',
  handshake: 'The handshake',
  close: 'Close',
  header: 'Header',
  field: 'Field',
  value: 'Value',
  meaning: 'Meaning',
  fin: 'the last frame of its message; here also the only one',
  rsv: 'free for extensions; wsdemo uses none, so nothing is compressed',
  opcode: { 1: 'text, in UTF-8', 2: 'binary' },
  maskedBy: {
    client: 'a client masks each frame, so that no proxy takes its content for an HTTP request',
    server: 'a server never masks',
  },
  length: {
    7: 'fits into the 7 bits after MASK',
    16: 'too long for 7 bits: they hold 126, and the next 16 bits hold the length',
    64: 'too long for 16 bits: the 7 bits hold 127, and the next 64 bits hold the length',
  },
  bytes: (n: number) => `${n.toLocaleString('en')} ${n === 1 ? 'byte' : 'bytes'}`,
  hidden: 'hidden by the browser',
  key: 'four random bytes, new for each frame; each byte of the payload is combined with one of them by XOR',
  payload: 'the message itself',
  payloadMasked: 'the message itself, shown before the masking',
  tokenHidden: 'The page hides the token in this frame, so on the wire it is longer than here.',
  whole: 'A browser shows whole messages only. wsdemo sends each message as one frame, and so do browsers.',
  request: 'An ordinary HTTP request asks to change the protocol:',
  response: 'The server agrees, and from here on both sides send frames:',
  example: 'A browser shows no script the real key. This one is the example of RFC 6455.',
  made: 'A browser shows no script the real key. This one was made now, as a browser makes its own.',
  another: 'Make another key',
  keyMeans: 'Key: 16 random bytes in base64, new for each connection. It is no secret and protects nothing.',
  acceptMeans: `Accept: the SHA-1 of the key followed by ${GUID}, in base64. It proves that the server knows WebSocket and has read this request: no cache or plain HTTP server can answer so.`,
  versionMeans: 'Version: 13 is the version of RFC 6455, the only one in use.',
  originMeans: 'Origin: the site of the page, which a browser always sends. The server refuses foreign sites by it.',
  section: (number: string) => `RFC 6455, ${number}`,
};

const pt: typeof en = {
  received: 'Um frame do servidor',
  sent: 'Um frame para o servidor',
  handshake: 'O handshake',
  close: 'Fechar',
  header: 'Cabeçalho',
  field: 'Campo',
  value: 'Valor',
  meaning: 'Significado',
  fin: 'o último frame da mensagem; aqui também o único',
  rsv: 'livres para extensões; o wsdemo não usa nenhuma, então nada é comprimido',
  opcode: { 1: 'texto, em UTF-8', 2: 'binário' },
  maskedBy: {
    client: 'o cliente mascara cada frame, para que nenhum proxy tome o conteúdo por um pedido HTTP',
    server: 'o servidor nunca mascara',
  },
  length: {
    7: 'cabe nos 7 bits depois de MASK',
    16: 'longo demais para 7 bits: eles contêm 126, e os 16 bits seguintes contêm o tamanho',
    64: 'longo demais para 16 bits: os 7 bits contêm 127, e os 64 bits seguintes contêm o tamanho',
  },
  bytes: (n) => `${n.toLocaleString('pt-BR')} ${n === 1 ? 'byte' : 'bytes'}`,
  hidden: 'escondida pelo navegador',
  key: 'quatro bytes aleatórios, novos a cada frame; cada byte do conteúdo é combinado com um deles por XOR',
  payload: 'a mensagem em si',
  payloadMasked: 'a mensagem em si, antes da máscara',
  tokenHidden: 'A página esconde o token deste frame; na rede ele é mais longo do que aqui.',
  whole:
    'O navegador só mostra mensagens inteiras. O wsdemo envia cada mensagem num só frame, e os navegadores também.',
  request: 'Um pedido HTTP comum pede para trocar de protocolo:',
  response: 'O servidor aceita, e daqui em diante os dois lados enviam frames:',
  example: 'O navegador não mostra a chave real a nenhum script. Esta é o exemplo da RFC 6455.',
  made: 'O navegador não mostra a chave real a nenhum script. Esta foi feita agora, como o navegador faz a sua.',
  another: 'Fazer outra chave',
  keyMeans: 'Key: 16 bytes aleatórios em base64, novos a cada conexão. Não é segredo e não protege nada.',
  acceptMeans: `Accept: o SHA-1 da chave seguida de ${GUID}, em base64. Prova que o servidor conhece WebSocket e leu este pedido: nenhum cache ou servidor HTTP comum responde assim.`,
  versionMeans: 'Version: 13 é a versão da RFC 6455, a única em uso.',
  originMeans: 'Origin: o site da página, que o navegador sempre envia. Por ele o servidor recusa outros sites.',
  section: (number) => `RFC 6455, ${number}`,
};

export type DetailTexts = typeof en;
export const DETAIL_TEXTS: Record<Language, DetailTexts> = { 'pt-BR': pt, en };
