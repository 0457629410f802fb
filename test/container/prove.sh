#!/usr/bin/env bash
# Builds the image of the Dockerfile and runs it as an engine would, on a Debian machine with root, Node and npm, but
# with neither Docker nor an image registry: the base image is made of Debian's packages and npm's `node`.
# Installs what it needs from Debian. The repository's own packages must be installed. Ends with 1 when something doesn't hold.
set -uo pipefail
cd "$(dirname "$0")/../.."

missing() { for tool in mmdebstrap podman buildah runc docker-compose caddy; do command -v "$tool" > /dev/null || echo "$tool"; done; }
mapfile -t wanted < <(missing)
if [ "${#wanted[@]}" -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  echo "installing ${wanted[*]}"
  # Run level 1 keeps caddy's own service from being started.
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${wanted[@]}"; } > /dev/null
fi
mapfile -t wanted < <(missing)
if [ "${#wanted[@]}" -gt 0 ] || [ "$(id -u)" != 0 ]; then
  echo "FAILED  the image can't be proven without ${wanted[*]:-root}: run this as root on Debian, with its packages in reach"
  exit 1
fi

# Everything lives in one folder, the images and containers too: what the machine has of those is not seen or touched.
work=$(mktemp -d)
storage=(--root "$work/storage" --runroot "$work/run")
podman() { command podman "${storage[@]}" --tmpdir "$work/tmp" --cgroup-manager cgroupfs --runtime runc "$@"; }
buildah() { command buildah "${storage[@]}" "$@"; }
# Clients and the proxy.
children=()
caddy_root="$work/caddy/pki/authorities/local/root.crt"
cleanup() {
  for child in "${children[@]}"; do kill "$child" 2> /dev/null; done
  podman rm --all --force > /dev/null 2>&1
  # The storage mounts its own folder; from the innermost on.
  awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/mounts | tac | xargs -r umount
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

passed=0 failed=0
check() {
  local name=$1 before=$SECONDS took=; shift
  if "$@" > "$work/output" 2>&1; then
    [ $((SECONDS - before)) -lt 5 ] || took=" ($((SECONDS - before)) s)"
    passed=$((passed + 1)); echo "ok      $name$took"
  else
    failed=$((failed + 1)); echo "FAILED  $name"; sed 's/^/        /' "$work/output" | cut -c1-300 | tail -60
  fi
}
# What all that follows rests on.
need() {
  local before=$failed
  check "$@"
  [ "$failed" = "$before" ] || { echo 'the rest rests on that'; exit 1; }
}

# --- The bases, under the names that the Dockerfile calls them by --------------------------------------------------
bases=$(sed -n 's/^FROM \([^ ]*\).*/\1/p' Dockerfile | xargs)
[[ $bases =~ ^node:([0-9.]+)-([a-z]+)-slim\ (debian:[0-9.]+-slim)$ ]] ||
  { echo "FAILED  not two bases of the kind node:24.1.2-bookworm-slim and debian:12.1-slim: $bases"; exit 1; }
node_base=${bases% *} node_version=${BASH_REMATCH[1]} debian=${BASH_REMATCH[2]} debian_base=${BASH_REMATCH[3]}

make_bases() {
  local with_node
  # npm 11 is what comes with Node 24; the package `node` has none.
  npm install --silent --no-save --prefix "$work/node" "node@$node_version" npm@11 & local npm=$!
  mmdebstrap --quiet --variant=minbase --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "$debian" "$work/base.tar" || { kill "$npm"; return 1; }
  podman import "$work/base.tar" "docker.io/library/$debian_base" && wait "$npm" || return
  # The machine's authorities go along: without them npm trusts nothing where TLS is intercepted.
  with_node=$(buildah from --pull=never "docker.io/library/$debian_base") &&
    buildah copy --quiet "$with_node" "$work/node/node_modules/node/bin/node" /usr/local/bin/node &&
    buildah copy --quiet "$with_node" "$work/node/node_modules/npm" /usr/local/lib/node_modules/npm &&
    buildah copy --quiet "$with_node" /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt &&
    buildah run --isolation chroot "$with_node" ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm &&
    buildah config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$with_node" &&
    buildah commit --quiet --format docker --rm "$with_node" "docker.io/library/$node_base" || return
  rm -rf "$work/base.tar" "$work/node"
}
need "the bases $node_base and $debian_base are made" make_bases
version=$(node -p "require('./package.json').version")
need 'the image is built' buildah bud --isolation chroot --network host --pull=never --format docker --layers \
  --build-arg "VERSION=$version" --tag wsdemo .
podman history --no-trunc --format '{{.Size}}  {{.CreatedBy}}' wsdemo | awk '$1 != "0" { print "        " substr($0, 1, 100) }'
size() { echo $(($(podman image inspect --format '{{.Size}}' "$1") / 1000000)); }
echo "        $(size wsdemo) MB, of which Debian has $(size "$debian_base") MB"

# --- Helpers --------------------------------------------------------------------------------------------------------
free_port() { node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })"; }
port=$(free_port)
# The engine's own checks of health need systemd, and the limits that it asks for unless told are more than some machines
# grant; podman's writable folders of a read-only container are not Docker's.
any=(--network host --no-healthcheck --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 --read-only-tmpfs=false)
flags=("${any[@]}" --env "WSDEMO_PORT=$port" --volume data:/data)

start() { # start NAME [FLAG...]
  local name=$1; shift
  podman run --detach --name "$name" "${flags[@]}" "$@" wsdemo > /dev/null || return
  for _ in $(seq 100); do
    podman logs "$name" 2>&1 | grep -q '"listening"' && return
    sleep 0.1
  done
  podman logs "$name"; return 1
}
health() { # health [PREFIX]: the report
  node -e "fetch('http://127.0.0.1:$port$1/health').then(async (r) => { console.log(await r.text()); process.exitCode = r.ok ? 0 : 1; })"
}
healthy() { health "${1-}" | tee /dev/stderr | grep -q '"status":"pass"'; }
# A client that stays, and writes what it hears into a file.
client() { # client FILE [ADDRESS]
  node --input-type=module -e "
    import { appendFileSync, readFileSync } from 'node:fs';
    import { WebSocket } from 'ws';
    const note = (line) => appendFileSync('$1', line + '\n');
    const address = '${2-ws://127.0.0.1:$port/ws}';
    const ca = address.startsWith('wss') ? readFileSync('$caddy_root') : undefined;
    const socket = new WebSocket(address, { localAddress: '127.0.0.9', ca });
    socket.on('open', () => socket.send('{\"type\":\"fibonacci\",\"input\":10}'));
    socket.on('message', (data) => note(String(data)));
    socket.on('close', (code) => note('closed ' + code));
    socket.on('error', (error) => note('error ' + error.message));
  " &
  children+=($!)
}
heard() { # heard FILE TEXT: within 5 s
  for _ in $(seq 50); do grep -qs "$2" "$1" && return; sleep 0.1; done
  cat "$1"; return 1
}
id_in() { sed -n 's/.*"client_id":"\([^"]*\)".*/\1/p' "$1"; }
# The image's own better-sqlite3 reads, as the image's user: another user's could leave files that the server can't open.
rows_script="const rows = new (require('/app/node_modules/better-sqlite3'))('/data/wsdemo.db', { readonly: true })
  .prepare('SELECT client_id FROM connected_users').pluck().all(); console.log('rows:' + rows.join())"
rows_live() { podman exec "$1" node -e "$rows_script" | tee /dev/stderr | grep -qx "rows:$2"; }
rows_in_volume() { podman run --rm "${flags[@]}" --entrypoint node wsdemo -e "$rows_script" | tee /dev/stderr | grep -qx "rows:$1"; }
process_of() { podman inspect --format '{{.State.Pid}}' "$1"; }
# The image's HEALTHCHECK, as the engine runs it.
health_command() {
  podman image inspect wsdemo | node -e "
    const [kind, ...words] = JSON.parse(require('fs').readFileSync(0))[0].Healthcheck.Test;
    if (kind !== 'CMD') throw new Error(kind);
    console.log(words.join('\n'));
  "
}
healthcheck() { # healthcheck NAME: in that container
  mapfile -t words < <(health_command)
  podman exec "$1" "${words[@]}"
}
healthcheck_alone() { # in a container without a server
  mapfile -t words < <(health_command)
  podman run --rm "${flags[@]}" --entrypoint "${words[0]}" wsdemo "${words[@]:1}"
}
ends_with() { # ends_with CODE TEXT COMMAND...: a failure, and for that reason
  local code=$1 text=$2; shift 2
  "$@" > "$work/failure" 2>&1
  is "$?" "$code"; local so=$?
  cat "$work/failure"
  [ $so = 0 ] && grep -q "$text" "$work/failure"
}
stops_with_0() { # stops_with_0 NAME: docker stop's signal; more than 8 s would come near its 10 s
  local before=$SECONDS code
  podman stop --time 20 "$1" > /dev/null
  code=$(podman inspect --format '{{.State.ExitCode}}' "$1")
  echo "exit $code after $((SECONDS - before)) s"; podman logs --tail 5 "$1"
  [ "$code" = 0 ] && [ $((SECONDS - before)) -le 8 ]
}
connects() {
  local answer
  answer=$(echo 90 | podman run --rm --interactive "${any[@]}" wsdemo connect "ws://127.0.0.1:$port/ws")
  is "$answer" 2880067194370816120
}
not() { ! "$@"; }
is() { echo "$1, not $2"; [ "$1" = "$2" ]; }

# --- The image ------------------------------------------------------------------------------------------------------
config() { podman image inspect --format "{{$1}}" wsdemo; }
check 'no user of the image is root' is "$(config .Config.User)" 1000:1000
check 'port 8000 is exposed, /data is a volume' is "$(config .Config.ExposedPorts) $(config .Config.Volumes)" 'map[8000/tcp:{}] map[/data:{}]'
check 'the signal to stop is SIGTERM' is "$(config .Config.StopSignal)" SIGTERM
check 'no npm, no compiler, no curl, no cache of npm, no sources in it' podman run --rm "${any[@]}" --entrypoint sh --user 0 wsdemo -c \
  'for tool in npm npx yarn corepack gcc g++ make python3 curl; do ! command -v $tool || exit 1; done
   [ ! -e /usr/local/lib/node_modules ] && [ ! -e /root/.npm ] && [ ! -e /build ] && [ ! -e /app/node_modules/tsup ]'
check 'the native part is in it, and loads' podman run --rm "${any[@]}" --entrypoint sh wsdemo -c \
  'for part in /app/node_modules/wsdemo/dist/*.node; do node -e "process.dlopen({ exports: {} }, process.argv[1])" "$part" || exit 1; done'
check 'its --version is that of package.json' is \
  "$(podman run --rm "${any[@]}" wsdemo --version)" "$version"
label() { podman image inspect --format "{{index .Config.Labels \"org.opencontainers.image.$1\"}}" wsdemo; }
check 'its labels are those of package.json' is "$(label title) $(label version) $(label licenses): $(label description)" \
  "$(node -p "const p = require('./package.json'); p.name + ' ' + p.version + ' ' + p.license + ': ' + p.description")"

# --- A plain run ----------------------------------------------------------------------------------------------------
need 'starts, with nothing set but the port' start plain
check '/health passes' healthy
check 'the server is process 1, and not root' podman exec plain sh -c \
  'id && tr "\0" " " < /proc/1/cmdline && grep -q "^node" /proc/1/cmdline && [ "$(id -u)" = 1000 ]'
check 'nor is it root on the machine' is "$(awk '/^Uid:/ { print $2, $3 }' "/proc/$(process_of plain)/status")" '1000 1000'
check 'listens on all interfaces' grep -q " 00000000:$(printf %04X "$port") 00000000:0000 0A " /proc/net/tcp
client "$work/first"
check 'a client is welcomed' heard "$work/first" '"type":"welcome"'
check 'and answered' heard "$work/first" '"type":"fibonacci","input":10,"result":55'
check 'and hears the clock' heard "$work/first" '"type":"time"'
sleep 0.3 # the table is at most 100 ms late
check 'and is in the table' rows_live plain "$(id_in "$work/first")"
check 'HEALTHCHECK: 0 while it serves' healthcheck plain
check '`connect` of the same image gets an answer' connects
check 'SIGTERM: exit 0 within seconds' stops_with_0 plain
check 'the client got a Close frame' heard "$work/first" '^closed 1012'
check 'the database is in the volume, of the user 1000' is \
  "$(stat -c %u "$(podman volume inspect --format '{{.Mountpoint}}' data)/wsdemo.db")" 1000
check 'and its table is empty' rows_in_volume ''

# --- As tight as in docker-compose.yml, and below a prefix ------------------------------------------------------------
need 'starts read-only, without capabilities, below a prefix' start tight \
  --read-only --cap-drop ALL --security-opt no-new-privileges --env WSDEMO_BASE_PATH=/demo --env WSDEMO_TIMEZONE= --env WSDEMO_LANG=
check 'nothing outside the volume can be written' podman exec tight sh -c '! touch /app/x && ! touch /tmp/x && touch /data/x && rm /data/x'
check '/demo/health passes' healthy /demo
check 'HEALTHCHECK: 0 below the prefix' healthcheck tight
client "$work/second" "ws://127.0.0.1:$port/demo/ws"
check 'a client is welcomed' heard "$work/second" '"type":"welcome"'
sleep 0.3
check 'and is in the table' rows_live tight "$(id_in "$work/second")"

server=$(process_of tight)
[ "$server" -gt 1 ] || { echo 'FAILED  the server is gone'; exit 1; } # 0 would mean ourselves
kill -STOP "$server"
check 'HEALTHCHECK: not 0 when the server hangs' ends_with 1 'no answer' healthcheck tight
kill -CONT "$server"

podman kill --signal KILL tight > /dev/null
podman wait tight > "$work/code"
check 'kill -9 ends it as that' is "$(cat "$work/code")" 137
check 'the client saw the loss' heard "$work/second" '^closed 1006'
check 'and is still in the table' rows_in_volume "$(id_in "$work/second")"
need 'a new start on the same volume' start again --read-only --cap-drop ALL --security-opt no-new-privileges
check '/health passes' healthy
check 'and the row of before is gone' rows_live again ''
client "$work/third"
check 'a client is welcomed' heard "$work/third" '"type":"welcome"'
check 'under an id that nobody had' not grep -q "\"$(id_in "$work/third")\"" "$work/first" "$work/second"
check 'SIGTERM: exit 0 within seconds' stops_with_0 again

check 'HEALTHCHECK: not 0 without a server' ends_with 1 ECONNREFUSED healthcheck_alone

# --- Behind a TLS proxy, as in the profile `tls` of docker-compose.yml --------------------------------------------------
caddy_listens() {
  tls_port=$(free_port)
  # Only what a machine can have once is added to the example: the ports for http and for Caddy's administration.
  sed "s/^\tskip_install_trust$/&\n\tadmin off\n\thttp_port $(free_port)/" examples/proxies/Caddyfile > "$work/Caddyfile"
  HOME=$work XDG_DATA_HOME=$work XDG_CONFIG_HOME=$work WSDEMO_SITE=https://127.0.0.1:$tls_port WSDEMO_SERVER=127.0.0.1:$port \
    caddy run --adapter caddyfile --config "$work/Caddyfile" &
  children+=($!)
  for _ in $(seq 100); do [ -e "$caddy_root" ] && (: < "/dev/tcp/127.0.0.1/$tls_port") && return; sleep 0.1; done
  return 1
}
need 'starts behind a proxy' start behind --read-only --cap-drop ALL --security-opt no-new-privileges --env WSDEMO_TRUST_PROXY=127.0.0.1
need "Debian's caddy starts with examples/proxies/Caddyfile" caddy_listens
client "$work/fourth" "wss://127.0.0.1:$tls_port/ws"
check 'a client is welcomed over TLS' heard "$work/fourth" '"type":"welcome"'
own_address() { podman logs behind 2>&1 | tee /dev/stderr | grep -q '"address":"127.0.0.9".*"connected"'; }
check 'and is known by its own address' own_address
check 'SIGTERM: exit 0 within seconds' stops_with_0 behind
check 'the client got a Close frame through the proxy' heard "$work/fourth" '^closed 1012'

# --- docker-compose.yml ---------------------------------------------------------------------------------------------
check 'docker-compose takes docker-compose.yml, with each profile' docker-compose --profile tls --profile cluster config
waits_for_health() { docker-compose --profile tls config | tee /dev/stderr | grep -A2 '^ *behind-caddy:' | grep -q 'condition: service_healthy'; }
check 'its proxy waits until the server is healthy' waits_for_health
compose_settings() {
  local config
  config=$(WSDEMO_PORT=9001 WSDEMO_LANG=en docker-compose config)
  echo "$config"
  # How a port is printed depends on the version of compose.
  grep -qE "9001:8000|published: \"?9001" <<< "$config" && grep -q 'WSDEMO_LANG: en' <<< "$config" &&
    grep -qE "WSDEMO_TIMEZONE: (''|\"\")" <<< "$config"
}
check 'it takes a port and settings' compose_settings

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
