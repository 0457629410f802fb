// The settings that mend a handshake that gets another answer than 101.
import type { Setting } from './setting.js';

const FRONT_DOOR = 'https://learn.microsoft.com/azure/frontdoor/standard-premium/websocket';
const CLOUDFRONT =
  'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-working-with.websockets.html';
const NGINX = 'https://nginx.org/en/docs/http/websocket.html';

export const upgradeHints = {
  /** Pass Upgrade and Connection on; they go from hop to hop, so a proxy must be told. */
  upgradePassed: [
    {
      product: 'nginx',
      setting: 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"',
      source: NGINX,
    },
    {
      product: 'Apache httpd',
      setting: 'ProxyPass /ws http://SERVER/ws upgrade=websocket (2.4.47 or later)',
      source: 'https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#protoupgrade',
    },
    {
      product: 'lighttpd',
      setting: 'proxy.header = ( "upgrade" => "enable" ) (1.4.46 or later)',
      source: 'https://redmine.lighttpd.net/projects/lighttpd/wiki/Docs_ModProxy',
    },
    {
      product: 'Envoy',
      setting: 'upgrade_configs: [{ upgrade_type: websocket }]',
      source: 'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/upgrades',
    },
    {
      product: 'haproxy',
      setting: "no setting: it passes them on; don't remove them with http-request del-header",
      source: 'https://docs.haproxy.org/2.6/configuration.html#4-timeout%20tunnel',
    },
    { product: 'Azure Front Door', setting: 'caching off on the route', source: FRONT_DOOR },
    {
      product: 'Azure App Service',
      setting: 'webSocketsEnabled',
      source: 'https://learn.microsoft.com/azure/app-service/configure-common',
    },
    {
      product: 'Cloudflare',
      setting: 'Network, WebSockets: on',
      source: 'https://developers.cloudflare.com/network/websockets/',
    },
    {
      product: 'CloudFront',
      setting: 'an origin request policy that forwards Sec-WebSocket-Key and -Version',
      source: CLOUDFRONT,
    },
  ],
  /** Give the address that the redirect names, or end it for this path. */
  moved: [
    {
      product: 'the address',
      setting: 'wss:// in the place of ws://, and the slash at its end',
      source: 'https://www.rfc-editor.org/rfc/rfc6455#section-4.1',
    },
    {
      product: 'ingress-nginx',
      setting: 'nginx.ingress.kubernetes.io/ssl-redirect: "false"',
      source:
        'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#server-side-https-enforcement-through-redirect',
    },
  ],
  /** Send what the server asks for. */
  credentials: [
    {
      product: 'wsdemo',
      setting: 'check --token SECRET, or --header "Name: value"',
      source: 'https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2',
    },
  ],
  /** Make the path that arrives the one that the server listens on. */
  prefix: [
    {
      product: 'nginx',
      setting: 'proxy_pass http://SERVER (keeps the path), or http://SERVER/ (removes the location)',
      source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass',
    },
    {
      product: 'Traefik',
      setting: 'middlewares: stripPrefix',
      source: 'https://doc.traefik.io/traefik/middlewares/http/stripprefix/',
    },
    {
      product: 'Caddy',
      setting: 'handle_path (removes the prefix), or handle (keeps it)',
      source: 'https://caddyserver.com/docs/caddyfile/directives/handle_path',
    },
    {
      product: 'wsdemo',
      setting: 'serve --base-path PREFIX',
      source: 'https://www.rfc-editor.org/rfc/rfc9110#section-7.1',
    },
  ],
  /** Raise the limit of connections or requests, or wait. */
  tooMany: [
    {
      product: 'nginx',
      setting: 'limit_conn, limit_req',
      source: 'https://nginx.org/en/docs/http/ngx_http_limit_conn_module.html',
    },
    {
      product: 'wsdemo',
      setting: 'serve --max-connections-per-ip N, and --trust-proxy ADDRESS',
      source: 'https://www.rfc-editor.org/rfc/rfc6585#section-4',
    },
  ],
  /** See that the server runs, and that the proxy knows its address. */
  behind: [
    {
      product: 'nginx',
      setting: 'proxy_pass (address and port), proxy_connect_timeout',
      source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass',
    },
    {
      product: 'haproxy',
      setting: 'server NAME ADDRESS:PORT check',
      source: 'https://docs.haproxy.org/2.6/configuration.html#5.2-check',
    },
    {
      product: 'AWS ALB',
      setting: 'target group: port and health check',
      source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html',
    },
    {
      product: 'Kubernetes',
      setting: 'readinessProbe of the pods',
      source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
    },
  ],
  /** Pass the handshake on unchanged, and never from a cache. */
  accept: [
    { product: 'Azure Front Door', setting: 'caching off on the route', source: FRONT_DOOR },
    {
      product: 'nginx',
      setting: 'proxy_cache off',
      source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache',
    },
    {
      product: 'Varnish',
      setting: 'return (pipe) for requests with Upgrade',
      source: 'https://varnish-cache.org/docs/trunk/users-guide/vcl-example-websockets.html',
    },
    { product: 'CloudFront', setting: 'an origin request policy that forwards Sec-WebSocket-Key', source: CLOUDFRONT },
  ],
} satisfies Record<string, readonly Setting[]>;
