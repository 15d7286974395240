// npm test leaves this out: it starts a process for each case.
import { READY } from '../support/call';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';

let database: TestDatabase;
let server: TestApp | undefined;
beforeAll(async () => (database = await createDatabase()));
afterEach(async () => {
  jest.restoreAllMocks();
  await server?.stop();
  server = undefined;
});
afterAll(() => database.remove());

/** Sets the server's clock, which is its machine's, wrong by so much. */
function setWrong(millis: number): void {
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + millis);
}

const ready = async ({ call }: TestApp) => (await call('GET', '/health/ready')).body as Record<string, unknown>;
const warned = ({ logs }: TestApp) => logs.filter((line) => line.includes('The clock of this machine'));

it.each([
  [20_000, 'ahead of'],
  [-20_000, 'behind'],
])(
  'a clock that is %i ms from the database server’s is told at the start and in /health/ready',
  async (millis, where) => {
    setWrong(millis);
    server = await startApp({}, database);
    if (!ON_POSTGRES) {
      // One machine, one clock.
      expect([await ready(server), warned(server)]).toEqual([READY, []]);
      return;
    }
    const { status, clockOffsetSeconds } = await ready(server);
    expect([status, Math.round(Number(clockOffsetSeconds))]).toEqual(['ok', millis / 1000]);
    const seconds = String.raw`(19\.\d|20(\.\d)?) s ${where} the database's`;
    expect(warned(server)).toEqual([expect.stringMatching(seconds)]);
  },
);

it.each([0, 3000, -3000])('a clock that is %i ms from it is told nowhere', async (millis) => {
  setWrong(millis);
  server = await startApp({}, database);
  expect([await ready(server), warned(server)]).toEqual([READY, []]);
});
