// npm test leaves this out: it starts a process for each case.
import { breakIn } from '../support/intruder';
import { makeBucket } from '../support/make';
import { runProgram, type Ended } from '../support/process';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

let database: TestDatabase;
let server: TestApp;
beforeEach(async () => {
  database = await createDatabase();
  server = await startApp({}, database);
});
afterEach(async () => {
  await server.stop();
  await database.remove();
});

/** Runs one of the commands, beside the server that runs. */
function cli(args: readonly string[], environment: Record<string, string> = {}, input = ''): Promise<Ended> {
  return runProgram('cli.js', args, { DATABASE_URL: database.url, ...environment }, input).ended;
}

describe('npm run audit:verify', () => {
  it('counts the verified rows, and verifies its own head later', async () => {
    await makeBucket(server);
    const { code, stdout } = await cli(['audit:verify']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^3 rows verified\nAnchored: .+\nHead: 3:[0-9a-f]{64}\n$/),
    ]);
    const [, head = ''] = /Head: (\S+)/.exec(stdout) ?? [];
    await makeBucket(server);
    expect((await cli(['audit:verify', '--head', head])).code).toBe(0);
    const other = await cli(['audit:verify', '--head', head.replace(/.$/, (last) => (last === '0' ? '1' : '0'))]);
    expect([other.code, other.stdout]).toEqual([1, expect.stringContaining('Row 3 differs from --head')]);
  });

  it('says which row was changed, and which was removed', async () => {
    await makeBucket(server);
    const intruder = await breakIn(database);
    await intruder.run("UPDATE audit_log SET actor_name = 'Somebody else' WHERE seq = 2");
    await intruder.run('DELETE FROM audit_log WHERE seq = 3');
    await intruder.leave();
    const { code, stdout } = await cli(['audit:verify']);
    expect(code).toBe(1);
    expect(stdout.split('\n').slice(0, 2)).toEqual(['Row 2 was changed', 'Row 3 was removed']);
  });
});

describe('npm run audit:restart', () => {
  it('begins the chain anew under another secret, and only then', async () => {
    await makeBucket(server);
    expect(await cli(['audit:restart'])).toMatchObject({ code: 2, stdout: '' });
    const same = await cli(['audit:restart', '--yes']);
    expect([same.code, same.stderr]).toEqual([1, expect.stringContaining('there is nothing to restart')]);

    const other = { DAKKIO_SECRET_KEY: 'another secret, since the first one is lost' };
    const refused = await cli(['audit:verify'], other);
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('names another secret')]);
    expect(await cli(['audit:restart', '--yes'], other)).toMatchObject({ code: 0 });
    const anew = await cli(['audit:verify'], other);
    expect([anew.code, anew.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^Rows 1 to 3 were written under an earlier secret and cannot be verified\n1 rows verified\n/,
      ),
    ]);
  });
});
