// All attacks, in the order in which they run.
import type { Attack } from '../attack-harness/attack.js';
import { attacks as chat } from './chat.js';
import { attacks as closing } from './closing.js';
import { attacks as echo } from './echo.js';
import { attacks as entry } from './entry.js';
import { attacks as fibonacci } from './fibonacci.js';
import { attacks as frames } from './frames.js';
import { attacks as http } from './http.js';
import { attacks as lab } from './lab.js';
import { attacks as machine } from './machine.js';
import { attacks as requests } from './requests.js';
import { attacks as tls } from './tls.js';

export const ATTACKS: Attack[] = [
  ...machine,
  ...chat,
  ...fibonacci,
  ...requests,
  ...frames,
  ...echo,
  ...http,
  ...entry,
  ...closing,
  ...lab,
  ...tls,
];
