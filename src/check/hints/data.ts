// The settings that mend what the data and close checks find. Few proxies look into WebSocket frames, so most of these
// name what does.
import type { Setting } from './setting.js';

export const data = {
  /** Raise the message limit, or send smaller messages. */
  messageLimit: [
    {
      product: 'ws (Node)',
      setting: 'maxPayload',
      source: 'https://github.com/websockets/ws/blob/master/doc/ws.md#new-websocketserveroptions-callback',
    },
    {
      product: 'websockets (Python)',
      setting: 'max_size',
      source: 'https://websockets.readthedocs.io/en/stable/reference/asyncio/server.html',
    },
    {
      product: 'AWS API Gateway',
      setting: 'none (frame 32 KB, message 128 KB)',
      source:
        'https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html',
    },
    {
      product: 'wsdemo',
      setting: 'serve --max-echo BYTES, --max-message BYTES',
      source: 'https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1',
    },
  ],
  /** Pass an upgraded connection on as it comes. */
  buffering: [
    {
      product: 'nginx',
      setting:
        'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade" (an upgraded connection is never buffered)',
      source: 'https://nginx.org/en/docs/http/websocket.html',
    },
    {
      product: 'haproxy',
      setting: 'option http-no-delay',
      source: 'https://docs.haproxy.org/2.6/configuration.html#4-option%20http-no-delay',
    },
  ],
  /** Pass Sec-WebSocket-Extensions on in both directions. */
  stripped: [
    {
      product: 'CloudFront',
      setting: 'an origin request policy that forwards Sec-WebSocket-Extensions',
      source:
        'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-working-with.websockets.html',
    },
  ],
  /** Something on the way speaks WebSocket itself. */
  pongEarly: [
    {
      product: 'Traefik',
      setting: 'none: versions of 2018 answered pings themselves; upgrade',
      source: 'https://github.com/traefik/traefik/issues/3683',
    },
  ],
  /** The server, or something on the way, leaves pings without an answer (RFC 6455, 5.5.3 asks for one). */
  pongMissing: [
    {
      product: 'Spring Cloud Gateway',
      setting: 'none: early versions lost pings; upgrade',
      source: 'https://github.com/spring-cloud/spring-cloud-gateway/issues/729',
    },
  ],
  pingsLost: [
    {
      product: 'Spring Cloud Gateway',
      setting: 'none: early versions lost pings; upgrade',
      source: 'https://github.com/spring-cloud/spring-cloud-gateway/issues/729',
    },
  ],
  /** Send a Close frame, and read on until the answer. */
  halfClose: [
    {
      product: 'nginx',
      setting: 'none: it ends both directions at a FIN; clients send a Close frame instead',
      source: 'https://nginx.org/en/docs/http/websocket.html',
    },
    {
      product: 'Caddy',
      setting: 'none: it ends both directions at a FIN; clients send a Close frame instead',
      source: 'https://caddyserver.com/docs/caddyfile/directives/reverse_proxy#streaming',
    },
  ],
  closeRewritten: [
    {
      product: 'Spring Cloud Gateway',
      setting: 'none: early versions turned the code into 1005; upgrade',
      source: 'https://github.com/spring-cloud/spring-cloud-gateway/issues/1391',
    },
    {
      product: 'Traefik',
      setting: 'none: early versions put 1006 on the wire; upgrade',
      source: 'https://github.com/vulcand/oxy/issues/133',
    },
  ],
} satisfies Record<string, readonly Setting[]>;
