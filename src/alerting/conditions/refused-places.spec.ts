import fc from 'fast-check';
import { refusalOf, SCHEMA } from '../../../test/support/conditions';
import { ACCEPTED } from '../../../test/support/corpus/accepted';
import { REFUSED } from '../../../test/support/corpus/refused';
import { repetitions } from '../../../test/support/repetitions';
import { parseCondition } from './condition-parser';
import { ConditionError } from './condition.errors';
import { MAX_EXPECTED } from './grammar/expectations';

const partOf = (written: string) => {
  const { place } = refusalOf(written, SCHEMA);
  return written.slice(place.start, place.end);
};
const expectedAt = (written: string) => refusalOf(written, SCHEMA).expected;

/** The text with a word in the place of what is wrong. At the end of the text the word is added. */
function replaced(written: string, { start, end }: ConditionError['place'], word: string): string {
  const [before, behind] = [written.slice(0, start), written.slice(end)];
  return start === end ? `${before.trimEnd()} ${word}` : before + word + behind;
}

function refusal(written: string): ConditionError | undefined {
  try {
    parseCondition(written, SCHEMA);
    return undefined;
  } catch (cause) {
    return cause as ConditionError;
  }
}

it.each([
  ['weight > 5', 'weight'],
  ['soil moistur < 20', 'soil moistur'],
  ['temperature is grater than 40', 'grater than'],
  ['temperature > 30 unless it rains', 'unless'],
  ['temperature > 86 °F', '°F'],
  ['temperature > 5 degrees fahrenheit', 'degrees fahrenheit'],
  ['temperature > 1,500', '1,500'],
  ['temperature is between 20 and 10', '10'],
  ['requests between 1 and 2k', '2k'],
  ['temperature > 30 for 90.5 seconds', '90.5 seconds'],
  ['temperature > 30 for 31 days', '31 days'],
  ['no data for 31 days', '31 days'],
  ['no dat for 10 minutes', 'no dat'],
  ['door is above 3', 'door is above 3'],
  ['status is neither a nor b', 'neither a nor b'],
  ['temperature > 30)', ')'],
  ['temperature > 30 and', ''],
])('marks the part of %j that is wrong: %j', (written, part) => expect(partOf(written)).toBe(part));

it.each([
  ['temprature > 40', 'temperature'],
  ['temperature is grater than 40', 'greater than'],
  ['temperature > 40 fro 5 minutes', 'for'],
  ['temperature > 40 for 5 minuets', 'minutes'],
  ['temperature > 86 °F', '°C'],
  ['temperature > 1,500', '1500'],
  ['pump is offf', 'off'],
  ['no dat for 10 minutes', 'no data'],
  ['status is neither a nor b', '"neither a nor b"'],
])('suggests for %j first: %j', (written, word) => expect(expectedAt(written)[0]).toBe(word));

it('reports a place in the text, or at its end, for every refused text', () => {
  for (const [written] of REFUSED) {
    const { place, at } = refusalOf(written, SCHEMA);
    expect([written, place.start]).toEqual([written, at]);
    if (written.slice(place.start).trim() === '') expect([written, place.end]).toEqual([written, place.start]);
    else
      expect([written, written.slice(place.start, place.end)]).toEqual([written, expect.stringMatching(/^\S(.*\S)?$/)]);
    expect(place.end).toBeLessThanOrEqual(written.length);
  }
});

it('expects only what takes the parser further', () => {
  for (const [written] of REFUSED) {
    const { place, expected } = refusalOf(written, SCHEMA);
    expect(expected.length).toBeLessThanOrEqual(MAX_EXPECTED);
    for (const word of expected) {
      const next = refusal(replaced(written, place, word));
      if (next) expect({ written, word, isFurther: next.at > place.start }).toEqual({ written, word, isFurther: true });
    }
  }
});

it('reports a place in any text', () => {
  const words = fc.constantFrom(...ACCEPTED.flatMap(([written]) => written.split(' ')), ...['fro', '(', ')', '"', 'x']);
  const texts = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 10 }).map((some) => some.join(' ')),
  );
  fc.assert(
    fc.property(texts, (written) => {
      const refused = refusal(written);
      if (!refused) return;
      const { start, end } = refused.place;
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeGreaterThanOrEqual(start);
      expect(end).toBeLessThanOrEqual(written.length);
      expect(start === end).toBe(start === written.length);
      expect(refused.expected.every((word) => word.length > 0)).toBe(true);
    }),
    { numRuns: repetitions(300, 3000) },
  );
});
