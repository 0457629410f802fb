// The data checks: whether messages, pings and compression pass unchanged.
import type { Check } from '../context.js';
import { PATIENCE, type Patience } from '../patience.js';
import { bufferCheck } from './data/buffer.js';
import { deflateCheck } from './data/deflate.js';
import { echoCheck } from './data/echo.js';
import { fragmentCheck } from './data/fragment.js';
import { pingCheck } from './data/ping.js';
import { pushCheck } from './data/push.js';

export function createDataChecks(patience: Patience): readonly Check[] {
  return [echoCheck, fragmentCheck, bufferCheck, deflateCheck, pingCheck, pushCheck].map((create) => create(patience));
}

export const dataChecks = createDataChecks(PATIENCE);
