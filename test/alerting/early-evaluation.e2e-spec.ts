import {
  MAX_EVALUATIONS_IN_TRANSACTION,
  MAX_READ_IN_TRANSACTION,
  RuleEvaluator,
} from '../../src/alerting/evaluation/rule-evaluator';
import { RULES_PER_TRANSACTION } from '../../src/alerting/evaluation/rule-scheduler';
import { TransitionRecorder } from '../../src/alerting/evaluation/transition-recorder';
import { Ingest } from '../../src/ingest/ingest.service';
import type { EarlyEvaluation } from '../../src/ingest/point-observer';
import { useAlertScene } from '../support/alert-tests';
import type { AlertScene } from '../support/alerts';
import { MINUTE } from '../support/rules';
import { until } from '../support/until';

const RULES = 30;
/** With all rules, more evaluations than a transaction takes. */
const POINTS = Math.ceil(MAX_EVALUATIONS_IN_TRANSACTION / RULES) + 3;

const scene = useAlertScene();
const { call, ownScene } = scene;

const evaluator = () => scene.app.app.get(RuleEvaluator);

afterEach(() => jest.restoreAllMocks());

interface ManyRules extends AlertScene {
  readonly ids: readonly string[];
}

async function manyRules(count = RULES): Promise<ManyRules> {
  const own = await ownScene();
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const more = { name: `Rule ${index}`, webhookUrl: undefined, cooldownMinutes: 1 };
    ids.push((await own.makeRule(`temperature > ${30 + index / 100}`, more))._id as string);
  }
  return { ...own, ids };
}

/** A batch that makes every rule fire and end in turn: a point each two minutes until a time, the last of them with this temperature. */
function flapping({ sourceId }: AlertScene, { end = Date.now(), points = POINTS, last = 40 } = {}) {
  return Array.from({ length: points }, (_, index) => ({
    dataSourceId: sourceId,
    values: { temperature: (points - 1 - index) % 2 === 0 ? last : 60 - last },
    timestamp: end - (points - 1 - index) * 2 * MINUTE,
  }));
}

const send = (dataPoints: object[], query = '', key = scene.writeKey) =>
  call('POST', `/api/data/batch${query}`, { key, body: { bucketId: scene.bucketId, dataPoints } });

async function historyOf(id: string) {
  const { body } = await call('GET', `/api/alerts/${id}/history?sort=asc&limit=100`, { key: scene.writeKey });
  return (body.history as { event: string; timestamp: string }[]).map(
    ({ event, timestamp }) => `${event} ${timestamp}`,
  );
}

/** What the rules came to: states, times and histories. */
async function resultOf(own: ManyRules) {
  const results: { state: string; lastTriggeredAt: string | null; history: string[] }[] = [];
  for (const id of own.ids) {
    const { state, lastTriggeredAt } = await own.rule(id);
    results.push({ state, lastTriggeredAt, history: await historyOf(id) });
  }
  return results;
}

/** The next early evaluation begins only when the returned function is called, and then fails if there is an error. */
function heldEvaluation(error?: Error) {
  const original = evaluator().evaluateEarly.bind(evaluator());
  let goOn = () => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const spy = jest.spyOn(evaluator(), 'evaluateEarly').mockImplementationOnce(async (...args) => {
    await held;
    if (error) throw error;
    return original(...args);
  });
  return { goOn: () => goOn(), hasBegun: () => until('it is evaluated', () => spy.mock.calls.length > 0) };
}

