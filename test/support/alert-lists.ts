import { setImmediate } from 'node:timers/promises';
import { makeAlert } from './alerts';
import { makeBucket, makeOrganization } from './make';
import { startApp, type TestApp } from './test-app';

export interface ListedRule {
  readonly id: string;
  readonly bucketId: string;
  readonly sourceId: string;
  readonly deliveryId: string;
}

/** Names of rules in the order of their creation, and whether each belongs to the yard instead of the hall. */
export const RULES = [
  ['Too hot 10', false],
  ['Too hot 2', true],
  ['zu heiß', true],
  ['Ärger 100%', false],
] as const;
export const ALL_RULES = RULES.map(([name]) => name);

/** An organization with two buckets and four rules, of which one is paused and two are firing; and a rule of another organization. */
export class AlertLists {
  key = '';
  hall = '';
  yard = '';
  private readonly rules = new Map<string, ListedRule>();
  private started: TestApp | undefined;

  static use(prepare: (lists: AlertLists) => void): AlertLists {
    const lists = new AlertLists();
    beforeAll(async () => {
      lists.started = await startApp({ DAKKIO_WEBHOOK_ALLOW: '127.0.0.1:9' });
      await lists.make();
      prepare(lists);
    });
    afterAll(() => lists.server.stop());
    return lists;
  }

  get server(): TestApp {
    if (!this.started) throw new Error('The server has not started');
    return this.started;
  }

  ruleOf = (name: string): ListedRule => {
    const rule = this.rules.get(name);
    if (!rule) throw new Error(`There is no rule ${name}`);
    return rule;
  };

  call = (method: string, path: string, body?: object, key = this.key) => this.server.call(method, path, { key, body });

  makeSource = async (bucketId: string, key = this.key): Promise<string> => {
    const source = { name: 'S', schema: { t: 'number' } };
    const { body } = await this.call('POST', `/api/buckets/${bucketId}/sources`, source, key);
    return body.dataSource._id as string;
  };

  private async make(): Promise<void> {
    const { server } = this;
    this.key = await makeOrganization(server, 'Alerts');
    [this.hall, this.yard] = [await makeBucket(server, 'Hall', this.key), await makeBucket(server, 'Yard', this.key)];
    const foreign = await makeBucket(server, 'Foreign');
    await makeAlert(server, foreign, await this.makeSource(foreign, server.adminKey), 't > 30', 'Too hot for others');
    for (const [name, isOfYard] of RULES) {
      const bucketId = isOfYard ? this.yard : this.hall;
      const sourceId = await this.makeSource(bucketId);
      const made = await makeAlert({ ...server, adminKey: this.key }, bucketId, sourceId, 't > 30', name);
      this.rules.set(name, { id: made.alertId, deliveryId: made.deliveryId, bucketId, sourceId });
    }
    await this.call('PATCH', `/api/alerts/${this.ruleOf('zu heiß').id}`, { status: 'paused' });
    for (const name of ['Too hot 2', 'Too hot 10']) {
      const { bucketId, sourceId } = this.ruleOf(name);
      await this.call('POST', '/api/data', { bucketId, dataSourceId: sourceId, values: { t: 40 } });
      await nextMillisecond();
    }
  }
}

/** So that two rules are not triggered at the same time. */
async function nextMillisecond(): Promise<void> {
  for (const now = Date.now(); Date.now() === now;) await setImmediate();
}
