// The sentences about reaching a server and the handshake, in Portuguese.
import type { handshake as en } from '../en/handshake.js';

export const handshake: typeof en = {
  netReached: ({ host, address }) => `${host} responde em ${address}`,
  netSome: ({ host, address, family, why }) =>
    `${host} responde, mas não no endereço IPv${family} ${address} (${why}); alguns clientes esperam ou falham`,
  netNoName: ({ host }) => `o nome ${host} não tem endereço`,
  netLookupFailed: ({ host, why }) => `não foi possível consultar o nome ${host} (${why})`,
  netRefused: ({ host, port }) => `${host} recusa conexões na porta ${port}: nada escuta ali`,
  netSilent: ({ host, port }) =>
    `${host} não responde na porta ${port}: um firewall descarta os pacotes, ou o endereço está errado`,
  netUnreached: ({ host, port, why }) => `sem conexão com ${host} na porta ${port} (${why})`,
  tlsValid: ({ days }) => `o certificado vale por mais ${days} dias`,
  tlsSoon: ({ days }) => `o certificado vence em ${days} dias`,
  tlsExpired: () => 'o certificado venceu',
  tlsNotYet: () => 'o certificado ainda não vale: é novo demais, ou o relógio desta máquina está errado',
  tlsName: ({ host }) => `o certificado não é para ${host}`,
  tlsSelfSigned: () =>
    'o certificado foi assinado por ele mesmo, e nenhum navegador o aceita (--ca ARQUIVO confia nele aqui)',
  tlsAuthority: () => 'o certificado é assinado por uma autoridade que não é confiável aqui (--ca ARQUIVO confia nela)',
  tlsChain: () =>
    'a cadeia do certificado está incompleta: o servidor não envia o certificado intermediário, ou a autoridade não é confiável aqui',
  tlsFailed: ({ why }) => `o handshake TLS falhou (${why})`,
  alpnHttp1: () => 'http/1.1 é escolhido quando é oferecido',
  alpnH2: () =>
    'http/1.1 é escolhido quando é oferecido sozinho; h2 não tem WebSockets aqui (RFC 8441), e os clientes os abrem por http/1.1, como os navegadores',
  alpnExtended: () =>
    'http/1.1 é escolhido quando é oferecido sozinho, e WebSockets por h2 também funcionam (RFC 8441)',
  alpnNoHttp1: () => 'o servidor recusa http/1.1 no handshake TLS, de que clientes WebSocket precisam',
  alpnBroken: ({ status }) =>
    `o servidor anuncia WebSockets por h2 (RFC 8441), mas eles falham (${status}); um navegador com conexão h2 os usa`,
  upgraded: ({ ms }) => `o handshake funciona, em ${ms} ms`,
  upgradeIgnored: ({ status, said }) =>
    `o handshake recebeu HTTP ${status} em vez de 101${said}: não há WebSocket neste caminho, ou um proxy descarta os cabeçalhos Upgrade e Connection`,
  upgradeMoved: ({ status, location }) =>
    `o handshake é redirecionado (HTTP ${status}) para ${location}; clientes WebSocket não seguem isso`,
  upgradeNotPassed: ({ status, said }) =>
    `o handshake recebeu HTTP ${status}${said}: um proxy não repassa os cabeçalhos Upgrade e Connection`,
  upgradeCredentials: ({ status, said }) =>
    `o handshake recebeu HTTP ${status}${said}: precisa de um token ou de uma senha (--token, --header)`,
  upgradeForbidden: ({ status, said }) =>
    `o handshake recebeu HTTP ${status}${said}: o servidor recusa o token, o Origin ou o Host`,
  upgradeNotFound: ({ status, said }) =>
    `o handshake recebeu HTTP ${status}${said}: o caminho está errado, ou um proxy remove ou acrescenta um prefixo`,
  upgradeTooMany: ({ status, said }) => `o handshake recebeu HTTP ${status}${said}: conexões ou pedidos demais`,
  upgradeBehind: ({ status, said }) =>
    `o handshake recebeu HTTP ${status}${said}: o proxy responde, mas o servidor atrás dele não`,
  upgradeRefused: ({ status, said }) => `o handshake recebeu HTTP ${status} em vez de 101${said}`,
  upgradeNoHttp: () => 'a resposta ao handshake não é HTTP/1.1: outro protocolo escuta ali',
  upgradeClosed: () => 'a conexão foi fechada sem resposta ao handshake',
  upgradeSilent: () => 'o handshake ficou sem resposta',
  accepted: () => 'Sec-WebSocket-Accept está certo',
  acceptMissing: () => 'o 101 não tem Sec-WebSocket-Accept, e os clientes o recusam',
  acceptWrong: () =>
    'Sec-WebSocket-Accept está errado, e os clientes o recusam: algo no caminho muda a chave ou faz a própria resposta',
  acceptCached: () =>
    'Sec-WebSocket-Accept é de um handshake anterior, e os clientes o recusam: algo no caminho guarda a resposta em cache',
  headersGood: () => 'o 101 tem os cabeçalhos que os clientes exigem',
  headerMissing: ({ name, received }) =>
    `o 101 ${received === '' ? `não tem o cabeçalho ${name}` : `tem o cabeçalho ${name} errado: ${received}`}, e os clientes o recusam`,
  subprotocolUnasked: ({ received }) =>
    `o servidor escolheu o subprotocolo ${received}, que não foi oferecido, e os clientes o recusam`,
  extensionUnasked: ({ received }) =>
    `o servidor usa a extensão ${received}, que não foi oferecida, e os clientes o recusam`,
  subprotocolNone: () => 'não testado: faltou --subprotocol',
  subprotocolGood: ({ subprotocol }) => `o subprotocolo ${subprotocol} é acordado`,
  subprotocolLost: ({ subprotocol }) =>
    `o subprotocolo ${subprotocol} foi oferecido e nenhum é acordado: o servidor não o conhece, ou um proxy remove Sec-WebSocket-Protocol`,
  subprotocolOther: ({ subprotocol, received }) =>
    `o subprotocolo ${subprotocol} foi oferecido, e o servidor escolheu ${received}`,
  originGood: ({ origin }) => `páginas de ${origin} podem se conectar, as de outros sites não`,
  originCredentials: ({ origin }) =>
    `páginas de ${origin} podem se conectar; as de outros sites também, mas não podem enviar as credenciais`,
  originForeign: () =>
    'páginas de qualquer site podem se conectar e agir em nome de um visitante em cujos cookies o servidor confia',
  originRefused: ({ origin, status }) =>
    `páginas de ${origin} não podem se conectar (HTTP ${status}): o Origin não é permitido, ou um proxy muda o Host com que ele é comparado`,
  repeated: ({ of }) => `todos os ${of} handshakes funcionam`,
  repeatFailed: ({ good, of, why }) =>
    `só ${good} de ${of} handshakes funcionam (os outros: ${why}): um de vários servidores está ruim, ou há um limite`,
  seenUnchanged: () => 'o pedido chega como foi enviado',
  seenProxied: ({ path }) => `o pedido chega por um proxy com tudo de que um servidor precisa, como ${path}`,
  seenHttp10: ({ version }) => `o pedido chega como HTTP/${version}, que não tem upgrades`,
  seenHostLost: ({ host, sent }) =>
    `o pedido chega com Host ${host} em vez de ${sent}, e um servidor que o compara com o Origin recusa navegadores`,
  seenSchemeLost: () => 'o servidor não pode saber que o cliente veio por TLS: falta X-Forwarded-Proto',
  seenClientLost: () => 'o servidor não pode saber o endereço do cliente: falta X-Forwarded-For',
  seenQueryLost: () => 'a query do endereço não chega ao servidor',
  seenUnknown: () => 'não se sabe: o laboratório não respondeu',
  stickyOne: ({ of }) => `${of} conexões chegaram a um só servidor`,
  stickySeveral: ({ of, servers }) => `${of} conexões chegaram a ${servers} servidores`,
  stickyLost: ({ of, servers }) =>
    `${of} conexões de um cliente chegaram a ${servers} servidores; um cliente que se reconecta encontra outro`,
  stickyUnknown: () => 'não se sabe: não veio um tick que diga o nome do servidor',
};
