import { getEventListeners } from 'node:events';
import { NameLookup } from './name-lookup';

const PATIENCE_MILLIS = 20;

/** A lookup whose resolvers the test controls, and their calls. */
function watched() {
  const asked = {
    system: [] as PromiseWithResolvers[],
    direct: [] as (PromiseWithResolvers & { signal: AbortSignal })[],
  };
  const lookup = new NameLookup(
    {
      system: () => note(asked.system, {}).promise,
      direct: (_name, signal) => note(asked.direct, { signal }).promise,
    },
    PATIENCE_MILLIS,
  );
  return { lookup, asked };
}

interface PromiseWithResolvers {
  readonly promise: Promise<readonly string[]>;
  readonly resolve: (addresses: readonly string[]) => void;
  readonly reject: (cause: Error) => void;
}

function note<More>(list: (PromiseWithResolvers & More)[], more: More): PromiseWithResolvers {
  let resolve: PromiseWithResolvers['resolve'] = () => undefined;
  let reject: PromiseWithResolvers['reject'] = () => undefined;
  const promise = new Promise<readonly string[]>((...both) => ([resolve, reject] = both));
  const made = { promise, resolve, reject, ...more };
  list.push(made);
  return made;
}

const patience = () => new Promise((resolve) => setTimeout(resolve, 3 * PATIENCE_MILLIS));
const never = new AbortController().signal;
const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

it('uses only the system resolver when it is quick, and leaves no timer or socket behind', async () => {
  const { lookup, asked } = watched();
  const { signal } = new AbortController();
  const before = timers();
  const found = lookup.lookup('a.test', signal);
  asked.system[0]?.resolve(['192.0.2.1']);
  expect(await found).toEqual(['192.0.2.1']);
  expect([getEventListeners(signal, 'abort').length, timers() - before]).toEqual([0, 0]);
  await patience();
  expect(asked.direct).toEqual([]);
});

it('accepts a quick failure of the system resolver', async () => {
  const { lookup, asked } = watched();
  const found = lookup.lookup('a.test', never);
  asked.system[0]?.reject(new Error('ENOTFOUND'));
  await expect(found).rejects.toThrow('ENOTFOUND');
  expect(asked.direct).toEqual([]);
});

it('uses the name servers when the system resolver hangs, and blocks no second thread for the same name', async () => {
  const { lookup, asked } = watched();
  for (const address of ['192.0.2.1', '192.0.2.2']) {
    const found = lookup.lookup('a.test', never);
    await patience();
    asked.direct.at(-1)?.resolve([address]);
    expect(await found).toEqual([address]);
  }
  expect([asked.system.length, asked.direct.length]).toEqual([1, 2]);
});

it('shares a running lookup, and starts a new one after it', async () => {
  const { lookup, asked } = watched();
  const both = [lookup.lookup('a.test', never), lookup.lookup('a.test', never), lookup.lookup('b.test', never)];
  expect(asked.system).toHaveLength(2);
  for (const { resolve } of asked.system) resolve(['192.0.2.1']);
  await Promise.all(both);
  void lookup.lookup('a.test', never);
  expect(asked.system).toHaveLength(3);
  asked.system[2]?.resolve([]);
});

it('still accepts the answer of a slow system resolver, and cancels the direct query', async () => {
  const { lookup, asked } = watched();
  const found = lookup.lookup('a.test', never);
  await patience();
  expect(asked.direct[0]?.signal.aborted).toBe(false);
  asked.direct[0]?.reject(new Error('The name servers know no address'));
  asked.system[0]?.resolve(['192.0.2.3']);
  expect(await found).toEqual(['192.0.2.3']);
  expect(asked.direct[0]?.signal.aborted).toBe(true);
});

it('reports the error of the system resolver when both fail', async () => {
  const { lookup, asked } = watched();
  const found = lookup.lookup('a.test', never);
  await patience();
  asked.direct[0]?.reject(new Error('The name servers know no address'));
  asked.system[0]?.reject(new Error('EAI_AGAIN'));
  await expect(found).rejects.toThrow('EAI_AGAIN');
});

it('ends when it is aborted, before or while it waits, and cancels the direct query', async () => {
  const { lookup, asked } = watched();
  const stop = new AbortController();
  const before = timers();
  const found = lookup.lookup('a.test', stop.signal);
  await patience();
  stop.abort(new Error('Stopped'));
  await expect(found).rejects.toThrow('Stopped');
  expect(asked.direct[0]?.signal.aborted).toBe(true);
  expect([getEventListeners(stop.signal, 'abort').length, timers() - before]).toEqual([0, 0]);
  await expect(lookup.lookup('b.test', stop.signal)).rejects.toThrow('Stopped');
  expect(asked.system).toHaveLength(1);
});
