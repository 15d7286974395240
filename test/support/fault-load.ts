import type { Call } from './call';
import { ask, faultOf, recovered, type FaultScene, type TimedAnswer } from './fault-scene';

/** Times of points are unique in a process, so that each point has its own identity. */
let lastTime = Date.UTC(2024, 0, 1);
export const nextTime = () => (lastTime += 1000);

/** A point that was sent: its source, its time, and what was answered. */
export interface SentPoint {
  readonly sourceId: string;
  readonly time: number;
}

export interface Load {
  /** Points that were answered 201. */
  readonly acknowledged: SentPoint[];
  /** Points that got another answer, or none. */
  readonly unsure: SentPoint[];
  readonly answers: TimedAnswer[];
  /** Requests that failed without an answer: the server was frozen or killed. */
  readonly unanswered: string[];
  /** Stops sending, and resolves when all running requests have ended. */
  stop(): Promise<void>;
}

/** Sends one point of a source at a time, on each of its data sources at once, until it is stopped. */
export function startLoad(server: { call: Call }, scene: FaultScene, perSource = 1): Load {
  const load = { acknowledged: [], unsure: [], answers: [], unanswered: [] } as unknown as Load;
  let isOver = false;
  const sendUntilOver = async (sourceId: string) => {
    while (!isOver) {
      const sent = { sourceId, time: nextTime() };
      const answer = await sendPoint(server, scene, sent).catch(
        (cause: unknown) => void load.unanswered.push(textOf(cause)),
      );
      if (answer) load.answers.push(answer);
      (answer?.status === 201 ? load.acknowledged : load.unsure).push(sent);
      if (answer?.status !== 201) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const senders = scene.sourceIds.flatMap((id) => Array.from({ length: perSource }, () => sendUntilOver(id)));
  return Object.assign(load, {
    async stop() {
      isOver = true;
      await Promise.all(senders);
    },
  });
}

function textOf(cause: unknown): string {
  const { message, cause: reason } = cause as Error;
  return `${message}: ${(reason as Error | undefined)?.message ?? ''}`;
}

/** Sends points of each data source until one is stored: the server works again. They are noted in the load. */
export async function storeAgain(server: { call: Call }, scene: FaultScene, load: Load): Promise<void> {
  for (const sourceId of scene.sourceIds) {
    const send = async () => {
      const sent = { sourceId, time: nextTime() };
      const answer = await sendPoint(server, scene, sent);
      load.answers.push(answer);
      (answer.status === 201 ? load.acknowledged : load.unsure).push(sent);
      return answer;
    };
    await recovered(201, send);
  }
}

/** Sends a point whose value is its time. */
export function sendPoint(
  server: { call: Call },
  { writeKey }: FaultScene,
  { sourceId, time }: SentPoint = { sourceId: '', time: 0 },
): Promise<TimedAnswer> {
  const body = { dataSourceId: sourceId, timestamp: time, values: { n: time } };
  return ask(server, 'POST', '/api/data', { key: writeKey, body });
}

/** The faults among the answers of a load: waits beyond the bound, and what is neither stored nor a 503. */
export function faultsOf({ answers }: Pick<Load, 'answers'>): string[] {
  return [...new Set(answers.map(faultOf).filter((fault) => fault !== undefined))];
}

/** The times of all points of a source, in their order, as a query gives them. */
export async function storedTimes(server: { call: Call }, { readKey }: FaultScene, sourceId: string) {
  const times: number[] = [];
  for (let startTime = Date.UTC(2024, 0, 1); ;) {
    const body = { downsampling: false, filters: { dataSourceId: sourceId, startTime, limit: 1000 } };
    const answer = await server.call('POST', '/api/data/query', { key: readKey, body });
    if (answer.status !== 200) throw new Error(`No points could be read: ${JSON.stringify(answer.body)}`);
    const rows = answer.body.data as { timestamp: string; values: { n: number } }[];
    for (const { timestamp, values } of rows) {
      const time = Date.parse(timestamp);
      if (values.n !== time) throw new Error(`The point of ${time} has the value of ${values.n}`);
      times.push(time);
    }
    if (rows.length < 1000) return times;
    startTime = (times.at(-1) ?? 0) + 1;
  }
}

/**
 * Checks that no acknowledged point is lost or duplicated: each is stored once with its own
 * value, what is sent again is stored once, and the counts say the same as the points.
 */
export async function expectExact(server: { call: Call }, scene: FaultScene, loads: readonly Load[]): Promise<void> {
  const acknowledged = loads.flatMap((load) => load.acknowledged);
  const unsure = loads.flatMap((load) => load.unsure);
  for (const sourceId of scene.sourceIds) {
    const ofSource = (points: readonly SentPoint[]) => points.filter((one) => one.sourceId === sourceId);
    const before = await storedTimes(server, scene, sourceId);
    const stored = new Set(before);
    expect(before).toHaveLength(stored.size);
    expect(ofSource(acknowledged).filter(({ time }) => !stored.has(time))).toEqual([]);
    const again = ofSource(unsure);
    const points = again.map(({ time }) => ({ dataSourceId: sourceId, timestamp: time, values: { n: time } }));
    if (points.length > 0) {
      const body = { dataPoints: points.slice(0, 1000) };
      const { status, body: told } = await server.call('POST', '/api/data/batch', { key: scene.writeKey, body });
      expect([status, told.inserted + told.duplicates, told.duplicates]).toEqual([
        ...[201, points.length],
        again.filter(({ time }) => stored.has(time)).length,
      ]);
    }
    const all = [...ofSource(acknowledged), ...again].map(({ time }) => time).sort((one, other) => one - other);
    expect(await storedTimes(server, scene, sourceId)).toEqual(all);
    const shown = await server.call('GET', `/api/buckets/${scene.bucketId}/sources/${sourceId}`, {
      key: scene.readKey,
    });
    expect(shown.body.dataSource.stats.dataPointCount).toBe(all.length);
  }
}
