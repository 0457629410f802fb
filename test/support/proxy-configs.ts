// ProxyConfigs: configurations of real proxies, as their users write them, with the settings that a test varies.
import type { Place } from './real-proxy.js';

/** nginx with these settings in its http block. */
export function nginxAround({ dir }: Place, http: string, connections = 256): string {
  return `
daemon off;
pid ${dir}/pid;
worker_processes 1;
worker_rlimit_nofile ${2 * connections};
events { worker_connections ${connections}; }
http {
  access_log off;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
${http}
}
`;
}

export function nginx(place: Place, settings: string): string {
  const location = `location / { proxy_pass http://127.0.0.1:${place.to}; ${settings} }`;
  return nginxAround(place, `server { listen 127.0.0.1:${place.port}; ${location} }`);
}

/** What https://nginx.org/en/docs/http/websocket.html asks for. */
export const NGINX_UPGRADE =
  'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';

/** What lets the server know the client's own address, and the Host that a browser compares with its page. */
export const NGINX_FORWARDED =
  'proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;';

export function haproxy({ port, to }: Place, timeouts: string): string {
  return `
global
  maxconn 256
defaults
  mode http
  timeout connect 5s
  ${timeouts}
frontend front
  bind 127.0.0.1:${port}
  default_backend back
backend back
  server one 127.0.0.1:${to}
`;
}

export function caddy({ port, to, admin }: Place, settings = ''): string {
  return `
{
  admin 127.0.0.1:${admin}
  auto_https off
}
http://127.0.0.1:${port} {
  reverse_proxy 127.0.0.1:${to} {
    ${settings}
  }
}
`;
}

/** Apache with these modules besides those that it can't do without, and its settings. */
export function apacheAround({ dir }: Place, modules: readonly string[], settings: string): string {
  const loaded = ['mpm_event', 'authz_core', ...modules].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  return `
ServerRoot ${dir}
ServerName 127.0.0.1
DefaultRuntimeDir ${dir}
PidFile ${dir}/pid
ErrorLog ${dir}/error.log
${loaded.join('\n')}
User nobody
Group nogroup
${settings}
`;
}

export function apache(place: Place, parameters: string, settings = ''): string {
  const { port, to } = place;
  const pass = `Listen 127.0.0.1:${port}\n${settings}\nProxyPass / http://127.0.0.1:${to}/ ${parameters}`;
  return apacheAround(place, ['proxy', 'proxy_http'], pass);
}

/** lighttpd with these settings. */
export function lighttpdAround({ port, dir }: Place, settings: string): string {
  return `
server.modules = ()
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${dir}"
server.errorlog = "${dir}/error.log"
${settings}
`;
}

export function lighttpd(place: Place, settings = ''): string {
  const to = `proxy.server = ( "" => ( ( "host" => "127.0.0.1", "port" => ${place.to} ) ) )`;
  return lighttpdAround(place, `server.modules += ( "mod_proxy" )\n${to}\n${settings}`);
}
