// The sentences about messages, closing and speed, in Portuguese.
import type { data as en } from '../en/data.js';

const TYPE: Record<string, string> = { text: 'de texto', binary: 'binária' };

export const data: typeof en = {
  echoed: ({ bytes }) => `mensagens de texto e binárias de até ${bytes} bytes voltam inalteradas`,
  echoAltered: ({ type = '', bytes }) => `uma mensagem ${TYPE[type]} de ${bytes} bytes voltou alterada`,
  echoLost: ({ type = '', bytes }) => `uma mensagem ${TYPE[type]} de ${bytes} bytes não voltou`,
  echoCut: ({ type = '', bytes, end }) =>
    `a conexão foi cortada (${end}) por uma mensagem ${TYPE[type]} de ${bytes} bytes`,
  echoLimit: ({ largest, bytes }) =>
    `mensagens de até ${largest} bytes voltam; uma de ${bytes} bytes foi recusada com o código 1009, que é um limite do servidor ou de algo no caminho`,
  echoTextOnly: () => 'texto volta; mensagens binárias são recusadas com o código 1003',
  fragmented: () => 'uma mensagem em três fragmentos chega inteira, e um ping entre eles é respondido',
  fragmentsLost: () => 'uma mensagem em três fragmentos se perdeu',
  fragmentsAltered: () => 'uma mensagem em três fragmentos voltou alterada',
  fragmentPingLost: () => 'um ping entre dois fragmentos ficou sem resposta',
  fragmentsJoined: () =>
    'algo no caminho junta os fragmentos de uma mensagem, e assim retém mensagens até que estejam completas',
  unbuffered: ({ ms }) => `uma mensagem pequena volta logo, após ${ms} ms`,
  buffered: ({ s }) =>
    `uma mensagem pequena só volta quando mais bytes a seguem; algo no caminho a retém num buffer (mais de ${s} s)`,
  bufferSlow: ({ ms }) => `uma mensagem pequena leva ${ms} ms para voltar`,
  bufferLost: () => 'uma mensagem pequena não voltou, nem quando mais bytes a seguiram',
  deflated: () => 'a compressão é acordada e funciona',
  deflateDeclined: () => 'mensagens chegam sem compressão; ela foi oferecida e recusada',
  deflateStripped: () =>
    'algo no caminho retira a oferta de compressão (Sec-WebSocket-Extensions), e mensagens nunca são comprimidas',
  deflateUnasked: () => 'uma mensagem veio com bits reservados, embora nenhuma extensão fosse acordada',
  deflateCorrupt: () => 'a compressão foi acordada, mas uma mensagem comprimida voltou corrompida',
  deflateLost: () => 'uma mensagem ficou sem resposta ao testar a compressão',
  ponged: ({ ms }) => `um ping é respondido, após ${ms} ms`,
  pongMissing: ({ s }) => `um ping não recebeu pong em ${s} s`,
  pongWrong: () => 'um pong veio com conteúdo diferente do seu ping',
  pongEarly: ({ pong, echo }) =>
    `um pong leva ${pong} ms, um eco ${echo} ms: algo no caminho parece responder aos pings, e um pong não prova que o servidor está vivo`,
  pingCut: ({ code }) => `a conexão foi cortada (${code}) após um ping`,
  pinged: ({ ms }) => `os pings do servidor chegam, um a cada ${ms} ms`,
  pingsLost: ({ pings }) => `os pings do servidor não chegam (${pings} de 3)`,
  closed: () => 'um quadro Close é respondido com o mesmo código',
  closeUnanswered: ({ s }) => `um quadro Close ficou sem resposta por ${s} s`,
  closeCut: () => 'um quadro Close ficou sem resposta: a conexão foi cortada',
  closeOtherCode: ({ sent, code }) => `um quadro Close com o código ${sent} foi respondido com ${code}`,
  closedByServer: () => 'código e motivo de fechamento do servidor chegam inalterados',
  closeNeverCame: ({ s }) => `o quadro Close do servidor não chegou em ${s} s`,
  closeRewritten: ({ sent, code }) =>
    `o servidor fechou com o código ${sent}, mas chegou ${code}; os clientes não sabem por que foram fechados`,
  closeReasonLost: () => 'o código de fechamento do servidor chega, mas o motivo é mudado',
  halfClosed: () => 'uma resposta ainda chega após um fechamento parcial (half-close)',
  halfCloseLost: () =>
    'uma resposta se perde após um fechamento parcial (half-close); um cliente que envia a última mensagem e um FIN fica sem resposta',
  halfCloseTls: () => 'não se sabe: com TLS um fechamento parcial (half-close) termina as duas direções',
  speed: ({ p50Ms, p99Ms, mibPerS }) =>
    `ida e volta ${p50Ms} ms (mediana), ${p99Ms} ms (percentil 99); eco ${mibPerS} MiB/s`,
  speedTrips: ({ p50Ms, p99Ms }) =>
    `ida e volta ${p50Ms} ms (mediana), ${p99Ms} ms (percentil 99); a vazão não é conhecida, porque o eco parou`,
  speedUnknown: () => 'não se sabe: o eco não deu resposta',
};
