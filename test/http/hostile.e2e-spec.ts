// npm test leaves this out: hostile requests, repeated.
import fc from 'fast-check';
import { READY } from '../support/call';
import { brokenRequests, hostileRequests, type HostileRequest } from '../support/hostile-requests';
import { makeBucket, makeKey } from '../support/make';
import { RawConnection, type RawAnswer } from '../support/raw';
import { repetitions } from '../support/repetitions';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let loot: { keys: string[]; bucketIds: string[]; keyPaths: string[] };
beforeAll(async () => {
  server = await startApp({ DAKKIO_REQUEST_TIMEOUT_SECONDS: '1' });
  const home = await makeBucket(server);
  const [write, read] = [await makeKey(server, home, 'write'), await makeKey(server, home, 'read')];
  const bucketIds = [];
  for (let count = 0; count < 100; count++) bucketIds.push(await makeBucket(server));
  const paths = bucketIds.map(async (id) => `/api/buckets/${id}/keys/${(await makeKey(server, id, 'write'))._id}`);
  const keyPaths = await Promise.all(paths);
  loot = { keys: [...Array<string>(4).fill(server.adminKey), write.key, read.key], bucketIds, keyPaths };
});
afterAll(() => server.stop());

/** Sends a request on its own connection. Returns its reply, and all further bytes until the server closes. */
async function answersTo({ text, head }: HostileRequest): Promise<RawAnswer[]> {
  const connection = await RawConnection.open(server.port);
  try {
    await connection.send(Buffer.from(text, 'latin1'));
    let answer = await connection.next({ toHead: head });
    while (answer.status < 200) answer = await connection.next({ toHead: head });
    connection.end();
    return head ? [answer] : [answer, ...(await connection.rest())];
  } finally {
    connection.destroy();
  }
}

const DETAIL = { path: expect.any(Array), message: expect.stringMatching(/./s) };

function expectContract(answers: readonly RawAnswer[], { head }: HostileRequest): void {
  for (const { status, headers, body } of answers.filter((answer) => answer.status >= 400)) {
    expect(status).toBeLessThan(500);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['x-error-code']).toMatch(/^[a-z0-9_]+$/);
    expect(headers['x-request-id']).toMatch(/^[\w.:/+=@-]{1,128}$/);
    if (head) continue;
    const { details, ...rest } = body as { details?: { hint?: string }[]; apiKeyId?: unknown; apiKeyIds?: unknown };
    if (status === 409) for (const name of ['apiKeyId', 'apiKeyIds'] as const) delete rest[name];
    expect(rest).toEqual({ error: expect.stringMatching(/./), message: expect.stringMatching(/./s) });
    for (const { hint, ...detail } of details ?? []) {
      expect(detail).toEqual(DETAIL);
      if (hint !== undefined) expect(hint).toMatch(/^did you mean [\w.[\] ]+\?$/);
    }
  }
}

/** Sends a group of concurrent requests `rounds` times. A failure prints its seed and path. */
async function withstand(requests: fc.Arbitrary<HostileRequest>, rounds: number, atOnce: number): Promise<void> {
  const batch = fc.array(requests, { minLength: atOnce, maxLength: atOnce });
  const property = fc.asyncProperty(batch, async (sent) => {
    const answers = await Promise.all(sent.map(answersTo));
    answers.forEach((received, index) => expectContract(received, sent[index] as HostileRequest));
  });
  await fc.assert(property, { numRuns: rounds, endOnFailure: true });
  expect((await server.call('GET', '/health/ready')).body).toEqual(READY);
}

const [COMPLETE_ROUNDS, MALFORMED_ROUNDS] = [repetitions(20, 100), repetitions(1, 2)];

describe('hostile requests', () => {
  it(`get replies of the documented shape, and no 5xx: ${COMPLETE_ROUNDS * 50} complete requests`, async () => {
    await withstand(hostileRequests(loot), COMPLETE_ROUNDS, 50);
  });

  it(`get replies of the documented shape, and no 5xx: ${MALFORMED_ROUNDS * 250} malformed requests`, async () => {
    await withstand(brokenRequests(loot), MALFORMED_ROUNDS, 250);
  });
});
