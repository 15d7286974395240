import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { AlertRule } from '../../src/alerting/evaluation/alert-rule.entity';
import { RuleScheduler } from '../../src/alerting/evaluation/rule-scheduler';
import { LOOPBACK_OPEN, startAlertScene, type AlertScene } from './alerts';
import { startReceiver, type Receiver } from './receiver';
import { MINUTE } from './rules';
import { createDatabase, type TestApp, type TestDatabase } from './test-app';

/** A database and a receiver that outlive the servers of one test. */
export interface LastingScene {
  readonly database: TestDatabase;
  readonly receiver: Receiver;
  /** Replaces the receiver, after the one before was closed. */
  readonly receiveWith: (receiver: Receiver) => void;
  readonly start: () => Promise<AlertScene>;
}

/** Creates a database and a receiver before each test of a file, and removes them after it. */
export function useLastingScene(): LastingScene {
  let database: TestDatabase;
  let receiver: Receiver;
  beforeEach(async () => {
    database = await createDatabase();
    receiver = await startReceiver();
  });
  afterEach(async () => {
    await receiver.close();
    await database.remove();
  });
  return {
    get database() {
      return database;
    },
    get receiver() {
      return receiver;
    },
    receiveWith: (other) => (receiver = other),
    start: () => startAlertScene(receiver, LOOPBACK_OPEN, database),
  };
}

/** The state of each rule, by name. */
export const rulesOf = async ({ app }: TestApp) =>
  new Map((await app.get(DataSource).manager.find(AlertRule)).map(({ name, alertState }) => [name, alertState.state]));

/** Stops the periodic runs, which would mix the real time into a test's own. */
export function onlyByHand(scheduler: RuleScheduler): (now: number, monotonic: number) => Promise<void> {
  const evaluateDue = scheduler.evaluateDue.bind(scheduler);
  jest.spyOn(scheduler, 'evaluateDue').mockResolvedValue();
  return evaluateDue;
}

/** A server with a rule in each state. */
export async function sceneInEveryState(lasting: LastingScene): Promise<AlertScene> {
  const scene = await lasting.start();
  await scene.makeRule('temperature > 100', { name: 'ok' });
  await scene.makeRule('temperature > 30 for 10 minutes', { name: 'pending' });
  await scene.makeRule('temperature > 30', { name: 'triggered' });
  await scene.makeRule('humidity > 50', { name: 'cooldown' });
  await scene.makeRule('humidity > 50', { name: 'resolved', cooldownMinutes: 1 });
  await scene.makeRule('no data for 15 minutes', { name: 'silent' });
  await scene.send({ temperature: 31, humidity: 60 }, 2 * MINUTE);
  await scene.send({ temperature: 31, humidity: 40 }, MINUTE / 2);
  await scene.app.app.get(RuleScheduler).evaluateDue();
  return scene;
}

/** Variables for a server whose clock can be moved. */
export function withMovedClock(variables: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-clock-'));
  const file = join(folder, 'offset');
  const moveClock = (millis: number) => writeFileSync(file, String(millis));
  moveClock(0);
  const environment = {
    ...variables,
    NODE_OPTIONS: `--import ${join(__dirname, 'moved-clock.mjs')}`,
    CLOCK_OFFSET_FILE: file,
  };
  return { environment, moveClock, remove: () => rmSync(folder, { recursive: true }) };
}
