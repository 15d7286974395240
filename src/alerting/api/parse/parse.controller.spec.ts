import { setImmediate } from 'node:timers/promises';
import type { CurrentApiKey } from '../../../auth/current-key.decorator';
import type { BucketAccess } from '../../../buckets/bucket-access';
import type { SourcesService } from '../../../sources/sources.service';
import { ParseController } from './parse.controller';
import type { ParseBody } from './parse.dto';

const REQUESTS = 40;
const bucketId = '0'.repeat(24);
const schema = Array.from({ length: 100 }, (_, slot) => ({
  name: `field${slot}`,
  type: 'number',
  required: false,
  slot,
}));
const key = { organizationId: 'o', lineId: 'l', bucketId, dataSourceId: null } as unknown as CurrentApiKey;

it('parses many long conditions in several turns of the event loop', async () => {
  const controller = new ParseController(
    { get: () => Promise.resolve() } as unknown as BucketAccess,
    { get: () => Promise.resolve({ schema }) } as unknown as SourcesService,
  );
  const perTurn = [0];
  let done = 0;
  const body = { bucketId, dataSourceId: bucketId, condition: 'x '.repeat(249) } as unknown as ParseBody;
  const refused = Array.from({ length: REQUESTS }, () =>
    controller.parse(key, body).catch((cause: Error) => {
      perTurn[perTurn.length - 1] = (perTurn.at(-1) ?? 0) + 1;
      done += 1;
      return cause.constructor.name;
    }),
  );
  while (done < REQUESTS) {
    await setImmediate();
    perTurn.push(0);
  }
  expect(await Promise.all(refused)).toEqual(Array(REQUESTS).fill('ValidationError'));
  // Each takes some milliseconds.
  expect(Math.max(...perTurn)).toBeLessThan(REQUESTS / 2);
});
