// EndingsPt: why a connection ended, in Portuguese.
import type { EndingTexts } from './endings-en.js';

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

const CHECK_PROXY = 'confira --proxy ou a variável HTTPS_PROXY';

export const endings: EndingTexts = {
  codeName: (code) => CODES[code],
  short: {
    status: (status) => `recusada com HTTP ${status}`,
    refused: 'conexão recusada',
    unknownHost: 'host desconhecido',
    reset: 'conexão interrompida',
    silent: (span) => `em silêncio há ${span}`,
    closed: (code) => `fechada ${code}`,
  },
  network: {
    refused: (_, at) => `Nenhum servidor escuta em ${at}; inicie um com \`wsdemo serve\`, ou confira host e porta.`,
    unknownHost: (host) => `O host "${host}" é desconhecido; confira a grafia, ou o DNS da rede.`,
    noRoute: (host) => `Não há rota até ${host}; confira a rede, ou uma VPN.`,
    noAnswer: (_, at) => `${at} não respondeu a tempo; confira host e porta, ou um firewall no caminho.`,
    selfSigned: (host) => `O certificado de ${host} é autoassinado; confie nele com --ca ARQUIVO.`,
    unknownAuthority: (host) =>
      `A autoridade que assinou o certificado de ${host} é desconhecida; confie nela com --ca ARQUIVO.`,
    expired: (host) => `O certificado de ${host} venceu; o dono deve renová-lo.`,
    otherName: (host) => `O certificado não é para ${host}; use o nome para o qual foi feito.`,
    noTls: (_, at) => `${at} não fala TLS; tente ws:// em vez de wss://.`,
    noHttp: (_, at) => `${at} não fala HTTP, logo não é um servidor WebSocket; confira a porta.`,
    reset: (_, at) => `${at} interrompeu o handshake; confira se é um servidor WebSocket, e se é ws:// ou wss://.`,
  },
  proxyPassword: 'O proxy pede uma senha (HTTP 407); informe-a em --proxy http://usuario:senha@host:porta.',
  noProxy: (proxy, why) => `O proxy ${proxy} não pôde ser alcançado (${why}); ${CHECK_PROXY}.`,
  noTunnel: (proxy, at, why) => `O proxy ${proxy} não abriu um túnel para ${at} (${why}); ${CHECK_PROXY}.`,
  socketIo: (host, there) =>
    `${host} é um servidor socket.io, que tem um protocolo próprio acima do WebSocket; o certo é um cliente socket.io, e ${there} mostra as mensagens dele.`,
  tlsFailed: (host, error) => `TLS falhou em ${host}: ${error}; --ca indica uma autoridade confiável.`,
  noWebSocket: (host, error) => `${host} não fala WebSocket ali (${error}); confira a porta e o caminho.`,
  failed: (address, error) => `A conexão com ${address} falhou: ${error}.`,
  closed: (what) => `O servidor fechou a conexão: ${what}.`,
  checkAddress: 'confira o endereço, ou um prefixo',
  wsdemoIs: (address) => `o do wsdemo é ${address}`,
  by: (who) => `, por ${who}`,
  forbidden: (host, said) => `${host} nega o acesso (HTTP 403)${said}`,
  passHost:
    'Se há um proxy antes dele, o proxy deve repassar o cabeçalho Host, ou o servidor precisa de --trust-proxy.',
  mayNeed: 'talvez precise de --token, --header ou outro --origin.',
  busy: (host, status, said) => `${host} está ocupado (HTTP ${status})${said}; tente mais tarde.`,
  unavailable: (host, status, by, said) =>
    `${host} não está disponível (HTTP ${status}${by})${said}; um proxy responde assim quando não há servidor atrás dele.`,
  notFound: (host, path, advice) => `${host} não tem WebSocket em ${path} (HTTP 404); ${advice}.`,
  needsToken: (host) => `${host} pede um token (HTTP 401); informe o certo com --token ou --header.`,
  needsUpgrade: (host) => `${host} pede um upgrade (HTTP 426); talvez um proxy retire o cabeçalho Upgrade.`,
  moved: (host, where) => `${host} mudou: ${where}; conecte lá.`,
  serverFailed: (host, status, said) =>
    `${host} falhou (HTTP ${status}); talvez o servidor atrás dele esteja parado${said}.`,
  plainWebServer: (host, path, status, advice) =>
    `${host} respondeu como servidor web comum em ${path} (HTTP ${status}); ${advice}.`,
  refused: (host, error, said, advice) => `${host} recusou a conexão (${error})${said}; ${advice}.`,
};
