// ExplainPt: explains the end of a connection in Portuguese, as text/explain.ts does in English.
import { printable } from '../../shared/printable.js';
import type { CloseInfo } from '../../shared/transport.js';
import { BEHIND_PROXY, isEngineIo, quoted } from '../text/explain.js';
import { shownUrl, wsPathOf } from '../text/url.js';

const CODES: Record<number, string> = {
  1000: 'fim normal',
  1001: 'saída',
  1002: 'erro de protocolo',
  1003: 'tipo não aceito',
  1005: 'sem motivo',
  1006: 'conexão perdida',
  1007: 'texto inválido',
  1008: 'contra as regras',
  1009: 'mensagem grande demais',
  1011: 'erro do servidor',
  1012: 'reinício do servidor',
  1013: 'tente mais tarde',
};

/** The error messages of `proxy.ts`. */
const PROXY = /^the proxy (\S+) (refused|failed): (.*)/;
const PROXY_PASSWORD = 'O proxy pede uma senha (HTTP 407); informe-a em --proxy http://usuario:senha@host:porta.';

/** A few words for an end, such as `fechada 1012 "restart"`. */
export function nameEnding({ code, error, httpStatus, reason }: CloseInfo): string {
  if (httpStatus !== undefined) return `recusada com HTTP ${httpStatus}`;
  if (error !== undefined) {
    if (PROXY.test(error)) return printable(error, 80);
    if (/ECONNREFUSED/.test(error)) return 'conexão recusada';
    if (/ENOTFOUND|EAI_AGAIN/.test(error)) return 'host desconhecido';
    if (/ECONNRESET|hang up/.test(error)) return 'conexão interrompida';
    const [, silence] = /^silent for (\d+ s)$/.exec(error) ?? [];
    return silence ? `em silêncio há ${silence}` : printable(error, 80);
  }
  // The retry hint in a reason is shown as the next try.
  const said = printable(reason.replace(/, retry after \d+ ms$/, ''), 120);
  if (said !== '') return `fechada ${code} "${said}"`;
  return `fechada ${code}${CODES[code] ? ` (${CODES[code]})` : ''}`;
}

/**
 * The whole sentence, with what to do.
 *
 * @param href the address of the connection
 */
export function explain(closeInfo: CloseInfo, href: string): string {
  const { hostname, host, pathname, protocol, port } = new URL(href);
  const { code, error = '', httpStatus } = closeInfo;
  if (closeInfo.speaks === 'socket.io' || isEngineIo(closeInfo, new URL(href))) {
    return `${host} é um servidor socket.io, que tem um protocolo próprio acima do WebSocket; o certo é um cliente socket.io, e ${protocol}//${host}/socket.io/?EIO=4&transport=websocket mostra as mensagens dele.`;
  }
  const at = `${hostname}:${port || (protocol === 'wss:' ? '443' : '80')}`;
  if (httpStatus !== undefined) return explainStatus(httpStatus, closeInfo, host, pathname, href);
  const [, proxy, what, why = ''] = PROXY.exec(error) ?? [];
  if (why === 'HTTP 407') return PROXY_PASSWORD;
  if (proxy !== undefined) {
    const check = 'confira --proxy ou a variável HTTPS_PROXY';
    if (what === 'failed') return `O proxy ${proxy} não pôde ser alcançado (${printable(why)}); ${check}.`;
    return `O proxy ${proxy} não abriu um túnel para ${at} (${printable(why)}); ${check}.`;
  }
  const known = NETWORK.find(([pattern]) => pattern.test(error));
  if (known) return known[1](hostname, at);
  if (code === 1015) return `TLS falhou em ${host}: ${printable(error)}; --ca indica uma autoridade confiável.`;
  if (code === 1002 && error !== '') {
    return `${host} não fala WebSocket ali (${printable(error)}); confira a porta e o caminho.`;
  }
  if (error !== '') return `A conexão com ${shownUrl(href)} falhou: ${printable(error)}.`;
  const reason = closeInfo.reason === '' ? '' : ` "${printable(closeInfo.reason)}"`;
  return `O servidor fechou a conexão: ${code}${reason}${CODES[code] ? ` (${CODES[code]})` : ''}.`;
}

