// Texts: the server's sentences to people, in each language.
import {
  type ErrorCode,
  type Language,
  MAX_DEPTH,
  MAX_ID_LENGTH,
  MAX_TOPICS,
  REQUEST_TYPES,
  TOPICS,
} from '../../shared/protocol/messages.js';

/** What a sentence may mention: what was sent, and the limit. */
export interface Details {
  got?: string;
  limit?: number;
}

type Texts = { welcome: (clientId: string) => string } & Record<ErrorCode, (details: Details) => string>;

const types = REQUEST_TYPES.join(', ');
const topics = TOPICS.join(', ');

const en: Texts = {
  welcome: (clientId) => `You are ${clientId}`,
  not_json: ({ got }) => `a message must be JSON, such as {"type":"fibonacci","input":10}; ${got} was sent`,
  not_an_object: ({ got }) =>
    `a message must be a JSON object, such as {"type":"fibonacci","input":10}; ${got} was sent`,
  binary_frame: () => 'a message must be a text frame; a binary one was sent (/echo takes both)',
  too_deep: () => `a message may nest at most ${MAX_DEPTH} levels`,
  forbidden_key: () => 'a message may not have a key named __proto__',
  type_missing: () => `a message must have a "type", one of: ${types}`,
  unknown_type: ({ got }) => `"type" must be one of: ${types}; ${got} was sent`,
  id_invalid: ({ got }) =>
    `"id" must be a string of at most ${MAX_ID_LENGTH} characters or a number up to 2^53 - 1; ${got} was sent`,
  input_missing: () => 'fibonacci needs an "input": a whole number, 0 or more',
  input_not_a_number: ({ got }) => `"input" must be a JSON number, whole, 0 or more; ${got} was sent`,
  input_not_finite: () => '"input" must be a number that JSON readers can hold; a larger one was sent',
  input_not_whole: ({ got }) => `"input" must be a whole number; ${got} was sent`,
  input_negative: ({ got }) => `"input" must be 0 or more; ${got} was sent`,
  input_too_large: ({ got, limit }) => `"input" must be at most ${limit}; ${got} was sent`,
  topics_invalid: ({ got }) =>
    `"topics" must be a list of at most ${MAX_TOPICS} of: ${topics}${got ? `; ${got} was sent` : ''}`,
  unknown_topic: ({ got }) => `a topic must be one of: ${topics}; ${got} was sent`,
  text_invalid: () => 'chat needs a "text": a string',
  text_empty: () => '"text" must not be empty',
  text_too_long: ({ limit }) => `"text" must have at most ${limit} characters`,
  t0_invalid: () => 'sync needs a "t0": a number, your time in milliseconds',
  too_many_messages: () => 'too many messages at once; wait a moment, or be closed',
  too_busy: ({ got, limit }) =>
    got === 'chat'
      ? 'too many chat messages at once; wait a moment before the next one'
      : `${limit} large numbers wait already; ask again in a moment`,
  timed_out: ({ limit }) => `the answer took longer than ${limit} s; ask for a smaller number`,
  internal: () => 'the server failed at this request; it is in its log',
};

const ptBR: Texts = {
  welcome: (clientId) => `Você é o usuário ${clientId}`,
  not_json: ({ got }) => `a mensagem deve ser JSON, como {"type":"fibonacci","input":10}; foi enviado ${got}`,
  not_an_object: ({ got }) =>
    `a mensagem deve ser um objeto JSON, como {"type":"fibonacci","input":10}; foi enviado ${got}`,
  binary_frame: () => 'a mensagem deve ser um quadro de texto; foi enviado um binário (/echo aceita ambos)',
  too_deep: () => `a mensagem pode ter no máximo ${MAX_DEPTH} níveis`,
  forbidden_key: () => 'a mensagem não pode ter uma chave chamada __proto__',
  type_missing: () => `a mensagem deve ter um "type", um destes: ${types}`,
  unknown_type: ({ got }) => `"type" deve ser um destes: ${types}; foi enviado ${got}`,
  id_invalid: ({ got }) =>
    `"id" deve ser um texto de até ${MAX_ID_LENGTH} caracteres ou um número até 2^53 - 1; foi enviado ${got}`,
  input_missing: () => 'fibonacci precisa de um "input": um número inteiro, 0 ou mais',
  input_not_a_number: ({ got }) => `"input" deve ser um número JSON inteiro, 0 ou mais; foi enviado ${got}`,
  input_not_finite: () => '"input" deve ser um número que leitores de JSON representem; foi enviado um maior',
  input_not_whole: ({ got }) => `"input" deve ser um número inteiro; foi enviado ${got}`,
  input_negative: ({ got }) => `"input" deve ser 0 ou mais; foi enviado ${got}`,
  input_too_large: ({ got, limit }) => `"input" deve ser no máximo ${limit}; foi enviado ${got}`,
  topics_invalid: ({ got }) =>
    `"topics" deve ser uma lista de no máximo ${MAX_TOPICS} destes: ${topics}${got ? `; foi enviado ${got}` : ''}`,
  unknown_topic: ({ got }) => `o tópico deve ser um destes: ${topics}; foi enviado ${got}`,
  text_invalid: () => 'chat precisa de um "text": um texto',
  text_empty: () => '"text" não pode ser vazio',
  text_too_long: ({ limit }) => `"text" deve ter no máximo ${limit} caracteres`,
  t0_invalid: () => 'sync precisa de um "t0": um número, a sua hora em milissegundos',
  too_many_messages: () => 'mensagens demais de uma vez; espere um momento, ou a conexão será fechada',
  too_busy: ({ got, limit }) =>
    got === 'chat'
      ? 'mensagens de chat demais de uma vez; espere um momento antes da próxima'
      : `já há ${limit} números grandes na fila; peça de novo daqui a pouco`,
  timed_out: ({ limit }) => `a resposta levou mais de ${limit} s; peça um número menor`,
  internal: () => 'o servidor falhou neste pedido; está no registro dele',
};

export const TEXTS: Record<Language, Texts> = { 'pt-BR': ptBR, en };
