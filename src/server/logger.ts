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

/** Lines that follow another within so long gather, up to so many characters. */
const GATHER_MS = 10;
const GATHERED = 16_000;
/** Bytes of lines that are kept while none can be written; past it the newest are lost, those together that gathered together. */
const KEPT = 1_000_000;

/** Writes a line at once, and a storm of them together: a crowd that comes costs few writes, not one for each client. */
function gatheringStream(): DestinationStream {
  const stream = pino.destination({ dest: 1, sync: true, maxLength: KEPT });
  // A disk that is full keeps nobody from being served: each later line tries again for those before it.
  stream.on('error', () => {});
  // They gather here, since the stream would measure all that it holds anew for each line.
  let lines: string[] = [];
  let length = 0;
  let isGathering = false;
  const flush = () => {
    stream.write(lines.join(''));
    lines = [];
    length = 0;
  };
  const flushThenGather = () => {
    isGathering = lines.length > 0;
    if (!isGathering) return;
    flush();
    setTimeout(flushThenGather, GATHER_MS);
  };
  process.once('exit', flush); // not flushSync, which would try for ever where a disk is full
  return {
    write(line) {
      lines.push(line);
      length += line.length;
      if (!isGathering) flushThenGather();
      else if (length >= GATHERED) flush();
    },
  };
}
