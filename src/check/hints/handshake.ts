// The settings that mend what the net, TLS, handshake and route checks find.
import type { Setting } from './setting.js';
import { tlsHints } from './tls.js';
import { upgradeHints } from './upgrade.js';

const NGINX_PROXY = 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html';
const INGRESS = 'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/';
const HAPROXY = 'https://docs.haproxy.org/2.6/configuration.html';
const APACHE = 'https://httpd.apache.org/docs/2.4/mod/mod_proxy.html';
const CADDY = 'https://caddyserver.com/docs/caddyfile/directives/reverse_proxy';
const TRAEFIK = 'https://doc.traefik.io/traefik';

export const handshake = {
  ...tlsHints,
  ...upgradeHints,
  /** Pass Host and the origin's address on, or allow the origin. */
  origin: [
    {
      product: 'nginx',
      setting: 'proxy_set_header Host $host (with the port: $http_host)',
      source: `${NGINX_PROXY}#proxy_set_header`,
    },
    { product: 'Apache httpd', setting: 'ProxyPreserveHost On', source: `${APACHE}#proxypreservehost` },
    {
      product: 'wsdemo',
      setting: 'serve --allow-origin ORIGIN, or --trust-proxy ADDRESS for X-Forwarded-Host',
      source: 'https://www.rfc-editor.org/rfc/rfc6455#section-10.2',
    },
    {
      product: 'Rails (Action Cable)',
      setting: 'config.action_cable.allowed_request_origins',
      source: 'https://guides.rubyonrails.org/action_cable_overview.html#allowed-request-origins',
    },
    {
      product: 'Django Channels',
      setting: 'AllowedHostsOriginValidator',
      source: 'https://channels.readthedocs.io/en/stable/topics/security.html',
    },
  ],
  /** Compare the Origin, or trust no cookies. */
  foreign: [
    {
      product: 'ws (Node)',
      setting: 'verifyClient, or check request.headers.origin on upgrade',
      source: 'https://github.com/websockets/ws/blob/master/doc/ws.md#new-websocketserveroptions-callback',
    },
    {
      product: 'websockets (Python)',
      setting: 'origins',
      source: 'https://websockets.readthedocs.io/en/stable/reference/asyncio/server.html',
    },
    {
      product: 'cookies',
      setting: 'SameSite=Lax or Strict',
      source: 'https://www.rfc-editor.org/rfc/rfc6455#section-10.2',
    },
  ],
  /** Pass Sec-WebSocket-Protocol on. */
  subprotocol: [
    {
      product: 'CloudFront',
      setting: 'an origin request policy that forwards Sec-WebSocket-Protocol',
      source:
        'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-working-with.websockets.html',
    },
    {
      product: 'Caddy',
      setting: 'none: early versions removed it; upgrade',
      source: 'https://github.com/caddyserver/caddy/issues/1170',
    },
    {
      product: 'ws (Node)',
      setting: 'handleProtocols',
      source: 'https://github.com/websockets/ws/blob/master/doc/ws.md#new-websocketserveroptions-callback',
    },
  ],
  /** Speak HTTP/1.1 with the server behind. */
  http10: [{ product: 'nginx', setting: 'proxy_http_version 1.1', source: `${NGINX_PROXY}#proxy_http_version` }],
  /** Pass the client's Host on. */
  host: [
    { product: 'nginx', setting: 'proxy_set_header Host $http_host', source: `${NGINX_PROXY}#proxy_set_header` },
    { product: 'Apache httpd', setting: 'ProxyPreserveHost On', source: `${APACHE}#proxypreservehost` },
    {
      product: 'Caddy',
      setting: 'header_up Host {hostport} (it passes Host on unless told otherwise)',
      source: `${CADDY}#defaults`,
    },
    {
      product: 'Traefik',
      setting: 'loadBalancer.passHostHeader: true (the default)',
      source: `${TRAEFIK}/routing/services/#pass-host-header`,
    },
    {
      product: 'wsdemo',
      setting: 'serve --trust-proxy ADDRESS (reads X-Forwarded-Host)',
      source: 'https://www.rfc-editor.org/rfc/rfc9110#section-7.2',
    },
  ],
  /** Pass the client's address and scheme on. */
  forwarded: [
    {
      product: 'nginx',
      setting:
        'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme',
      source: `${NGINX_PROXY}#var_proxy_add_x_forwarded_for`,
    },
    {
      product: 'ingress-nginx',
      setting: 'use-forwarded-headers: "true" (behind another proxy)',
      source:
        'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/#use-forwarded-headers',
    },
    {
      product: 'haproxy',
      setting: 'option forwardfor; http-request set-header X-Forwarded-Proto https if { ssl_fc }',
      source: `${HAPROXY}#4-option%20forwardfor`,
    },
    {
      product: 'Apache httpd',
      setting: 'RequestHeader set X-Forwarded-Proto "https"',
      source: 'https://httpd.apache.org/docs/2.4/mod/mod_headers.html#requestheader',
    },
  ],
  /** Pass the query on. */
  query: [
    {
      product: 'nginx',
      setting: 'proxy_pass without a variable, or with $request_uri',
      source: `${NGINX_PROXY}#proxy_pass`,
    },
    {
      product: 'CloudFront',
      setting: 'an origin request policy that forwards query strings',
      source: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html',
    },
  ],
  /** Bring a client back to its server. */
  sticky: [
    {
      product: 'nginx',
      setting: 'ip_hash, or hash $cookie_… consistent',
      source: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#ip_hash',
    },
    {
      product: 'ingress-nginx',
      setting: 'nginx.ingress.kubernetes.io/affinity: "cookie"',
      source: `${INGRESS}#session-affinity`,
    },
    { product: 'haproxy', setting: 'cookie NAME insert, or balance source', source: `${HAPROXY}#4-cookie` },
    { product: 'Caddy', setting: 'lb_policy cookie, or ip_hash', source: `${CADDY}#load-balancing` },
    {
      product: 'Envoy',
      setting: 'hash_policy with a ring_hash cluster',
      source: 'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/load_balancers',
    },
    {
      product: 'Traefik',
      setting: 'loadBalancer.sticky.cookie',
      source: `${TRAEFIK}/routing/services/#sticky-sessions`,
    },
    {
      product: 'AWS ALB',
      setting: 'stickiness.enabled',
      source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html',
    },
    {
      product: 'Heroku',
      setting: 'heroku features:enable http-session-affinity',
      source: 'https://devcenter.heroku.com/articles/session-affinity',
    },
  ],
} satisfies Record<string, readonly Setting[]>;
