// NginxCluster: the configuration of an nginx that spreads clients over several servers.
import type { Place } from './real-proxy.js';

/** @param ports of the servers, on this machine */
export function nginxCluster({ port, dir }: Place, ports: readonly number[]): string {
  // nginx forgets the failure of a server only when a request there has ended, and tries one in each fail_timeout until then. A WebSocket
  // does not end, so after a restart a server would get one client in 10 s. With max_fails=0 it gets them all.
  const servers = ports.map((each) => `server 127.0.0.1:${each} max_fails=0;`).join(' ');
  return `
daemon off;
pid ${dir}/pid;
worker_processes 1;
worker_rlimit_nofile 20000;
events { worker_connections 10000; }
http {
  access_log off;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream wsdemo { least_conn; ${servers} }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://wsdemo;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_read_timeout 60s;
      proxy_next_upstream error timeout http_503;
    }
  }
}
`;
}
