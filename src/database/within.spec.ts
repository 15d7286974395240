import { DeadlineError, within } from './within';

describe('within', () => {
  it('gives the result of work that ends in time', async () => {
    await expect(within(1000, 'Counting', () => Promise.resolve(3))).resolves.toBe(3);
  });

  it('gives the error of work that fails in time', async () => {
    await expect(within(1000, 'Counting', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('stops waiting for work that does not end', async () => {
    const endless = within(20, 'Counting', () => new Promise(() => {}));
    await expect(endless).rejects.toEqual(new DeadlineError('Counting', 20));
    await expect(endless).rejects.toMatchObject({ code: 'ETIMEDOUT', message: 'Counting took longer than 20 ms' });
  });
});
