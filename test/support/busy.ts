import type { Socket } from 'node:net';
import type { CurrentApiKey } from '../../src/auth/current-key.decorator';
import { KeyVerifier } from '../../src/auth/key-verifier';
import { callerOf } from '../../src/scheduling/caller';
import { WorkScheduler } from '../../src/scheduling/work-scheduler';
import type { TestApp } from './test-app';

/** Long work of a test, which runs until the test ends it. */
export interface HeldSlot {
  end(): Promise<void>;
}

/** Takes one slot for long work for a key, like a query that does not end. */
export async function holdSlot({ app }: TestApp, key: string): Promise<HeldSlot> {
  const current = (await app.get(KeyVerifier).verify(key)) as CurrentApiKey;
  let end = () => {};
  const held = new Promise<void>((resolve) => (end = resolve));
  let begun = () => {};
  const begins = new Promise<void>((resolve) => (begun = resolve));
  const client = { destroyed: false } as Socket;
  const work = app.get(WorkScheduler).run(callerOf(current), client, () => {
    begun();
    return held;
  });
  await begins;
  return {
    end: async () => {
      end();
      await work;
    },
  };
}

/** Resolves once this number of long tasks wait for a slot. */
export async function waitingAre({ app }: TestApp, count: number): Promise<void> {
  const scheduler = app.get(WorkScheduler);
  while (scheduler.load.waiting !== count) await new Promise((resolve) => setTimeout(resolve, 2));
}
