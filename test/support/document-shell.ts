// DocumentShell: runs the commands of a document as they stand, one after the other in one shell, as a reader would.
//
// The shell has a folder and a network of its own (which takes root), so `localhost:8000` and `wss://example.org/ws` are what the
// document says. A server listens on both, with the lab, until a command of the document starts its own.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openssl } from './certificate.js';
import { BIN, plainEnv } from './command.js';
import type { DocumentCommand } from './document-commands.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Outcome {
  command: DocumentCommand;
  /** Undefined if the command did not end in time. */
  status: number | undefined;
  stdout: string;
  stderr: string;
}

/** Commands that go on until they are stopped: servers, and clients without an input or a number of frames. */
const STAYS = /^(npx )?wsdemo serve\b|^(npx )?wsdemo (connect|demo)(?!.*(--count|--fib|--send|--timeout|--help))|&$/;

/** Programs of the shell; each is a script. */
const PROGRAMS = {
  // A server takes the place of the one that a command before it has started on its port.
  wsdemo: `
if [ "$1" = serve ]; then
  port=8000
  [[ " $* " =~ " --port "([0-9]+) ]] && port=\${BASH_REMATCH[1]}
  if [ -e "$OUT/port-$port" ]; then
    old=$(cat "$OUT/port-$port")
    kill "$old" 2>/dev/null
    while kill -0 "$old" 2>/dev/null; do sleep 0.05; done
  fi
  echo $$ > "$OUT/port-$port"
fi
# The limits of time take minutes: test/integration/check has tests for them.
[ "$1" = check ] && [[ " $* " != *" --quick "* && " $* " != *" --only "* && $# -gt 1 ]] && set -- "$@" --quick
exec '${process.execPath}' '${BIN}' "$@"`,
  npx: `
[ "$1" = --yes ] && shift
[ "$1" = wsdemo ] || { echo "npx $1: only wsdemo is known here" >&2; exit 1; }
exec "$@"`,
  wscat: `
exec '${process.execPath}' '${ROOT}test/support/wscat-on-terminal.mjs' "$@"`,
};

function scriptOf(commands: DocumentCommand[]): string {
  const texts = commands.map(({ text }) => text).join('\n');
  const steps = commands.map(({ text }, i) => {
    const redirected = `>"$OUT/${i}.out" 2>"$OUT/${i}.err" </dev/null`;
    return STAYS.test(text)
      ? `${text.replace(/\s*&$/, '')} ${redirected} &\nawait_output ${i} $!`
      : `{\n${text}\n} ${redirected}\necho $? >"$OUT/${i}.status"`;
  });
  return `
ip link set lo up
mount --bind "$OUT/hosts" /etc/hosts
children=()
# A command that goes on has started once it has printed something. It is stopped at the end.
await_output() {
  children+=("$1 $2")
  for _ in {1..150}; do
    [ -s "$OUT/$1.out" ] && return
    kill -0 "$2" 2>/dev/null || return
    sleep 0.1
  done
}
serve() {
  local log="$OUT/$1.log"
  shift
  wsdemo serve --lab "$@" >"$log" 2>&1 </dev/null &
  disown # so that the first job is the document's
  until grep -q listening "$log"; do sleep 0.05; done
}
serve plain
${texts.includes('example.org') ? 'serve tls --port 443 --db :memory: --allow-host example.org --tls-cert "$OUT/cert.pem" --tls-key "$OUT/key.pem"' : ''}
${texts.includes('redis://') ? "redis-server --save '' >/dev/null & disown; until redis-cli ping >/dev/null 2>&1; do sleep 0.05; done" : ''}
${steps.join('\n')}
for child in "\${children[@]}"; do
  read -r i pid <<<"$child"
  kill -TERM "$pid" 2>/dev/null
  wait "$pid"
  echo $? >"$OUT/$i.status"
done
exit 0 # which ends the rest, as it ends the process namespace
`;
}

/**
 * @param files what the folder holds: text by name
 * @param timeoutMs for all commands together; those that have not ended then have no status
 */
export async function runDocument(
  commands: DocumentCommand[],
  { files = {}, timeoutMs = 60_000 }: { files?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Outcome[]> {
  const out = mkdtempSync(join(tmpdir(), 'wsdemo-document-'));
  const [cwd, bin] = [join(out, 'folder'), join(out, 'bin')];
  try {
    for (const folder of [cwd, bin]) mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    for (const [name, text] of Object.entries(PROGRAMS)) {
      writeFileSync(join(bin, name), `#!/bin/bash${text}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    writeFileSync(join(out, 'hosts'), '127.0.0.1 localhost example.org\n');
    writeFileSync(join(out, '.curlrc'), 'fail\nsilent\nshow-error\n'); // a status of 400 and more is a failure
    openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '90'],
      ...['-keyout', join(out, 'key.pem'), '-out', join(out, 'cert.pem'), '-subj', '/CN=example.org'],
      ...['-addext', 'subjectAltName=DNS:example.org'],
    );
    const env = {
      ...plainEnv(),
      OUT: out,
      HOME: out,
      PATH: `${bin}:${process.env.PATH}:/usr/sbin:/sbin`,
      NODE_EXTRA_CA_CERTS: join(out, 'cert.pem'),
    };
    await run(
      ['--net', '--mount', '--pid', '--fork', '--kill-child', 'bash', '-c', scriptOf(commands)],
      cwd,
      env,
      timeoutMs,
    );
    return commands.map((command, i) => {
      const read = (name: string) => (existsSync(join(out, name)) ? readFileSync(join(out, name), 'utf8') : '');
      const status = read(`${i}.status`).trim();
      return {
        command,
        status: status === '' ? undefined : Number(status),
        stdout: read(`${i}.out`),
        stderr: read(`${i}.err`),
      };
    });
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function run(args: string[], cwd: string, env: NodeJS.ProcessEnv, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('unshare', args, {
      cwd,
      env,
      timeout,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 || child.killed) resolve();
      else reject(new Error(`the shell ended with ${code}: ${errors}`));
    });
  });
}
