import type { Field } from '../sources/schema';
import { FieldGroup } from './aggregations';
import { resultsOf } from './group-results';

const FIELDS = 100;
const VALUES = 5000;

it('yields between the fields of a group that together have many values to sort', async () => {
  const fields = Array.from({ length: FIELDS }, (_, slot): Field => ({
    name: `f${slot}`,
    type: 'number',
    required: false,
    slot,
  }));
  const group = fields.map((_, place) => {
    const values = new FieldGroup(true);
    for (let at = 0; at < VALUES; at++) values.add({ at, meta: 0 }, (at * 7919 + place) % VALUES);
    return values;
  });
  let yields = 0;
  const columns = fields.map((field) => ({ field, aggregation: 'median', real: 'median' }) as never);
  const [cells] = await resultsOf({ fields: [group] } as never, fields, columns, () => {
    yields += 1;
    return Promise.resolve();
  });
  expect(cells).toEqual(Array(FIELDS).fill((VALUES - 1) / 2));
  expect(yields).toBeGreaterThanOrEqual((FIELDS * VALUES) / 20_000 - 1);
});
