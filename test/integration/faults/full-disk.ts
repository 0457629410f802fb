// FullDisk: a disk that can be filled and freed. As root it is a small disk in memory; otherwise a limit
// stops the files of the server from growing, which has the same effect on its database.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FullDisk {
  folder: string;
  /** @param pid the process of the server */
  fill(pid: number): void;
  free(pid: number): void;
  /** Fills the disk for a server that starts next. @returns the command that must start it */
  starter(): string[];
  remove(): void;
}

export async function fullDisk(): Promise<FullDisk> {
  const folder = mkdtempSync(join(tmpdir(), 'wsdemo-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return limited(folder);
  }
  return mounted(folder);
}

function mounted(folder: string): FullDisk {
  const filler = join(folder, 'filler');
  const fill = () => {
    const file = openSync(filler, 'w');
    try {
      for (;;) writeSync(file, Buffer.alloc(4096));
    } catch {
      closeSync(file); // the disk is full
    }
  };
  return {
    folder,
    fill,
    free: () => rmSync(filler),
    starter() {
      fill();
      return [];
    },
    remove() {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function limited(folder: string): FullDisk {
  const limit = (pid: number, bytes: string) => execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
  return {
    folder,
    fill: (pid) => limit(pid, '8192'),
    free: (pid) => limit(pid, 'unlimited'),
    starter: () => ['prlimit', '--fsize=8192:unlimited'],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
