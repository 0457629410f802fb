// Portuguese: every text of the page.
import { pt as shared } from '../../src/shared/texts/pt.js';
import type { Table } from './en.js';

const many = (n: number, one: string, more: string) => `${n.toLocaleString('pt-BR')} ${n === 1 ? one : more}`;

export const pt: Table = {
  ...shared,
  language: 'Idioma',
  connect: 'Conectar',
  disconnect: 'Desconectar',
  retry: 'Tentar já',
  token: 'Token',
  enter: 'Entrar',
  clock: 'Hora do servidor',

  roundTrip: 'Ida e volta',
  offset: 'Diferença do relógio',
  chart: 'Ida e volta ao longo do tempo',
  chartOf: (n, least, most) => `Ida e volta, últimas ${many(n, 'medida', 'medidas')}: de ${least} a ${most}`,
  noChart: 'Ida e volta: nada medido ainda',

  fibonacci: 'Fibonacci',
  input: 'n',
  ask: 'Pedir',
  answers: 'Respostas',
  noAnswers: 'Peça um número: a resposta é exata, de qualquer tamanho.',
  copy: 'Copiar',
  copied: 'Copiado',
  copyFailed: 'Aqui não se pode copiar',
  queued: 'espera a conexão',
  asked: 'pedido…',
  lost: 'a linha caiu antes da resposta',
  again: 'Pedir de novo',

  online: 'Online',
  more: (n) => `e mais ${n.toLocaleString('pt-BR')}`,

  chat: 'Conversa',
  message: 'Mensagem',
  send: 'Enviar',
  noChat: 'O que se diz aqui, todos online leem.',
  unconfirmed: 'a linha caiu: talvez não enviada',

  frames: 'Frames',
  pause: 'Pausar',
  resume: (n) => (n ? `Seguir (${n.toLocaleString('pt-BR')} a mais)` : 'Seguir'),
  hideClock: 'ocultar os do relógio',
  received: 'recebido',
  sent: 'enviado',
  characters: (n) => many(n, 'caractere', 'caracteres'),

  silentFor: (seconds) => `nada chega há ${seconds} s`,
  retryIn: (seconds) => `nova tentativa em ${seconds} s`,
  trying: (attempt) => `tentativa ${attempt}…`,
  deviceOffline: 'este aparelho está sem rede',
  cause: {
    restart: 'o servidor está reiniciando',
    unreachable: 'o servidor não responde',
    silent: 'o servidor silenciou',
    broken: 'a linha caiu',
    tooBig: 'uma mensagem era grande demais',
    closed: 'o servidor fechou a conexão',
    token: 'este servidor pede um token',
    wrongToken: 'este token está errado',
    busy: 'o servidor está cheio, ou pede para esperar',
  },

  stoodStill: (seconds) => `o servidor ficou parado por ${many(seconds, 'segundo', 'segundos')}`,
  missed: (ticks) => (ticks ? shared.ticksMissed(ticks) : 'nenhum tique foi enviado nesse tempo'),
  back: (seconds) => `De volta após ${many(seconds, 'segundo', 'segundos')}`,
  interrupted: (n) => `${many(n, 'pedido', 'pedidos')} sem resposta`,
  chatMissed: 'a conversa desse tempo não chegou',
  dismiss: 'Dispensar',
  serverSays: (text) => `O servidor diz: ${text}`,

  terminal: 'Num terminal:',
};
