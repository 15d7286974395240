// npm test leaves this out: kills and outages, repeated.
import { ask, recovered, makeScene, useFaultDatabase, type FaultScene } from '../../support/fault-scene';
import { nextTime } from '../../support/fault-load';
import { runOn, terminateSessions } from '../../support/postgres-server';
import type { RunningServer } from '../../support/process';
import { ON_POSTGRES } from '../../support/test-app';

const { servers, databaseUrl } = useFaultDatabase();
let scene: FaultScene;

const onPostgres = ON_POSTGRES ? describe : describe.skip;

const sendFrom = (server: RunningServer, device: string, timestamp = nextTime()) =>
  recovered(201, () =>
    ask(server, 'POST', '/api/data', {
      key: scene.writeKey,
      body: { dataSourceId: scene.sourceIds[0], timestamp, values: { n: timestamp }, metadata: { device } },
    }),
  ).then(() => ({ device, timestamp }));

async function storedBy(server: RunningServer) {
  const body = { downsampling: false, filters: { startTime: '2024-01-01T00:00:00Z', limit: 1000 } };
  const answer = await ask(server, 'POST', '/api/data/query', { key: scene.readKey, body });
  const rows = answer.body.data as { timestamp: string; metadata: { device: string } }[];
  return rows.map(({ timestamp, metadata }) => ({ device: metadata.device, timestamp: Date.parse(timestamp) }));
}

onPostgres('a fail-over that loses the last transactions', () => {
  it.each([true, false])('mislabels no point (connections of the instances are lost: %s)', async (isLost) => {
    const first = await servers.start(databaseUrl());
    const second = await servers.start(databaseUrl());
    scene = await makeScene(first);
    const kept = await sendFrom(first, 'kept');
    await sendFrom(first, 'A');
    // What the promoted standby has not: the last point, and the metadata that came with it.
    const lost = `(SELECT max(number) FROM point_metadata)`;
    await runOn(
      databaseUrl(),
      `DELETE FROM points WHERE meta = ${lost}; DELETE FROM point_metadata WHERE number = ${lost}`,
    );
    if (isLost) await terminateSessions(databaseUrl());
    const stored = [
      await sendFrom(second, 'B'),
      await sendFrom(first, 'A'),
      await sendFrom(second, 'A'),
      await sendFrom(first, 'B'),
      await sendFrom(first, 'C'),
    ];
    const expected = [kept, ...stored];
    expect(await storedBy(first)).toEqual(expected);
    expect(await storedBy(second)).toEqual(expected);
  });
});
