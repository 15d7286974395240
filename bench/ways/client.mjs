// Points from the TypeScript client, beside fetch with the same batches, and the memory of its queue.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildClient } from '../../scripts/build/client.mjs';
import { ask } from '../support/ask.mjs';
import { startWithSource } from '../support/dakkio.mjs';
import { temporaryFolder } from '../support/databases.mjs';
import { cpuSeconds } from '../support/processes.mjs';
import { comparison, shown, table } from '../support/report.mjs';
import { measureInTurn } from '../support/statistics.mjs';

const QUEUED = 100_000;

export async function typescriptClient({ seconds, rounds, tell }) {
  await buildClient();
  const { server, sourceId, writeKey } = await startWithSource(join(temporaryFolder(), 'client.db'));
  const job = { url: `http://127.0.0.1:${server.port}`, key: writeKey, sourceId, seconds };
  const children = { client: startProcess(), fetch: startProcess() };
  let first = 0;
  const sender = (by) => async () => {
    const child = children[by];
    const before = cpuSeconds(child.pid);
    const result = await ask(child, { ...job, by, first });
    first += result.answered;
    return {
      perSecond: result.answered / result.seconds,
      answered: result.answered,
      cpuSeconds: cpuSeconds(child.pid) - before,
    };
  };
  const measured = await measureInTurn({ client: sender('client'), fetch: sender('fetch') }, rounds, tell);
  await server.stop();
  for (const child of Object.values(children)) child.disconnect();
  const row = { what: 'Batches of 1000, one after the other', ours: measured.client, theirs: measured.fetch };
  return [
    comparison('TypeScript client, points; CPU of the sender', ['client', 'fetch'], [row]),
    await memoryOfQueue(),
  ];
}

async function memoryOfQueue() {
  const child = startProcess();
  const { queued, heap, resident } = await ask(child, { queue: QUEUED });
  child.disconnect();
  return table(
    ['TypeScript client, server away', 'points', 'heap', 'resident', 'bytes a point'],
    [
      [
        'Queue of points with three fields',
        shown(queued),
        ...[heap, resident].map((bytes) => `${shown(bytes / 1e6)} MB`),
        shown(heap / queued),
      ],
    ],
  );
}

function startProcess() {
  return fork(fileURLToPath(new URL('./client-process.mjs', import.meta.url)), { execArgv: ['--expose-gc'] });
}
