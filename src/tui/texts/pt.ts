// Portuguese: every text of the screen that is not the page's as well.
import { pt as shared } from '../../shared/texts/pt.js';
import { createFormats } from '../text/format.js';
import type { Texts } from './en.js';
import { endings } from './endings-pt.js';
import { createExplain } from './explain.js';

const MONTHS = ['jan', 'fev', 'mar', 'abr', 'mai', 'jun', 'jul', 'ago', 'set', 'out', 'nov', 'dez'];
const formats = createFormats({ point: ',', separator: '.' });
const many = (n: number, one: string, more: string) => `${formats.grouped(n)} ${n === 1 ? one : more}`;

export const pt: Texts = {
  ...shared,
  ...formats,
  date: (day, month, year) => `${day} ${MONTHS[month]} ${year}`,
  ...createExplain(endings),

  onlineAs: (id) => `online como ${id}`,
  backAs: (id) => `de volta como ${id}`,
  joined: (who) => `${who} entrou`,
  left: (who) => `${who} saiu`,
  online: (n) => `${n} online`,
  fibonacci: (input) => `fibonacci ${input}`,
  chatLine: (text) => `conversa: ${text}`,
  keptForReturn: 'guardado, será enviado na volta',
  keptSent: 'guardado, enviado agora',
  interrupted: (what) => `${what} interrompido antes da resposta`,
  nextTry: (wait) => `nova tentativa em ${wait}`,
  tryNumber: (n) => `tentativa ${n}`,
  stoppedBecause: (why) => `parado. ${why}`,
  missed: (n) => (n > 0 ? many(n, 'tique perdido', 'tiques perdidos') : 'nada perdido'),
  stoodStill: (seconds) => `o servidor ficou parado por ${seconds} s`,
  foreign: 'este servidor não fala o protocolo do wsdemo; as mensagens são mostradas como chegam',
  socketIo:
    'este é um servidor socket.io: cada mensagem começa com um número do protocolo dele; envie 40 para entrar, e 3 para cada 2 que ele envia',
  noWelcome: 'conectado, mas sem boas-vindas: talvez o servidor não seja wsdemo, ou um proxy retenha as mensagens',

  silentFor: (span) => `em silêncio, ${span}`,
  tryingNow: (attempt) => `reconectando, tentativa ${attempt}`,
  retryIn: (attempt, wait) => `reconectando, tentativa ${attempt} em ${wait}`,
  retryShort: (wait) => `tenta em ${wait}`,
  noClock: 'ainda sem relógio',
  tick: 'tique',
  skew: 'diferença',
  old: (span) => `há ${span}`,
  fresh: (span) => `atraso ${span}`,
  roundTrip: 'ida e volta',
  noRoundTrip: 'RTT desconhecido',
  noSync: 'este servidor não tem sync',
  whoIsOnline: 'quem está online',
  notSaid: 'este servidor não diz quem está online',
  more: (n) => `e mais ${n}`,
  paused: 'pausado',
  lookingBack: 'olhando para trás',
  newer: (n) => `mais novas: ${n}`,
  found: (n, text) => `${n} ${n === '1' ? 'linha' : 'linhas'} com "${text}"`,

  prompts: { fibonacci: 'fibonacci', short: 'fib', chat: 'conversa', frame: 'mensagem', search: 'busca' },
  keys: {
    ask: 'pedir',
    send: 'enviar',
    back: 'voltar',
    clear: 'apagar',
    goThere: 'ir à última',
    scroll: 'rolar',
    newest: 'linha mais nova',
    earlier: 'anteriores',
    retry: 'tentar já',
    pause: 'pausar',
    goOn: 'seguir',
    chat: 'conversa',
    who: 'quem está online',
    whole: 'resposta inteira',
    frame: 'enviar frame',
    unfold: 'frame inteiro',
    copy: 'copiar',
    write: 'gravar em arquivo',
    search: 'buscar',
    matches: 'outros achados',
    wall: 'só o relógio',
    raw: 'frames',
    log: 'registro',
    times: 'horas',
    exportIt: 'exportar',
    handshake: 'handshake',
    help: 'ajuda',
    quit: 'sair',
  },

  notWhole: (text) => `"${text}" não é um número inteiro, 0 ou mais`,
  tooLarge: (text) => `"${text}" é um número inteiro, mas grande demais: o maior é 9007199254740991`,
  alreadyOnline: 'já está online',
  notOnline: 'sem conexão: a mensagem não foi enviada',
  alreadyWaiting: 'um pedido já espera a volta do servidor',
  noAnswer: 'ainda não há resposta',
  notFound: (text) => `nenhuma linha com "${text}"`,
  noMatch: {
    older: (text) => `nenhuma linha mais antiga com "${text}"`,
    newer: (text) => `nenhuma linha mais nova com "${text}"`,
  },
  noSearch: 's busca primeiro',
  typeDigits: 'digite um número; ? mostra as teclas',
  longAnswer: 'o mostra o número inteiro, y copia, w grava em arquivo',
  copied: (digits) => `${digits} para a área de transferência do terminal (por OSC 52, se ele permitir)`,
  copyTooLong: 'longo demais para a área de transferência; w grava em arquivo',
  saved: (path) => `gravado em ${path}`,
  exported: (events, path) => `${events} eventos gravados em ${path}, um objeto JSON por linha`,
  cantWrite: (path, code) => `não dá para gravar ${path} (${code})`,
  fullOfCopies: (folder) => `não dá para gravar: ${folder} está cheia de cópias`,

  help: [
    [
      'Números',
      [
        ['0-9', 'digitar um número'],
        ['Enter', 'pedir'],
        ['Up Down', 'anteriores'],
        ['Esc', 'apagar'],
        ['o', 'resposta inteira'],
        ['y', 'copiá-la'],
        ['w', 'gravar em arquivo'],
      ],
    ],
    [
      'Pessoas',
      [
        ['c', 'conversa, até Esc'],
        ['/', 'frames, /ping'],
        ['u', 'quem está online'],
      ],
    ],
    [
      'Registro',
      [
        ['PgUp PgDn', 'rolar'],
        ['s', 'buscar'],
        ['n N', 'outros achados'],
        ['p', 'pausar'],
        ['t', 'com ou sem horas'],
        ['j', 'frames'],
        ['e', 'exportar'],
      ],
    ],
    [
      'Tela',
      [
        ['f', 'só o relógio'],
        ['Ctrl+L', 'redesenhar'],
        ['Ctrl+Z', 'suspender'],
      ],
    ],
    [
      'Conexão',
      [
        ['r', 'tentar já'],
        ['i', 'o handshake'],
        ['q Ctrl+C', 'sair'],
      ],
    ],
  ],

  slash: {
    commands:
      '/ping [texto], /close [código [motivo]], /info (o handshake), /retry, /quit; uma linha que começa com // é enviada com uma só /',
    unknown: (name) =>
      `não existe /${name}; existem /ping [texto], /close [código [motivo]], /info (o handshake), /retry e /quit; //${name} envia /${name}`,
    pingTooLong: (most) => `um ping leva no máximo ${most} bytes`,
    closeCode: 'um código de fechamento é de 1000 a 1003, de 1007 a 1014, ou de 3000 a 4999: /close 4000 tchau',
    reasonTooLong: (most) => `um motivo tem no máximo ${most} bytes`,
  },
  ping: (text) => `ping "${text}"`,
  pong: (text) => `pong "${text}"`,
  close: (code, reason) => `close ${code}${reason === '' ? '' : ` "${reason}"`}`,
  noFrame: 'ainda não há frame',
  moreBytes: (bytes) => `só o começo de ${bytes} foi guardado`,
  bytes: (n) => many(n, 'byte', 'bytes'),

  handshake: {
    connected: (remote, local) => `conectado a ${remote}${local ? ` de ${local}` : ''}`,
    certificate: (names, issuer, until) => `certificado de ${names}, por ${issuer}, válido até ${until}`,
    untrusted: (why) => `o certificado NÃO é confiável: ${why}`,
  },
  noHandshake: 'ainda não houve handshake',

  summary: {
    connected: (span, address) => `${address}: conectado por ${span}`,
    neverConnected: (address) => `${address}: nunca conectado`,
    ticks: (received, missed) => `${many(received, 'tique recebido', 'tiques recebidos')}, ${missed} perdidos`,
    losses: (n) => many(n, 'conexão perdida', 'conexões perdidas'),
    roundTrips: (min, median, p95) => `ida e volta mín/mediana/p95 ${min}/${median}/${p95} ms`,
  },
};
