// ProxyConfigs: configurations of real proxies, as their users write them, with the settings that a test varies.
import type { Place } from './real-proxy.js';

export function nginx({ port, to, dir }: Place, settings: string): string {
  return `
daemon off;
pid ${dir}/pid;
worker_processes 1;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${to};
      ${settings}
    }
  }
}
`;
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

export function apache({ port, to, dir }: Place, parameters: string, settings = ''): string {
  const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_http'].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  return `
ServerRoot ${dir}
ServerName 127.0.0.1
DefaultRuntimeDir ${dir}
PidFile ${dir}/pid
ErrorLog ${dir}/error.log
Listen 127.0.0.1:${port}
${modules.join('\n')}
User nobody
Group nogroup
${settings}
ProxyPass / http://127.0.0.1:${to}/ ${parameters}
`;
}
