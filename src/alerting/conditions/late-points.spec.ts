import { arrivedAt, type Sent } from '../../../test/support/arrival';
import { damp, hot, MINUTE, minutes, rule, START } from '../../../test/support/rules';
import { applyStalePoint } from './late-points';
import { evaluateTime, timerDueAt } from './state-machine';

const arrive = arrivedAt(START);
const lasting = rule({ ...hot, durationSeconds: 300 });

const point = (minute: number, temperature: number): Sent => ({ minute, values: { temperature } });

describe('a late point', () => {
  it('fires and resolves for its own time', () => {
    const { transitions, alertState } = arrive(rule(hot), [point(0, 20), point(3, 20), point(1, 35)]);
    expect(minutes(transitions)).toEqual(['triggered 1', 'resolved 3']);
    expect(alertState.state).toBe('cooldown');
  });

  it('takes back no notification', () => {
    const { transitions, alertState } = arrive(rule(hot), [
      point(0, 20),
      point(3, 35),
      point(4, 35),
      point(2, 20),
      point(3.5, 20),
    ]);
    expect(minutes(transitions)).toEqual(['triggered 3']);
    expect(alertState.state).toBe('triggered');
  });

  it('sends nothing for a time that a notification and its cooldown cover', () => {
    const sent = [point(0, 20), point(3, 35), point(4, 20), point(7, 20), point(9, 20), point(1, 35), point(6, 35)];
    expect(minutes(arrive(rule(hot), sent).transitions)).toEqual(['triggered 3', 'resolved 4']);
    expect(minutes(arrive(rule(hot), [...sent, point(8.5, 35)]).transitions)).toEqual([
      ...['triggered 3', 'resolved 4', 'triggered 8.5', 'resolved 9'],
    ]);
  });

  it('does not notify twice of the same alert', () => {
    const sent = [point(0, 20), point(1, 31), point(9, 20), point(10, 20)];
    const told = ['triggered 1', 'resolved 9'];
    for (const late of [point(0.5, 31), point(2, 31), point(5, 20), point(8, 20)])
      expect(minutes(arrive(rule(hot, 6), [...sent, late]).transitions)).toEqual(told);
    expect(minutes(arrive(rule(hot, 6), [...sent, point(8, 31)]).transitions)).toEqual([
      ...told,
      'triggered 8',
      'resolved 9',
    ]);
  });

  it('restarts a pending duration after the gap that it shows, at the next point that meets the condition', () => {
    const { alertState } = arrive(lasting, [point(0, 31), point(2, 31), point(4, 31), point(1, 20)]);
    expect(timerDueAt(lasting, alertState)).toBe(START + 7 * MINUTE);
  });

  it('can show that the condition has been met for longer', () => {
    const sent = [point(0, 20), point(10, 31), point(7, 31)];
    const { transitions, alertState } = arrive(lasting, sent);
    expect([minutes(transitions), timerDueAt(lasting, alertState)]).toEqual([[], START + 12 * MINUTE]);
    expect(minutes(arrive(lasting, [...sent, point(4, 31)]).transitions)).toEqual(['triggered 9']);
  });

  it('is evaluated with the value that the other field had at that time', () => {
    const both = rule({ operator: 'and', conditions: [hot, damp] });
    const sent: Sent[] = [
      { minute: 0, values: { temperature: 20, humidity: 85 } },
      { minute: 5, values: { humidity: 40 } },
      { minute: 3, values: { temperature: 31 } },
    ];
    expect(minutes(arrive(both, sent).transitions)).toEqual(['triggered 3', 'resolved 5']);
  });
});

describe('a very late point', () => {
  const { alertState } = arrive(lasting, [point(0, 31), point(3, 31)]);
  const latest = START + 3 * MINUTE;

  it('restarts a pending duration no later than at the gap that it shows', () => {
    const late = applyStalePoint(lasting, alertState, { at: START + MINUTE, latest }, () => 20);
    expect(timerDueAt(lasting, late)).toBe(START + 8 * MINUTE);
  });

  it('changes nothing if it meets the condition, lies before it, or arrives after the notification', () => {
    expect(applyStalePoint(lasting, alertState, { at: START + MINUTE, latest }, () => 35)).toBe(alertState);
    expect(applyStalePoint(lasting, alertState, { at: START - MINUTE, latest }, () => 20)).toBe(alertState);
    const fired = evaluateTime(lasting, alertState, START + 5 * MINUTE).alertState;
    expect(applyStalePoint(lasting, fired, { at: START + MINUTE, latest }, () => 20)).toBe(fired);
  });
});