describe('many evaluations for one batch', () => {
  it('run before its transaction, with the same results as within it', async () => {
    const [early, within] = [await manyRules(), await manyRules()];
    const end = Date.now();
    const spy = jest.spyOn(evaluator(), 'evaluateEarly');
    expect((await send(flapping(early, { end }))).status).toBe(201);
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockResolvedValue(undefined);
    expect((await send(flapping(within, { end }))).status).toBe(201);
    expect(spy).toHaveBeenCalledTimes(2);
    const results = await resultOf(early);
    expect(results).toEqual(await resultOf(within));
    for (const { state, history } of results) {
      expect(state).toBe('triggered');
      expect(history).toHaveLength(9);
      expect(history.at(-1)).toBe(`triggered ${new Date(end).toISOString()}`);
    }
  });

  it('run before the transaction for late points too', async () => {
    const [early, within] = [await manyRules(), await manyRules()];
    const end = Date.now();
    const spy = jest.spyOn(evaluator(), 'evaluateEarly');
    for (const own of [early, within]) {
      if (own === within) spy.mockResolvedValue(undefined);
      await send(flapping(own, { end, points: 1, last: 20 }));
      expect((await send(flapping(own, { end: end - MINUTE }))).status).toBe(201);
    }
    expect(spy).toHaveBeenCalledTimes(2);
    const results = await resultOf(early);
    expect(results).toEqual(await resultOf(within));
    expect(results[0]?.state).not.toBe('triggered');
    expect(results[0]?.history.length).toBeGreaterThan(5);
  });

  it('do not hold up other data sources, but later points of the same one', async () => {
    const [own, other] = [await manyRules(), await ownScene()];
    const end = Date.now();
    const { goOn, hasBegun } = heldEvaluation();
    const batch = send(flapping(own, { end }));
    await hasBegun();
    let isAnswered = false;
    const later = own.send({ temperature: 20 }, -1).finally(() => (isAnswered = true));
    expect((await other.send({ temperature: 20 })).status).toBe(201);
    expect((await other.send({ temperature: 21 })).status).toBe(201);
    expect(isAnswered).toBe(false);
    goOn();
    expect((await batch).status).toBe(201);
    expect((await later).status).toBe(201);
    for (const { state, history } of await resultOf(own)) {
      expect(state).toBe('cooldown');
      expect(history.at(-2)).toBe(`triggered ${new Date(end).toISOString()}`);
      expect(history.at(-1)).toMatch(/^resolved /);
    }
  });

  it('run in the order of their requests', async () => {
    const own = await manyRules();
    const end = Date.now();
    const { goOn, hasBegun } = heldEvaluation();
    const first = send(flapping(own, { end: end - 200 * MINUTE, last: 20 }));
    await hasBegun();
    // With the same times as the last points of the first batch: the later value stays.
    const later = [...[21, 22, 23].map((last) => ({ end: end - 200 * MINUTE, last })), { end }];
    const batches = [first];
    const ingest = scene.app.app.get(Ingest);
    for (const options of later) {
      const before = ingest.queued;
      batches.push(send(flapping(own, options)));
      // Which of two requests arrives first is not certain if they are sent at once.
      await until('the batch waits for the first one', () => ingest.queued > before);
    }
    goOn();
    for (const { status } of await Promise.all(batches)) expect(status).toBe(201);
    const filters = {
      dataSourceId: own.sourceId,
      endTime: new Date(end - 200 * MINUTE + 1).toISOString(),
      sort: 'desc',
    };
    const found = await call('POST', '/api/data/query', {
      key: scene.readKey,
      body: { downsampling: false, filters: { ...filters, limit: 1 } },
    });
    expect(found.body.data[0].values).toEqual({ temperature: 23 });
    for (const { state } of await resultOf(own)) expect(state).toBe('triggered');
  });

  it('run again when a rule has changed meanwhile', async () => {
    const own = await manyRules();
    const [id = ''] = own.ids;
    const { goOn, hasBegun } = heldEvaluation();
    const batch = send(flapping(own));
    await hasBegun();
    const change = await call('PATCH', `/api/alerts/${id}`, { key: scene.writeKey, body: { status: 'paused' } });
    expect(change.status).toBe(200);
    goOn();
    expect((await batch).status).toBe(201);
    expect(await historyOf(id)).toEqual([]);
    expect(await historyOf(own.ids[1] ?? '')).toHaveLength(9);
  });

  it('run within the transaction when the rules keep changing', async () => {
    const own = await manyRules();
    const [changing = ''] = own.ids;
    const original = evaluator().evaluateEarly.bind(evaluator());
    const spy = jest.spyOn(evaluator(), 'evaluateEarly').mockImplementation(async (...args) => {
      const early = await original(...args);
      const body = { cooldownMinutes: 2 + (spy.mock.calls.length % 2) };
      await call('PATCH', `/api/alerts/${changing}`, { key: scene.writeKey, body });
      return early;
    });
    expect((await send(flapping(own))).status).toBe(201);
    expect(spy).toHaveBeenCalledTimes(3);
    expect(await historyOf(own.ids[1] ?? '')).toHaveLength(9);
  });

  it('leave nothing of a batch that is rejected meanwhile, and let later ones go on', async () => {
    const own = await manyRules();
    const { goOn, hasBegun } = heldEvaluation();
    const batch = send(flapping(own));
    await hasBegun();
    const later = own.send({ temperature: 20 });
    const path = `/api/buckets/${scene.bucketId}/sources/${own.sourceId}`;
    await call('PATCH', path, { key: scene.writeKey, body: { status: 'archived' } });
    goOn();
    expect((await batch).status).toBe(409);
    expect((await later).status).toBe(409);
    await call('PATCH', path, { key: scene.writeKey, body: { status: 'active' } });
    expect((await own.send({ temperature: 20 })).status).toBe(201);
    for (const { history } of await resultOf(own)) expect(history).toEqual([]);
  });

  it('reject only their batch when they fail', async () => {
    const own = await manyRules();
    const { goOn, hasBegun } = heldEvaluation(new Error('No'));
    const sent = send(flapping(own));
    await hasBegun();
    const following = own.send({ temperature: 20 });
    goOn();
    const [batch, later] = await Promise.all([sent, following]);
    expect(batch.status).toBe(500);
    expect(later.status).toBe(201);
    for (const { history } of await resultOf(own)) expect(history).toEqual([]);
  });

  it('evaluate only what is not history', async () => {
    const own = await manyRules();
    const spy = jest.spyOn(evaluator(), 'evaluateEarly');
    expect((await send(flapping(own), '?quiet=true', scene.app.adminKey)).status).toBe(201);
    expect(spy).not.toHaveBeenCalled();
    for (const { history } of await resultOf(own)) expect(history).toEqual([]);
  });

  it('evaluate the valid points of a partial batch', async () => {
    const own = await manyRules();
    const points = flapping(own);
    const bad = { ...points[0], values: { temperature: 'hot' } };
    expect((await send([bad, ...points], '?partial=true')).status).toBe(207);
    for (const { history } of await resultOf(own)) expect(history).toHaveLength(9);
  });
});