type Sentence = (host: string, hostPort: string) => string;
const NETWORK: [RegExp, Sentence][] = [
  [
    /ECONNREFUSED/,
    (_, at) => `Nenhum servidor escuta em ${at}; inicie um com \`wsdemo serve\`, ou confira host e porta.`,
  ],
  [/ENOTFOUND|EAI_AGAIN/, (host) => `O host "${host}" é desconhecido; confira a grafia, ou o DNS da rede.`],
  [/EHOSTUNREACH|ENETUNREACH/, (host) => `Não há rota até ${host}; confira a rede, ou uma VPN.`],
  [
    /ETIMEDOUT|no answer within/,
    (_, at) => `${at} não respondeu a tempo; confira host e porta, ou um firewall no caminho.`,
  ],
  [/SELF_SIGNED|self.signed/i, (host) => `O certificado de ${host} é autoassinado; confie nele com --ca ARQUIVO.`],
  [
    /UNABLE_TO|ISSUER/,
    (host) => `A autoridade que assinou o certificado de ${host} é desconhecida; confie nela com --ca ARQUIVO.`,
  ],
  [/CERT_HAS_EXPIRED/, (host) => `O certificado de ${host} venceu; o dono deve renová-lo.`],
  [/ALTNAME_INVALID/, (host) => `O certificado não é para ${host}; use o nome para o qual foi feito.`],
  [/EPROTO|wrong version number|ERR_SSL/i, (_, at) => `${at} não fala TLS; tente ws:// em vez de wss://.`],
  [/HPE_|Parse Error/, (_, at) => `${at} não fala HTTP, logo não é um servidor WebSocket; confira a porta.`],
  [
    /ECONNRESET|hang up/,
    (_, at) => `${at} interrompeu o handshake; confira se é um servidor WebSocket, e se é ws:// ou wss://.`,
  ],
];

function explainStatus(status: number, closeInfo: CloseInfo, host: string, pathname: string, href: string): string {
  const { error = '', said = '', by, retryAfterMs } = closeInfo;
  const who = by === undefined ? '' : `, por ${printable(by, 40)}`;
  const words = quoted(closeInfo);
  const tryThere = pathname === '/ws' ? 'confira o endereço, ou um prefixo' : `o do wsdemo é ${wsPathOf(href)}`;
  if (status === 404) return `${host} não tem WebSocket em ${pathname} (HTTP 404); ${tryThere}.`;
  if (status === 401) return `${host} pede um token (HTTP 401); informe o certo com --token ou --header.`;
  if (status === 403 && BEHIND_PROXY.test(said)) {
    return `${host} nega o acesso (HTTP 403)${words}. Se há um proxy antes dele, o proxy deve repassar o cabeçalho Host, ou o servidor precisa de --trust-proxy.`;
  }
  if (status === 403) {
    return `${host} nega o acesso (HTTP 403)${words}${who}; talvez precise de --token, --header ou outro --origin.`;
  }
  if (status === 407) return PROXY_PASSWORD;
  if (status === 426) return `${host} pede um upgrade (HTTP 426); talvez um proxy retire o cabeçalho Upgrade.`;
  if (status === 503 && retryAfterMs === undefined) {
    return `${host} não está disponível (HTTP 503${who})${words}; um proxy responde assim quando não há servidor atrás dele.`;
  }
  if (status === 429 || status === 503) return `${host} está ocupado (HTTP ${status})${words}; tente mais tarde.`;
  if (status >= 300 && status < 400) return `${host} mudou: ${printable(error)}; conecte lá.`;
  if (status >= 500) return `${host} falhou (HTTP ${status}); talvez o servidor atrás dele esteja parado${words}.`;
  if (status < 300) return `${host} respondeu como servidor web comum em ${pathname} (HTTP ${status}); ${tryThere}.`;
  return `${host} recusou a conexão (${printable(error || `HTTP ${status}`)})${words}; ${tryThere}.`;
}
