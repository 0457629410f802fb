// The sentences that any check may say, in Portuguese.
import type { common as en } from '../en/common.js';

export const common: typeof en = {
  needs: ({ id }) => `não testado, porque ${id} falhou`,
  kindE: () => 'não se sabe: este servidor não faz eco, e nada mostra se as mensagens chegam inalteradas',
  kindW: () => 'não se sabe: só um servidor wsdemo pode mostrar isto',
  kindL: () => 'não se sabe: só `wsdemo serve --lab` pode mostrar isto',
  timedOut: ({ s }) => `não se sabe: nenhum resultado em ${s} s`,
  lost: ({ why }) => `a conexão falhou: ${why}`,
  refusedNow: ({ status }) => `o handshake funcionou antes e agora recebeu HTTP ${status}`,
};
