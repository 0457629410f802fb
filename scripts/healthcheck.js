// Healthcheck: what the container's engine runs inside it now and then. Ends with 0 when the server in the same
// environment answers /health with 200 (pass or warn), with 1 otherwise. Says what it saw, for `docker inspect`.
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';

const { WSDEMO_HOST: listening, WSDEMO_PORT, WSDEMO_BASE_PATH, WSDEMO_TLS_CERT } = process.env;
// All addresses are none to call; the loopback one is among them.
const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[listening] ?? (listening || '127.0.0.1');
const port = WSDEMO_PORT || 8000;
const prefix = (WSDEMO_BASE_PATH ?? '').replace(/^\/+|\/+$/g, '');
const path = prefix === '' ? '/health' : `/${prefix}/health`;

const get = WSDEMO_TLS_CERT ? getSecure : getPlain;
// The certificate is made for another name than loopback's, and who is asked is no stranger.
const rejectUnauthorized = false;

// Not fetch(), which refuses some ports that a server may well have, such as 6000.
const request = get({ host, port, path, timeout: 4000, rejectUnauthorized }, (response) => {
  process.exitCode = response.statusCode === 200 ? 0 : 1;
  response.pipe(process.stdout);
});
request.on('timeout', () => request.destroy(new Error('no answer within 4 s')));
request.on('error', (error) => {
  console.error(`${host}:${port}${path}: ${error.message}`);
  process.exitCode = 1;
});
