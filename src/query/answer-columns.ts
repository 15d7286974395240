import type { Field } from '../sources/schema';
import { columnsOf } from './group-columns';
import type { QueryAnswer } from './query-answer';
import { namesOf, type Grouping, type Plan } from './query-plan';
import type { RawStores } from './raw-answer';

/** What is known of the columns of raw rows before the first one is read. */
export function rawColumns(
  { manager, dictionary }: RawStores,
  plan: Plan,
): Pick<QueryAnswer, 'title' | 'sourceNames' | 'cells' | 'metadataNames'> {
  const { sources, fields, yieldTurn } = plan;
  const metadataNames = async () => {
    const names = new Set<string>();
    for (const { number } of sources) await dictionary.addNames(manager, number, names, yieldTurn);
    return [...names];
  };
  const cells = () => {
    const schemas = new Set(sources.map(({ schema }) => schema));
    const names = distinct([...schemas].flatMap((schema) => schema.map(({ name }) => name)));
    const wanted = fields && new Set(fields);
    return wanted ? names.filter((name) => wanted.has(name)) : names;
  };
  return { ...namesOf(plan), cells, metadataNames };
}

/** The names of the values of groups. */
export function groupedCells(sources: readonly { readonly fields: readonly Field[] }[], grouping: Grouping): string[] {
  const isSingle = grouping.aggregations.length === 1;
  const lists = new Set(sources.map(({ fields }) => fields));
  const names = [...lists].flatMap((fields) =>
    columnsOf(fields, grouping).map(({ field, name }) => (isSingle ? field.name : `${field.name}.${name}`)),
  );
  return distinct(names);
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
