import { Writer } from '../../src/database/writer';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

/** Longer than jobs of several callers may share a transaction. */
const LONG_MILLIS = 12;

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

function keepBusy(millis: number): Promise<void> {
  const end = performance.now() + millis;
  while (performance.now() < end);
  return Promise.resolve();
}

(ON_POSTGRES ? describe.skip : describe)('a commit on SQLite', () => {
  it('does not wait for long jobs of other callers', async () => {
    const order: string[] = [];
    const write = async (caller: string) => {
      const work = () => {
        order.push(`${caller} begins`);
        return keepBusy(LONG_MILLIS);
      };
      await server.app.get(Writer).write(work, { caller });
      order.push(`${caller} is stored`);
    };
    await Promise.all(['one', 'two', 'three'].map(write));
    const stored = (caller: string) => [`${caller} begins`, `${caller} is stored`];
    expect(order).toEqual([...stored('one'), ...stored('two'), ...stored('three')]);
  });
});
