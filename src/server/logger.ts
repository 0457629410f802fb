// Logger: the log's lines on standard output, by pino. The only file that imports it.
import { type DestinationStream, pino } from 'pino';
import type { Log } from './log.js';
import type { LogFormat, LogLevel } from './options.js';

/** Lines for people (`pretty`) or for machines (`json`: ISO times, level names). */
export async function createLogger(level: LogLevel, format: LogFormat): Promise<Log> {
  const log: Log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    format === 'pretty' ? (await import('./pretty.js')).prettyStream() : gatheringStream(),
  );
  return log;
}

/** Lines that follow another within so long gather, up to so many bytes. */
const GATHER_MS = 10;
const GATHERED = 16_000;
/** Bytes of lines that are kept while none can be written; past it the newest are lost. */
const KEPT = 1_000_000;

/** Writes a line at once, and a storm of them together: a crowd that comes costs few writes, not one for each client. */
function gatheringStream(): DestinationStream {
  const stream = pino.destination({ dest: 1, sync: true, minLength: GATHERED, maxLength: KEPT });
  // A disk that is full keeps nobody from being served: each later line tries again for those before it.
  stream.on('error', () => {});
  let isGathering = false;
  let hasMore = false;
  const flush = () => {
    isGathering = hasMore;
    if (!hasMore) return;
    hasMore = false;
    stream.flush();
    setTimeout(flush, GATHER_MS);
  };
  // Not flushSync, which would try for ever where a disk is full.
  process.once('exit', () => stream.flush());
  return {
    write(line) {
      stream.write(line);
      hasMore = true;
      if (!isGathering) flush();
    },
  };
}
