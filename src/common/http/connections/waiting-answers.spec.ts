import type { Connection } from './connection';
import { WaitingAnswers } from './waiting-answers';

/** A connection as far as it is looked at. */
function connection(waitingBytes: number) {
  const socket = { destroyed: false, bytesWritten: waitingBytes, writableLength: waitingBytes };
  return { socket, waitingBytes, abort: () => (socket.destroyed = true) };
}

const asConnection = (fake: ReturnType<typeof connection>) => fake as unknown as Connection;

it('closes the connections with the most bytes waiting until the rest is within the bound', () => {
  const answers = new WaitingAnswers(1000, 20_000_000, () => 0);
  const fakes = [1, 9, 3, 8, 2].map((millions) => connection(millions * 1_000_000));
  for (const fake of fakes) answers.note(asConnection(fake), fake.waitingBytes);
  expect(fakes.map(({ socket }) => socket.destroyed)).toEqual([false, true, false, false, false]);
});

it('closes none while they are within the bound, however often they are noted', () => {
  const answers = new WaitingAnswers(1000, 20_000_000, () => 0);
  const fakes = [6, 6, 6].map((millions) => connection(millions * 1_000_000));
  for (let round = 0; round < 20; round++)
    for (const fake of fakes) answers.note(asConnection(fake), fake.waitingBytes);
  expect(fakes.some(({ socket }) => socket.destroyed)).toBe(false);
});

it('closes a reader that has taken nothing for the whole time, and no other', () => {
  let now = 0;
  const answers = new WaitingAnswers(1000, 20_000_000, () => now);
  const [stalled, slow, done] = [connection(500), connection(500), connection(500)];
  for (const fake of [stalled, slow, done]) answers.note(asConnection(fake), 500);
  for (; now < 1000; now += 250) {
    slow.socket.writableLength -= 1;
    answers.closeStalled();
    expect([stalled.socket.destroyed, slow.socket.destroyed]).toEqual([false, false]);
  }
  done.waitingBytes = 0;
  answers.closeStalled();
  expect([stalled, slow, done].map(({ socket }) => socket.destroyed)).toEqual([true, false, false]);
});
