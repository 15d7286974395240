import { DataSource } from 'typeorm';
import { SERVER_CALLER, RollupCompletion } from '../../src/points/rollup-completion';
import type { QueryScene } from './query-scene';

/** What tests of pending rollups look at, and how they keep rollups pending. */
export function pendingRollups(scene: QueryScene) {
  const completion = () => scene.server.app.get(RollupCompletion);
  const rows = <Row>(sql: string) => scene.server.app.get(DataSource).query<Row[]>(sql);

  const numberOf = async (sourceId: string): Promise<number> => {
    const [row] = await rows<{ number: number }>(`SELECT number FROM data_sources WHERE id = '${sourceId}'`);
    return row?.number ?? -1;
  };
  const pendingOf = async (sourceId: string): Promise<number> => {
    const number = await numberOf(sourceId);
    const [row] = await rows<{ count: number }>(
      `SELECT count(*) AS count FROM pending_rollups WHERE source = ${number}`,
    );
    return Number(row?.count);
  };
  /** The rollups of a source, without its number. */
  const rollupsOf = async (sourceId: string): Promise<unknown[]> => {
    const number = await numberOf(sourceId);
    const sql = `SELECT * FROM rollups WHERE source = ${number} ORDER BY slot, quarter`;
    return (await rows<object>(sql)).map((rollup) => ({ ...rollup, source: 0 }));
  };
  const complete = async (sourceId: string) => completion().complete(await numberOf(sourceId), SERVER_CALLER);
  /** Leaves rollups pending until the mock is restored. */
  const withoutCompletion = () => jest.spyOn(completion(), 'complete').mockResolvedValue();

  return { completion, withoutCompletion, numberOf, pendingOf, rollupsOf, complete };
}
