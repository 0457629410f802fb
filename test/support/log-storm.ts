// LogStorm: logs a thousand lines at once, and ends before any timer can fire.

import { Counters } from '../../src/server/telemetry/counters.js';
import { createLogger } from '../../src/server/telemetry/logger.js';

const { log } = await createLogger('info', 'json', new Counters());
for (let i = 0; i < 1000; i++) log.info({ i }, 'a line');
process.exit(0);
