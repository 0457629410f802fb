// Evidence: which products the answer to a handshake gives away.
import { headerOf, type ResponseHead } from './net/response-head.js';

/** What gives a product away in the answer to a handshake: a header, and what its value looks like. */
const EVIDENCE: readonly { product: RegExp; header: string; value: RegExp }[] = [
  { product: /nginx/, header: 'server', value: /nginx|openresty/i },
  { product: /^Apache/, header: 'server', value: /apache/i },
  { product: /^Envoy/, header: 'server', value: /envoy/i },
  { product: /^Envoy/, header: 'x-envoy-upstream-service-time', value: /./ },
  { product: /^Caddy/, header: 'server', value: /caddy/i },
  { product: /^Caddy/, header: 'via', value: /caddy/i },
  { product: /^lighttpd/, header: 'server', value: /lighttpd/i },
  { product: /^YARP/, header: 'server', value: /kestrel/i },
  { product: /^Cloudflare/, header: 'server', value: /cloudflare/i },
  { product: /^Cloudflare/, header: 'cf-ray', value: /./ },
  { product: /^CloudFront/, header: 'x-amz-cf-id', value: /./ },
  { product: /^CloudFront/, header: 'via', value: /cloudfront/i },
  { product: /^AWS ALB/, header: 'server', value: /awselb/i },
  { product: /^AWS ALB/, header: 'set-cookie', value: /^AWSALB/ },
  { product: /^AWS API/, header: 'x-amz-apigw-id', value: /./ },
  { product: /^Azure/, header: 'x-azure-ref', value: /./ },
  { product: /^Google/, header: 'via', value: /\bgoogle\b/i },
  { product: /^Heroku/, header: 'via', value: /heroku|vegur/i },
  { product: /^Heroku/, header: 'server', value: /heroku|cowboy/i },
  { product: /^Varnish/, header: 'via', value: /varnish/i },
];

/** Whether the answer shows that a product is on the way, or is the server. */
export function isSeen(product: string, answer: ResponseHead): boolean {
  return EVIDENCE.some((sign) => sign.product.test(product) && sign.value.test(headerOf(answer, sign.header)));
}
