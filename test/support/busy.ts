import type { Socket } from 'node:net';
import type { CurrentApiKey } from '../../src/auth/current-key.decorator';
import { KeyVerifier } from '../../src/auth/key-verifier';
import { callerOf } from '../../src/scheduling/caller';
import { WorkScheduler } from '../../src/scheduling/work-scheduler';
import type { TestApp } from './test-app';

/** A piece of long work of a test's own, under way until the test ends it. */
export interface HeldPlace {
  end(): Promise<void>;
}

/** Takes one of the places for long work on behalf of a key, as a query that does not end would. */
export async function holdPlace({ app }: TestApp, key: string): Promise<HeldPlace> {
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

/** Resolves once so many long work wait for a place. */
export async function waitingAre({ app }: TestApp, count: number): Promise<void> {
  const scheduler = app.get(WorkScheduler);
  while (scheduler.load.waiting !== count) await new Promise((resolve) => setTimeout(resolve, 2));
}
