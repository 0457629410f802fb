// The settings that mend what the time checks find.
import type { Setting } from './setting.js';

const HAPROXY = 'https://docs.haproxy.org/2.6/configuration.html';
const APACHE = 'https://httpd.apache.org/docs/2.4/mod/mod_proxy.html';
const ENVOY = 'https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts';
const CADDY = 'https://caddyserver.com/docs/caddyfile/directives/reverse_proxy#streaming';
const FRONT_DOOR = 'https://learn.microsoft.com/azure/frontdoor/standard-premium/websocket';
const GOOGLE = 'https://cloud.google.com/load-balancing/docs/https#timeouts_and_retries';

export const time = {
  /** Raise the idle limit, or ping more often. */
  idle: [
    {
      product: 'nginx',
      setting: 'proxy_read_timeout 3600s; proxy_send_timeout 3600s',
      source: 'https://nginx.org/en/docs/http/websocket.html',
    },
    {
      product: 'ingress-nginx',
      setting:
        'nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"; nginx.ingress.kubernetes.io/proxy-send-timeout: "3600"',
      source: 'https://kubernetes.github.io/ingress-nginx/user-guide/miscellaneous/#websockets',
    },
    { product: 'haproxy', setting: 'timeout tunnel 1h', source: `${HAPROXY}#4-timeout%20tunnel` },
    { product: 'Envoy', setting: 'stream_idle_timeout, or idle_timeout of the route', source: ENVOY },
    {
      product: 'Apache httpd',
      setting: 'ProxyTimeout 3600 (the longer of Timeout and ProxyTimeout holds)',
      source: `${APACHE}#proxytimeout`,
    },
    {
      product: 'lighttpd',
      setting: 'server.max-read-idle = 3600',
      source: 'https://redmine.lighttpd.net/projects/lighttpd/wiki/Docs_ConfigurationOptions',
    },
    {
      product: 'AWS ALB',
      setting: 'idle_timeout.timeout_seconds (1 to 4000)',
      source:
        'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#connection-idle-timeout',
    },
    {
      product: 'AWS NLB',
      setting: 'tcp.idle_timeout.seconds',
      source:
        'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#connection-idle-timeout',
    },
    { product: 'Azure Front Door', setting: 'no setting (5 minutes): ping more often', source: FRONT_DOOR },
    {
      product: 'Cloudflare',
      setting: 'no setting: ping more often',
      source: 'https://developers.cloudflare.com/network/websockets/',
    },
    {
      product: 'Heroku',
      setting: 'no setting (55 s): ping more often',
      source: 'https://devcenter.heroku.com/articles/http-routing#timeouts',
    },
    {
      product: 'wsdemo',
      setting: 'serve --ping SECONDS',
      source: 'https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2',
    },
  ],
  /** Raise the lifetime, or reconnect before it is over. */
  lifetime: [
    { product: 'Google Cloud load balancer', setting: 'timeoutSec of the backend service', source: GOOGLE },
    {
      product: 'Google Kubernetes Engine',
      setting: 'timeoutSec of a BackendConfig',
      source: 'https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration#timeout',
    },
    { product: 'Envoy', setting: 'timeout: 0s of the route; max_stream_duration', source: ENVOY },
    { product: 'Caddy', setting: 'stream_timeout', source: CADDY },
    { product: 'Azure Front Door', setting: 'no setting (4 hours): reconnect', source: FRONT_DOOR },
  ],
  /** Let connections outlive a reload, and spread the returns. */
  reload: [
    {
      product: 'nginx',
      setting: 'worker_shutdown_timeout (unset: old workers keep their connections)',
      source: 'https://nginx.org/en/docs/ngx_core_module.html#worker_shutdown_timeout',
    },
    {
      product: 'ingress-nginx',
      setting: 'worker-shutdown-timeout',
      source:
        'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/#worker-shutdown-timeout',
    },
    { product: 'haproxy', setting: 'hard-stop-after', source: `${HAPROXY}#3.1-hard-stop-after` },
    { product: 'Caddy', setting: 'stream_close_delay 5m', source: CADDY },
  ],
  /** Close with 1001 or 1012 before the process ends, over some seconds. */
  drain: [
    {
      product: 'wsdemo',
      setting: 'serve --drain SECONDS',
      source: 'https://www.iana.org/assignments/websocket/websocket.xml#close-code-number',
    },
    {
      product: 'Kubernetes',
      setting: 'terminationGracePeriodSeconds, longer than the drain',
      source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
    },
    { product: 'Caddy', setting: 'stream_close_delay 5m', source: CADDY },
  ],
} satisfies Record<string, readonly Setting[]>;
