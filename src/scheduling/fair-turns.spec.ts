import { FairTurns } from './fair-turns';

it('runs a few pieces at the same time, in turns of callers, also after one fails', async () => {
  const turns = new FairTurns(2);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (organization: string, name: string) =>
    turns.run({ organization, line: '' }, async () => {
      begun.push(name);
      await new Promise<void>((resolve, reject) =>
        ends.set(name, name === 'a2' ? () => reject(new Error('failed')) : resolve),
      );
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const failing = [run('a', 'a1'), run('a', 'a2'), run('a', 'a3'), run('a', 'a4'), run('b', 'b1')][1];
  await Promise.all([expect(failing).rejects.toThrow('failed'), end('a1').then(() => end('a2'))]);
  expect(begun).toEqual(['a1', 'a2', 'a3', 'b1']);
  await end('a3');
  expect(begun.at(-1)).toBe('a4');
});
