#!/usr/bin/env bash
# Installs the packed package into an empty folder under one version of Node, and uses it as a user would.
# usage: test/package-smoke.sh NODE_MAJOR TARBALL
set -euo pipefail
major=$1 tarball=$(realpath "$2")
folder=$(mktemp -d)
server=
cleanup() {
  if [ -n "$server" ]; then kill -9 "$server" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap cleanup EXIT
cd "$folder"

if [ "$(node -p 'process.versions.node.split(".")[0]')" != "$major" ]; then
  npm install --silent --no-save --prefix node "node@$major"
  PATH="$folder/node/node_modules/node/bin:$PATH"
fi
node -v

mkdir app && cd app
echo '{}' > package.json
npm install --silent "$tarball"
npx wsdemo --version

# Not by npx, which would stand between the server and our signal.
node_modules/.bin/wsdemo serve --port 0 --log-format json > serve.log 2>&1 &
server=$!
for _ in $(seq 100); do grep -q '"listening"' serve.log && break; sleep 0.1; done
url=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' serve.log | head -1)
[ -n "$url" ] || { cat serve.log; exit 1; }
socket="${url/http/ws}ws"

node -e "
  const expect = (what, ok) => { if (!ok) { console.error('not so: ' + what); process.exitCode = 1; } };
  const [health, page] = await Promise.all([fetch('${url}health'), fetch('${url}')]);
  expect('healthy', (await health.json()).status === 'pass');
  expect('a page', (await page.text()).includes('<title>'));
" --input-type=module
# The native parts are there, and load: without them all works, but slower, and the database's lock goes by its name.
node -e "for (const name of ['send', 'lock'])
  process.dlopen({ exports: {} }, process.cwd() + '/node_modules/wsdemo/dist/' + name + '.' + process.platform + '-' + process.arch + '.node')"
# Both entries of the library, from both kinds of modules.
cat > library.mjs <<'END'
import { createRequire } from 'node:module';
import * as client from 'wsdemo/client';
import * as server from 'wsdemo/server';
const require = createRequire(import.meta.url);
for (const { serve, connect } of [{ ...server, ...client }, { ...require('wsdemo/server'), ...require('wsdemo/client') }]) {
  const served = await serve();
  const connected = connect(served.wsUrl);
  if ((await connected.fibonacci(90)) !== 2880067194370816120n) process.exitCode = 1;
  await connected.close();
  await served.close();
}
END
node library.mjs
answer=$(echo 90 | npx wsdemo connect "$socket")
[ "$answer" = 2880067194370816120 ] || { echo "connect answered: $answer"; exit 1; }
[ -f wsdemo.db ]
npx wsdemo check "$socket" --quick --strict

kill -TERM "$server"
wait "$server"
server=
echo "wsdemo works on Node $major"