it('reads many rules before the transaction', async () => {
  const own = await manyRules(MAX_READ_IN_TRANSACTION + 1);
  const early: (EarlyEvaluation | undefined)[] = [];
  const original = evaluator().evaluateEarly.bind(evaluator());
  const spy = jest.spyOn(evaluator(), 'evaluateEarly').mockImplementation(async (...args) => {
    early.push(await original(...args));
    return early.at(-1);
  });
  expect((await own.send({ temperature: 40 })).status).toBe(201);
  expect(early).toEqual([expect.any(Object)]);
  expect((await own.send({ temperature: 41 })).status).toBe(201);
  expect(spy).toHaveBeenCalledTimes(1);
  for (const { history } of await resultOf(own)) expect(history).toHaveLength(1);
});

it('evaluates rules that only time changes in several transactions', async () => {
  const own = await ownScene();
  const ids: string[] = [];
  for (let index = 0; index <= RULES_PER_TRANSACTION; index++)
    ids.push((await own.makeRule('temperature > 30 for 10 minutes', { webhookUrl: undefined }))._id as string);
  await own.send({ temperature: 31 });
  const record = jest.spyOn(scene.app.app.get(TransitionRecorder), 'record');
  await scene.look(Date.now() + 11 * MINUTE);
  // Cooldowns of other rules may end too.
  const calls = record.mock.calls.filter(([, sourceId]) => sourceId === own.sourceId);
  expect(calls.map(([, , { states }]) => states.length)).toEqual([RULES_PER_TRANSACTION, 1]);
  for (const id of ids) expect((await own.rule(id)).state).toBe('triggered');
});
