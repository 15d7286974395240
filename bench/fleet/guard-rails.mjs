// What a key's guard rails cost each request.
import { say } from '../../scripts/ready.mjs';
import { checkText, NEW_KEY, startWithBucket } from '../support/dakkio.mjs';
import { comparison } from '../support/report.mjs';
import { measureInTurn } from '../support/statistics.mjs';

/** A check by a key with every guard rail there is, beside one by a key with none, on one server. */
export async function guardRails({ load, seconds, rounds }) {
  const { server, make, guardRails: bounds } = await startWithBucket();
  const [bound, free] = await make([{ ...NEW_KEY, ...(await bounds()) }, NEW_KEY]);
  const check = (key) => () => load.run({ server, requests: [checkText(key)], status: 200, seconds });
  const measured = await measureInTurn({ bound: check(bound), free: check(free) }, rounds, say);
  await server.stop();
  return comparison(
    'Restrictions of the key',
    ['all of them', 'none'],
    [{ what: 'Check: `GET /api/keys/self`', ours: measured.bound, theirs: measured.free, goal: 0.9 }],
  );
}
