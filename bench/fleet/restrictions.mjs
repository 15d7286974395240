// What the restrictions of a key cost per request.
import { say } from '../../scripts/ready.mjs';
import { checkText, NEW_KEY, startWithBucket } from '../support/dakkio.mjs';
import { comparison } from '../support/report.mjs';
import { measureInTurn } from '../support/statistics.mjs';

/** A check by a key with every restriction, compared with one by a key without any, on one server. */
export async function restrictions({ load, seconds, rounds }) {
  const { server, make, restrictions: bounds } = await startWithBucket();
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
