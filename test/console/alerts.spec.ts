import fc from 'fast-check';
import { parseCondition } from '../../src/alerting/conditions/condition-parser';
import {
  comparisonsOf,
  fieldsIn,
  ruleInWords,
  thresholdOf,
  type Condition,
} from '../../console/src/screens/alerts/condition';
import { firingsOf, peakOf, rangeAround, type AlertEvent } from '../../console/src/screens/alerts/firings';
import { expectedWords, markedText, replaced } from '../../console/src/screens/alerts/marked-text';
import { metTimes } from '../../console/src/screens/alerts/met-times';
import { previewInWords } from '../../console/src/screens/alerts/preview-words';
import { bodyOf, draftOf, NEW_DRAFT } from '../../console/src/screens/alerts/rule-draft';
import { plainThreshold, withThreshold } from '../../console/src/screens/alerts/threshold-text';
import { refusalOf, SCHEMA } from '../support/conditions';
import { ACCEPTED } from '../support/corpus/accepted';

const parsed = (text: string) => parseCondition(text, SCHEMA);
const rewritten = (text: string, value: number) => withThreshold(text, parsed(text), value);

function readOrNone(text: string): Condition | undefined {
  try {
    return parsed(text);
  } catch {
    return undefined;
  }
}

describe('A threshold in a text', () => {
  it.each([
    ['temperature is greater than 30 for 5 minutes', 22.5, 'temperature is greater than 22.5 for 5 minutes'],
    ['temperature > 5 for 5 minutes', 6, 'temperature > 6 for 5 minutes'],
    ['30 < temperature', 31, '31 < temperature'],
    ['temperature drops below -5 °C', 0, 'temperature drops below 0 °C'],
    ['power > 5 kW', 6200, 'power > 6.2 kW'],
    ['requests > 10k for 1h', 12_000, 'requests > 12k for 1h'],
    ['pm2.5 above 30', 35, 'pm2.5 above 35'],
    ['pm2_5 > 2', 2.5, 'pm2_5 > 2.5'],
    ['temperature above thirty', 31, 'temperature is greater than 31'],
    ['no data for 30 minutes', 3, 'no data for 30 minutes'],
    ['temperature > 30 and humidity > 80', 3, 'temperature > 30 and humidity > 80'],
  ])('%s, moved to %d', (text, value, expected) => {
    expect(rewritten(text, value)).toBe(expected);
  });

  it('is the one that the server reads, for what people write, or the usual words say it', () => {
    const single = ACCEPTED.map(([text]) => text).filter((text) => thresholdOf(parsed(text)));
    expect(single.length).toBeGreaterThan(150);
    fc.assert(
      fc.property(fc.constantFrom(...single), fc.integer({ min: -9_999, max: 9_999 }), (text, hundredths) => {
        const condition = parsed(text);
        const value = hundredths / 100;
        const expected = { ...condition, value };
        const read = readOrNone(withThreshold(text, condition, value));
        // What the form does: where the text does not parse, or with another number, it writes the usual words.
        const isTaken = read !== undefined && Math.abs((thresholdOf(read)?.value ?? NaN) - value) < 1e-6;
        expect(isTaken ? { ...read, value } : parsed(plainThreshold(condition, value))).toEqual(expected);
      }),
    );
  });

  it('keeps the words of nearly everything that has its number in digits', () => {
    const single = ACCEPTED.map(([text]) => text).filter((text) => thresholdOf(parsed(text)) && /\d/.test(text));
    const kept = single.filter((text) => {
      const condition = parsed(text);
      const { value } = thresholdOf(condition) ?? { value: 0 };
      return withThreshold(text, condition, value + 1) !== plainThreshold(condition, value + 1);
    });
    expect(kept.length / single.length).toBeGreaterThan(0.8);
  });
});

describe('A rule in words', () => {
  const schema = { temperature: { type: 'number', unit: '°C' }, requests: { type: 'number' } };
  it.each([
    ['temperature > 30 for 5m', 'Fires when temperature is greater than 30 °C for 5 minutes'],
    ['requests >= 10k', 'Fires when requests is at least 10000'],
    ['no data for 1h', 'Fires when there is no data for 1 hour'],
    ['temperature > 30 && humidity > 80', 'Fires when temperature is greater than 30 and humidity is greater than 80'],
    ['pump is on', 'Fires when pump is true'],
  ])('%s', (text, words) => {
    expect(ruleInWords(parsed(text), schema)).toBe(words);
  });

  it('names each field once', () => {
    const condition = parsed('temperature < 10 or > 30 or (humidity > 80 and pump is on)');
    expect(fieldsIn(condition)).toEqual(['temperature', 'humidity', 'pump']);
    expect(comparisonsOf(condition)).toHaveLength(4);
    expect(fieldsIn(parsed('no data for 1h'))).toEqual([]);
  });

  it('says how often it would have fired', () => {
    expect(previewInWords({ alerts: 12, intervals: 12 }, 100, '7 days')).toBe('Would have fired 12 times in 7 days');
    expect(previewInWords({ alerts: 1, intervals: 1 }, 100, '1 day')).toBe('Would have fired 1 time in 1 day');
    expect(previewInWords({ alerts: 0, intervals: 0 }, 100, '7 days')).toBe('Would not have fired in 7 days');
    expect(previewInWords({ alerts: 0, intervals: 0 }, 0, '7 days')).toBe('There are no points in the last 7 days');
  });
});

