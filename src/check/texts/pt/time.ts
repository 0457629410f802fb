// The sentences about idle limits, lifetimes and the drain rehearsal, in Portuguese.
import type { time as en } from '../en/time.js';

export const time: typeof en = {
  idleNone: ({ s }) => `uma conexão pode ficar em silêncio por pelo menos ${s} s`,
  idleSpoke: ({ every, s }) =>
    `não se sabe: o próprio servidor fala em até ${every} s, o que mantém as conexões e esconde um limite maior; nada foi cortado em ${s} s`,
  idleHidden: () => 'não se sabe: as conexões foram cortadas por outra razão, veja time.life',
  idleKept: ({ s, ping }) =>
    `uma conexão em silêncio é cortada após ${s} s, pelo servidor ou por algo no caminho; pings a cada ${ping} s a mantêm`,
  idleTight: ({ s, ping }) =>
    `uma conexão em silêncio é cortada após ${s} s, pelo servidor ou por algo no caminho; pings a cada ${ping} s a mantêm por pouca margem`,
  idleSlowPing: ({ s, ping }) =>
    `uma conexão em silêncio é cortada após ${s} s, pelo servidor ou por algo no caminho; pings a cada ${ping} s vêm tarde demais`,
  idleUnkept: ({ s }) => `uma conexão sem mensagens é cortada após ${s} s, pelo servidor ou por algo no caminho`,
  pingStays: ({ s }) => `uma conexão com pings fica aberta por pelo menos ${s} s`,
  pingKeeps: ({ s }) => `pings mantêm uma conexão além do limite de inatividade de ${s} s`,
  pingIgnored: ({ s }) =>
    `pings não mantêm uma conexão: ela é cortada após ${s} s sem mensagem, e a aplicação deve enviar mensagens próprias`,
  lifeNone: ({ s }) => `uma conexão em uso fica aberta por pelo menos ${s} s`,
  lifeLimit: ({ s }) => `toda conexão é cortada com ${s} s de idade, seja o que for enviado nela`,
  lifeEarly: ({ s }) => `toda conexão é cortada após ${s} s`,
  lifeExpects: ({ s, code }) =>
    `não se sabe: o servidor fecha toda conexão após ${s} s com o código ${code}; ele espera dos clientes algo que não foi enviado`,
  lifeReload: ({ s }) =>
    `todas as conexões foram cortadas num só momento, ${s} s após o início: o servidor ou um proxy foi reiniciado ou recarregado`,
  lifeShort: ({ s }) =>
    `não se sabe: conexões foram cortadas após ${s} s, e a observação foi curta demais para dizer por quê (veja --idle-max)`,
  lifeOdd: ({ cut, of, s }) => `${cut} de ${of} conexões foram cortadas, a primeira após ${s} s, sem padrão visível`,
  drained: ({ clients, s }) => `todos os ${clients} clientes voltaram em ${s} s`,
  drainLost: ({ missing, clients }) => `${missing} de ${clients} clientes não voltaram em 60 s`,
  drainAbrupt: ({ cut, clients, s }) =>
    `todos os ${clients} clientes voltaram em ${s} s, mas ${cut} foram cortados sem quadro Close (1006)`,
  drainBunched: ({ peak, clients, s }) =>
    `todos os ${clients} clientes voltaram em ${s} s, mas ${peak} deles num só segundo`,
  drainUncut: ({ clients }) => `não se sabe: nenhuma de ${clients} conexões foi cortada, e nada foi ensaiado`,
  drainCommandFailed: ({ status }) =>
    `não se sabe: o comando terminou com status ${status}, e nenhuma conexão foi cortada`,
  columnSecond: () => 'segundo',
  columnCuts: () => 'cortes',
  columnReturns: () => 'voltas',
  columnRefusals: () => 'recusas',
};
