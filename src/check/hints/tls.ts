// The settings that mend what the TLS checks find.
import type { Setting } from './setting.js';

const HAPROXY = 'https://docs.haproxy.org/2.6/configuration.html';
const TRAEFIK = 'https://doc.traefik.io/traefik';

export const tlsHints = {
  /** Renew the certificate, and see why that did not happen by itself. */
  renewal: [
    {
      product: 'certbot',
      setting: 'certbot renew',
      source: 'https://eff-certbot.readthedocs.io/en/stable/using.html#renewing-certificates',
    },
    {
      product: 'Caddy',
      setting: 'no setting: it renews by itself while it can reach the authority',
      source: 'https://caddyserver.com/docs/automatic-https',
    },
    { product: 'cert-manager', setting: 'renewBefore', source: 'https://cert-manager.io/docs/usage/certificate/' },
  ],
  /** Send the intermediate certificates behind the server's own. */
  chain: [
    {
      product: 'nginx',
      setting: 'ssl_certificate fullchain.pem',
      source: 'https://nginx.org/en/docs/http/configuring_https_servers.html#chains',
    },
    {
      product: 'haproxy',
      setting: 'crt FILE (certificate, intermediates and key in one file)',
      source: `${HAPROXY}#5.1-crt`,
    },
    {
      product: 'Apache httpd',
      setting: 'SSLCertificateFile fullchain.pem',
      source: 'https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#sslcertificatefile',
    },
    {
      product: 'wsdemo',
      setting: 'serve --tls-cert fullchain.pem',
      source: 'https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2',
    },
  ],
  /** Let the TLS handshake agree on http/1.1. */
  alpn: [
    { product: 'haproxy', setting: 'alpn h2,http/1.1 on the bind line', source: `${HAPROXY}#5.1-alpn` },
    {
      product: 'Envoy',
      setting: 'alpn_protocols: ["h2", "http/1.1"]',
      source: 'https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/common.proto',
    },
    {
      product: 'Traefik',
      setting: 'tls.options.default.alpnProtocols: ["h2", "http/1.1"]',
      source: `${TRAEFIK}/https/tls/#alpn-protocols`,
    },
  ],
  /** Serve WebSockets over h2, or don't announce them. */
  extendedConnect: [
    {
      product: 'haproxy',
      setting: 'h2-workaround-bogus-websocket-clients in global (announces none), or proto h1 on the server line',
      source: 'https://github.com/haproxy/haproxy/issues/1944',
    },
    {
      product: 'Envoy',
      setting: 'http2_protocol_options: { allow_connect: true } with upgrade_configs',
      source: 'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/upgrades',
    },
  ],
} satisfies Record<string, readonly Setting[]>;