describe('What is not understood', () => {
  it('is marked where the server says it is', () => {
    const text = 'temperature is grater than 40';
    const { place } = refusalOf(text, SCHEMA);
    expect(markedText(text, place)).toEqual({ before: 'temperature is ', wrong: 'grater than', after: ' 40' });
  });

  it('is a space at the end of a text that is not complete', () => {
    expect(markedText('temperature >', { start: 13, end: 13 })).toEqual({
      before: 'temperature >',
      wrong: '\u00a0',
      after: '',
    });
    expect(markedText('temperature', undefined)).toBeUndefined();
  });

  it('is a part of the text, whatever the place', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), fc.integer(), (text, start, end) => {
        const { before, wrong, after } = markedText(text, { start, end }) ?? { before: '', wrong: '', after: '' };
        expect([text, text.slice(0, before.length) + '\u00a0' + after]).toContain(before + wrong + after);
      }),
    );
  });

  it('is replaced by a word', () => {
    expect(replaced('temperature is grater than 40', { start: 15, end: 26 }, 'greater than')).toBe(
      'temperature is greater than 40',
    );
    expect(replaced('temperature', { start: 11, end: 11 }, 'is')).toBe('temperature is');
    expect(replaced('', { start: 0, end: 0 }, 'temperature')).toBe('temperature');
    expect(expectedWords({ expected: ['is', 'is', 'is not', 'between'] }, 2)).toEqual(['is', 'is not']);
    expect(expectedWords({}, 2)).toEqual([]);
  });
});

describe('Firings', () => {
  const at = (minute: number) => Date.UTC(2026, 0, 1, 0, minute);
  const event = (minute: number, name: AlertEvent['event'], more: Partial<AlertEvent> = {}) => ({
    ...{ _id: `${name} ${minute}`, event: name, timestamp: new Date(at(minute)).toISOString(), repeat: 0 },
    ...{ reason: null, currentValue: minute, dataPoint: null },
    ...more,
  });

  it('reach from a first notification to its end, with the reminders between', () => {
    const events = [
      event(50, 'triggered'),
      event(40, 'resolved', { repeat: 2, reason: 'paused' }),
      event(30, 'triggered', { repeat: 2 }),
      event(20, 'triggered', { repeat: 1 }),
      event(10, 'triggered'),
      event(5, 'resolved'),
    ];
    expect(firingsOf(events)).toEqual([
      { id: 'triggered 50', from: at(50), to: null, reminders: 0, value: 50, reason: null },
      { id: 'triggered 10', from: at(10), to: at(40), reminders: 2, value: 10, reason: 'paused' },
      { id: 'resolved 5', from: null, to: at(5), reminders: 0, value: undefined, reason: null },
    ]);
    expect(firingsOf([])).toEqual([]);
  });

  it('have the peak of the times in which the condition was met', () => {
    const [firing] = firingsOf([event(40, 'resolved'), event(10, 'triggered')]);
    const interval = (from: number, to: number | null, peak: unknown) => ({
      from: new Date(at(from)).toISOString(),
      to: to === null ? null : new Date(at(to)).toISOString(),
      peak,
    });
    const intervals = [interval(0, 5, 99), interval(8, 20, 31), interval(21, 40, 35), interval(50, null, 99)];
    if (!firing) throw new Error('There is no firing');
    expect(peakOf(firing, intervals, parsed('temperature > 30'))).toBe(35);
    expect(peakOf(firing, intervals, parsed('temperature < 40'))).toBe(31);
    expect(peakOf(firing, [], parsed('temperature > 30'))).toBeNull();
    expect(peakOf(firing, intervals, parsed('no data for 1h'))).toBeNull();
  });

  it('are shown with what was before and after', () => {
    expect(rangeAround({ from: at(60), to: at(120) }, at(600))).toEqual({ from: at(30), to: at(150) });
    expect(rangeAround({ from: at(60), to: null }, at(62))).toEqual({ from: at(50), to: at(62) });
  });

  it('are times of being met on a strip', () => {
    const range = { from: 100, to: 200 };
    const met = metTimes(
      [
        { from: 50, to: 120 },
        { from: 150, to: null },
      ],
      range,
    );
    expect(met).toEqual({ times: [150, 120, 100, 100], values: ['met', 'not met', 'met', 'not met'] });
  });
});

describe('The form of a rule', () => {
  it('sends a webhook and headers only where there is a URL', () => {
    const draft = {
      ...NEW_DRAFT,
      name: ' Hot ',
      condition: 'temperature > 30',
      headers: [{ name: 'X-Token', value: 'a' }],
    };
    expect(bodyOf(draft)).toEqual({
      ...{ name: 'Hot', condition: 'temperature > 30', webhookUrl: null, cooldownMinutes: 5, repeatMinutes: null },
    });
    expect(bodyOf({ ...draft, webhookUrl: ' https://example.com ', repeat: '0' })).toMatchObject({
      webhookUrl: 'https://example.com',
      headers: { 'X-Token': 'a' },
      repeatMinutes: 0,
    });
  });

  it('sends a number that is none as it was typed, so that the server says what is wrong', () => {
    expect(bodyOf({ ...NEW_DRAFT, cooldown: 'five' }).cooldownMinutes).toBe('five');
    expect(bodyOf({ ...NEW_DRAFT, cooldown: '' }).cooldownMinutes).toBe('');
  });

  it('shows a rule as it is, and gives it back unchanged', () => {
    const rule = {
      ...{ name: 'Hot', condition: 'temperature > 30', webhookUrl: 'https://example.com/…', headers: { A: '…' } },
      ...{ cooldownMinutes: 5, repeatMinutes: 60 },
    } as unknown as Parameters<typeof draftOf>[0];
    expect(bodyOf(draftOf(rule))).toEqual({
      ...{ name: 'Hot', condition: 'temperature > 30', webhookUrl: 'https://example.com/…', headers: { A: '…' } },
      ...{ cooldownMinutes: 5, repeatMinutes: 60 },
    });
  });
});
