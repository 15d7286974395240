import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import type { LeanResponse } from './lean-messages';
import { mapped, sendPaced } from './paced-answer';
import { IMMEDIATE_YIELD } from './yield';

/** A response that takes so many characters before its reader has to be waited for. */
class FakeResponse extends EventEmitter {
  readonly req = { readableEnded: true };
  readonly closed = false;
  readonly destroyed = false;
  headersSent = false;
  ended = false;
  text = '';
  writes = 0;
  isRead = true;

  writeHead(): void {
    this.headersSent = true;
  }

  write(text: string): boolean {
    this.text += text;
    this.writes += 1;
    return this.isRead;
  }

  end(text: string): void {
    this.text += text;
    this.ended = true;
  }

  sendJson(_status: number, text: string): void {
    this.end(text);
  }
}

const send = (response: FakeResponse, value: object) =>
  sendPaced(response as unknown as LeanResponse, value, IMMEDIATE_YIELD);

it('sends what JSON.stringify makes of a value', async () => {
  const values = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      const response = new FakeResponse();
      await send(response, value);
      expect(response.ended).toBe(true);
      expect(response.text).toBe(JSON.stringify(value));
    }),
  );
});

it('leaves out what is undefined, and sends iterables as arrays, their members made one by one', async () => {
  const made: number[] = [];
  const view = (member: number) => (made.push(member), { member, none: undefined });
  const response = new FakeResponse();
  await send(response, { list: mapped([1, 2], view), none: undefined, deep: { list: new Set(['x']), none: [] } });
  expect(response.text).toBe('{"list":[{"member":1},{"member":2}],"deep":{"list":["x"],"none":[]}}');
  expect(made).toEqual([1, 2]);
});

it('makes no more than the reader takes', async () => {
  let made = 0;
  const text = 'x'.repeat(1000);
  const rows = mapped(Array.from({ length: 1000 }), () => (made++, { text }));
  const response = new FakeResponse();
  response.isRead = false;
  const sending = send(response, { rows });
  while (response.writes === 0) await IMMEDIATE_YIELD();
  for (let turn = 0; turn < 20; turn++) await IMMEDIATE_YIELD();
  expect(response.writes).toBe(1);
  expect(made).toBeLessThan(80);

  response.isRead = true;
  response.emit('drain');
  await sending;
  expect(JSON.parse(response.text)).toEqual({ rows: Array.from({ length: 1000 }, () => ({ text })) });
});

it('has sent nothing where a member of a short answer cannot be made', async () => {
  const response = new FakeResponse();
  const failing = mapped([1, 2], (member) => {
    if (member === 2) throw new Error('no such member');
    return member;
  });
  await expect(send(response, { failing })).rejects.toThrow('no such member');
  expect([response.headersSent, response.text]).toEqual([false, '']);
});
