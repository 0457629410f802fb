// Limits: the documented idle limits and lifetimes of well-known products, and which of them fits what was measured.
import { isSeen } from './evidence.js';
import type { ResponseHead } from './net/response-head.js';

export type LimitKind = 'idle' | 'lifetime';

export interface Limit {
  seconds: number;
  kind: LimitKind;
  product: string;
  /** The setting's exact name; undefined where there is none. */
  setting?: string;
  source: string;
}

/** Defaults alone: whoever has changed one knows its name. */
export const LIMITS: readonly Limit[] = [
  {
    seconds: 15,
    kind: 'lifetime',
    product: 'Envoy',
    setting: 'route timeout',
    source: 'https://github.com/envoyproxy/envoy/issues/20062',
  },
  {
    seconds: 30,
    kind: 'lifetime',
    product: 'Google Cloud load balancer',
    setting: 'timeoutSec',
    source: 'https://cloud.google.com/load-balancing/docs/https#timeouts_and_retries',
  },
  {
    seconds: 55,
    kind: 'idle',
    product: 'Heroku',
    source: 'https://devcenter.heroku.com/articles/http-routing#timeouts',
  },
  {
    seconds: 60,
    kind: 'idle',
    product: 'nginx',
    setting: 'proxy_read_timeout',
    source: 'https://nginx.org/en/docs/http/websocket.html',
  },
  {
    seconds: 60,
    kind: 'idle',
    product: 'ingress-nginx',
    setting: 'proxy-read-timeout',
    source: 'https://kubernetes.github.io/ingress-nginx/user-guide/miscellaneous/#websockets',
  },
  {
    seconds: 60,
    kind: 'idle',
    product: 'AWS ALB',
    setting: 'idle_timeout.timeout_seconds',
    source:
      'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#connection-idle-timeout',
  },
  {
    seconds: 60,
    kind: 'idle',
    product: 'Varnish',
    setting: 'pipe_timeout',
    source: 'https://varnish-cache.org/docs/trunk/reference/varnishd.html#pipe-timeout',
  },
  {
    seconds: 60,
    kind: 'idle',
    product: 'Apache httpd',
    setting: 'Timeout, ProxyTimeout',
    source: 'https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxytimeout',
  },
  {
    seconds: 60,
    kind: 'idle',
    product: 'lighttpd',
    setting: 'server.max-read-idle',
    source: 'https://redmine.lighttpd.net/projects/lighttpd/wiki/Docs_ConfigurationOptions',
  },
  {
    seconds: 100,
    kind: 'idle',
    product: 'YARP',
    setting: 'ActivityTimeout',
    source: 'https://learn.microsoft.com/aspnet/core/fundamentals/servers/yarp/timeouts',
  },
  {
    seconds: 100,
    kind: 'idle',
    product: 'Cloudflare',
    source: 'https://developers.cloudflare.com/network/websockets/',
  },
  {
    seconds: 300,
    kind: 'idle',
    product: 'Envoy',
    setting: 'stream_idle_timeout',
    source: 'https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts',
  },
  {
    seconds: 300,
    kind: 'idle',
    product: 'Azure Front Door',
    source: 'https://learn.microsoft.com/azure/frontdoor/standard-premium/websocket',
  },
  {
    seconds: 350,
    kind: 'idle',
    product: 'AWS NLB',
    setting: 'tcp.idle_timeout.seconds',
    source:
      'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#connection-idle-timeout',
  },
  {
    seconds: 600,
    kind: 'idle',
    product: 'AWS API Gateway',
    source:
      'https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html',
  },
  {
    seconds: 600,
    kind: 'idle',
    product: 'CloudFront',
    source:
      'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-working-with.websockets.html',
  },
  {
    seconds: 3600,
    kind: 'idle',
    product: 'Envoy (TCP proxy)',
    setting: 'idle_timeout',
    source: 'https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts',
  },
  {
    seconds: 7200,
    kind: 'lifetime',
    product: 'AWS API Gateway',
    source:
      'https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html',
  },
  {
    seconds: 14_400,
    kind: 'lifetime',
    product: 'Azure Front Door',
    source: 'https://learn.microsoft.com/azure/frontdoor/standard-premium/websocket',
  },
];

/** How far a measurement may be off a documented limit, in milliseconds. */
const NEAR_MS = 2000;

/**
 * Names the products whose documented limit is within 2 s of what was measured, those first that the handshake's answer
 * gave away.
 *
 * @param ms for an idle limit the time since the last byte in either direction, since each byte starts such a limit again;
 *   for a lifetime the age
 */
export function likelyProducts(kind: LimitKind, ms: number, answer: ResponseHead | undefined): string[] {
  const near = LIMITS.filter((limit) => limit.kind === kind && Math.abs(limit.seconds * 1000 - ms) <= NEAR_MS);
  const isShown = ({ product }: Limit) => answer !== undefined && isSeen(product, answer);
  const named = ({ product, setting }: Limit) => (setting ? `${product} (${setting})` : product);
  return [...near.filter(isShown), ...near.filter((limit) => !isShown(limit))].map(named);
}
