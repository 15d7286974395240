import type { Type } from '@nestjs/common';
import type { Problem } from '../errors';
import { comparable, didYouMean, nearestOf } from '../nearest';
import { fieldsOf } from './field-plans';
import type { HandlerInputs } from './handler-inputs';

/** Hints in one reply. A body can have a hundred thousand unknown names. */
export const MAX_HINTS = 20;

/** A field that a route takes, at any depth of its body, or one of its query parameters. */
interface KnownName {
  readonly name: string;
  /** Where it is, with `[]` for each item of a list: `body.keys[]`. */
  readonly parent: string;
  readonly compared: string;
}

const knownNames = new WeakMap<Type, readonly KnownName[]>();

/**
 * Adds a hint to unknown names that are similar to a known one: first the same name at another level (`filters.startTime`
 * for `startTime`), then the nearest by spelling, and of equal ones the one beside it.
 */
export function withHints(unknown: readonly Problem[], { body, query }: HandlerInputs): readonly Problem[] {
  if (unknown.length === 0) return unknown;
  const known = [...namesIn(body, 'body'), ...namesIn(query, 'query')];
  return unknown.map((problem, index) => (index < MAX_HINTS ? { ...problem, hint: hintOf(problem, known) } : problem));
}

function hintOf({ path }: Problem, known: readonly KnownName[]): string | undefined {
  const parents = path.slice(0, -1);
  const parent = parentOf(parents);
  const compared = comparable(String(path.at(-1)));
  const beside = known.filter((one) => one.parent === parent);
  const candidates = [...beside, ...known.filter((one) => one.parent !== parent)];
  const found =
    candidates.find((one) => one.compared === compared) ?? nearestOf(compared, candidates, (one) => one.compared)[0];
  if (!found) return undefined;
  const shownParent = found.parent === parent ? shown(parents) : found.parent;
  const [place = '', ...fields] = `${shownParent}.${found.name}`.split('.');
  const suffix = place === path[0] ? '' : place === 'query' ? ' in the query string' : ' in the body';
  return didYouMean(fields.join('.') + suffix);
}

function parentOf(path: Problem['path']): string {
  return shown(path).replace(/\[\d+\]/g, '[]');
}

function shown(path: Problem['path']): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('').slice(1); // prettier-ignore
}

function namesIn(dto: Type | undefined, place: string): readonly KnownName[] {
  if (!dto) return [];
  const before = knownNames.get(dto);
  if (before) return before;
  const names = namesOf(dto, place);
  knownNames.set(dto, names);
  return names;
}

function namesOf(dto: Type, parent: string): readonly KnownName[] {
  return fieldsOf(dto).flatMap(({ field, nested }) => [
    { name: field, parent, compared: comparable(field) },
    ...(nested ? namesOf(nested.dto, `${parent}.${field}${nested.list ? '[]' : ''}`) : []),
  ]);
}
