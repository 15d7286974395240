import { FailedAttempts } from './failed-attempts';

describe('failed attempts', () => {
  const attempts = (failedAuthPerMinute: number) => new FailedAttempts({ failedAuthPerMinute });

  it('may be so many a minute from one address, whatever others send', () => {
    const of = attempts(3);
    expect([1, 2, 3].map(() => of.count('192.0.2.1', 0))).toEqual([0, 0, 0]);
    expect(of.count('192.0.2.1', 0)).toBe(20_000);
    expect(of.count('192.0.2.2', 0)).toBe(0);
    expect(of.count('192.0.2.1', 20_000)).toBe(0);
  });

  it('are those of a whole /64 in IPv6, however the address is written', () => {
    const of = attempts(2);
    expect(of.count('2001:db8:0:1::1', 0)).toBe(0);
    expect(of.count('2001:0db8:0000:0001:ffff::', 0)).toBe(0);
    expect(of.count('2001:db8:0:1:abcd:ef01:2345:6789', 0)).toBe(30_000);
    expect(of.count('2001:db8:0:2::1', 0)).toBe(0);
  });

  it('are not counted where the operator wants it so', () => {
    const of = attempts(0);
    for (let i = 0; i < 1000; i++) expect(of.count('192.0.2.1', 0)).toBe(0);
  });

  it('from ever new addresses do not fill the memory', () => {
    const of = attempts(1);
    for (let i = 0; i < 50_000; i++) of.count(`${i}`, 0);
    expect([of.count('one more', 0), of.count('and another', 0)]).toEqual([0, 60_000]);
    expect(of.count('later', 120_001)).toBe(0);
    expect(of.count('later still', 120_001)).toBe(0);
  });
});
