// ObserverMain: the process that observes a server. It gets commands from its parent, and ends with it.
import { Observation, type Watched } from './observation.js';

export interface Call {
  id: number;
  method: 'watch' | 'join' | 'begin' | 'settled' | 'back' | 'report' | 'end';
  args: unknown[];
}

export interface Reply {
  id: number;
  result?: unknown;
  error?: string;
}

let observation: Observation | undefined;

async function serve({ method, args }: Call): Promise<unknown> {
  if (method === 'watch') {
    observation = new Observation(args[0] as Watched);
    return undefined;
  }
  if (!observation) throw new Error('nothing is watched yet');
  if (method === 'settled') return observation.settled(args[0] as number, args[1] as number);
  if (method === 'back') return observation.back(args[0] as number, args[1] as number);
  return observation[method]();
}

process.on('message', async (call: Call) => {
  const reply: Reply = { id: call.id };
  try {
    reply.result = await serve(call);
  } catch (error) {
    reply.error = (error as Error).message;
  }
  process.send?.(reply);
});
process.on('disconnect', () => process.exit());
process.send?.({ id: 0 } satisfies Reply);
