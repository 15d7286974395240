// What making a fleet's keys at once saves.
import { say } from '../../scripts/ready.mjs';
import { startCaller } from '../support/caller.mjs';
import { startWithBucket } from '../support/dakkio.mjs';
import { CONNECTIONS } from '../support/load.mjs';
import { comparison } from '../support/report.mjs';
import { measureInTurn } from '../support/statistics.mjs';

/** The most that one request may make. */
const KEYS = 500;
const ROUNDS_PER_ROUND = 3;

/** 500 keys in one request, compared with 500 requests: sequential, and 32 at a time. */
export async function bulkCreation({ load, rounds }) {
  const { server, create, createMany } = await startWithBucket();
  const caller = startCaller();
  const many = createMany(KEYS);
  const sides = {
    bulk: async () => inKeys(await caller.repeat({ server, requests: [many.text], status: many.status, count: 1 })),
    single: () => caller.repeat({ server, requests: [create.text], status: create.status, count: KEYS }),
    together: () =>
      load.run({
        server,
        requests: [create.text],
        status: create.status,
        seconds: 60,
        count: KEYS,
        connections: CONNECTIONS,
      }),
  };
  const measured = await measureInTurn(sides, rounds * ROUNDS_PER_ROUND, say);
  caller.stop();
  await server.stop();
  return comparison(
    `${KEYS} keys, ${rounds * ROUNDS_PER_ROUND} rounds`,
    ['in one request', 'in 500'],
    [
      {
        what: 'compared with sequential requests on one connection',
        ours: measured.bulk,
        theirs: measured.single,
        goal: 20,
      },
      { what: `compared with ${CONNECTIONS} concurrent requests`, ours: measured.bulk, theirs: measured.together },
    ],
  );
}

function inKeys({ perSecond, answered, cpuSeconds }) {
  return { perSecond: perSecond * KEYS, answered: answered * KEYS, cpuSeconds };
}
