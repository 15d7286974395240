import { DataSource } from 'typeorm';
import { Lease, LEASE_MILLIS, LEASE_NAMES } from '../../src/database/lease';
import { query } from '../../src/database/sql';
import { PeriodicTasks } from '../../src/database/periodic-task';
import { Writer } from '../../src/database/writer';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

let database: TestDatabase;
beforeEach(async () => (database = await createDatabase()));
afterEach(() => jest.restoreAllMocks());
afterEach(() => database.remove());

const periodicTasksOf = ({ app }: TestApp) => app.get(PeriodicTasks);
const execute = ({ app }: TestApp, sql: string) => app.get(Writer).write((manager) => query(manager, sql, []));

/** The times at which a job runs on an instance, by the lease alone. */
function watch(server: TestApp): { ran: number } {
  const seen = { ran: 0 };
  const work = () => Promise.resolve(void (seen.ran += 1));
  periodicTasksOf(server).register({ failed: 'Nothing', everyMillis: 0, firstAfterMillis: 0, work });
  return seen;
}

/** Two instances, of which the first one got the lease. */
async function startTwo(): Promise<[TestApp, TestApp]> {
  const first = await startApp({}, database);
  await periodicTasksOf(first).look();
  const second = await startApp({}, database);
  await periodicTasksOf(second).look();
  return [first, second];
}

it('does background work on one instance, and on the next one once that has stopped', async () => {
  const [first, second] = await startTwo();
  const [ofFirst, ofSecond] = [watch(first), watch(second)];
  for (const server of [first, second, first, second]) await periodicTasksOf(server).look();
  expect([periodicTasksOf(first).isResponsible, periodicTasksOf(second).isResponsible]).toEqual([true, false]);
  expect(ofSecond.ran).toBe(0);

  await first.stop();
  const ranUntilStop = ofFirst.ran;
  await periodicTasksOf(second).look();
  expect(periodicTasksOf(second).isResponsible).toBe(true);
  expect([ofFirst.ran, ofSecond.ran]).toEqual([ranUntilStop, 1]);
  await second.stop();
});

it('takes over from an instance that died or froze, which notices when it wakes up', async () => {
  const [first, second] = await startTwo();
  // As it is when the holder has not renewed it in time.
  await execute(first, 'UPDATE leases SET expires_at = expires_at - 24000');
  const [ofFirst, ofSecond] = [watch(first), watch(second)];
  await periodicTasksOf(second).look();
  expect(periodicTasksOf(second).isResponsible).toBe(true);
  expect(ofSecond.ran).toBe(1);
  // The clock of the first one has gone on while it was frozen.
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + LEASE_MILLIS);
  expect(periodicTasksOf(first).isResponsible).toBe(false);
  await periodicTasksOf(first).look();
  expect([periodicTasksOf(first).isResponsible, ofFirst.ran]).toEqual([false, 0]);
  jest.restoreAllMocks();
  await first.stop();
  // What it gives back as it stops is not the lease of another one.
  await periodicTasksOf(second).look();
  const rows = await query<{ live: number }>(
    second.app.get(DataSource).manager,
    'SELECT 1 AS live FROM leases WHERE expires_at > 0',
    [],
  );
  expect(rows).toHaveLength(1);
  await second.stop();
});

describe('a lease', () => {
  let server: TestApp;
  let leases: Lease[];
  beforeEach(async () => {
    server = await startApp({}, database);
    await periodicTasksOf(server).beforeApplicationShutdown();
    const make = () => new Lease(LEASE_NAMES.upkeep, server.app.get(DataSource), server.app.get(Writer));
    leases = [make(), make()];
  });
  afterEach(() => server.stop());
  const keepAll = async () => {
    for (const lease of leases) await lease.keep();
    return leases.map(({ isHeld }) => isHeld);
  };

  it('is read by those that wait, and written by its holder every few seconds', async () => {
    expect(await keepAll()).toEqual([true, false]);
    const write = jest.spyOn(server.app.get(Writer), 'write');
    const now = performance.now.bind(performance);
    for (let second = 0; second < 40; second += 4) {
      jest.spyOn(performance, 'now').mockImplementation(() => now() + second * 1000);
      expect(await keepAll()).toEqual([true, false]);
    }
    expect(write.mock.calls.length).toBeLessThanOrEqual(5);
  });

  it('goes by the clock of the database, whatever that of an instance says', async () => {
    expect(await keepAll()).toEqual([true, false]);
    const now = Date.now();
    for (const offset of [-3_600_000, 3_600_000]) {
      jest.spyOn(Date, 'now').mockReturnValue(now + offset);
      expect(await keepAll()).toEqual([true, false]);
    }
  });

  it('that ends in a far future, since the clock was set back, is free', async () => {
    expect(await keepAll()).toEqual([true, false]);
    await execute(server, 'UPDATE leases SET expires_at = expires_at + 3600000');
    await leases[1]?.keep();
    expect(leases[1]?.isHeld).toBe(true);
  });

  it('is acquired by only one of many concurrent instances', async () => {
    const make = () => new Lease(LEASE_NAMES.upkeep, server.app.get(DataSource), server.app.get(Writer));
    leases = Array.from({ length: 8 }, make);
    await Promise.all(leases.map((lease) => lease.keep()));
    expect(leases.filter(({ isHeld }) => isHeld)).toHaveLength(1);
  });
});
