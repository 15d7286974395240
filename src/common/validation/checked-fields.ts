import type { Type } from '@nestjs/common';
import { problemOf, shortName, UNKNOWN_PROPERTY, type Problem, type Refusal } from '../errors';
import { fieldsOf, normalisedBy, problemIn, type FieldPlan, type Nested } from './field-plans';
import { isObject } from './fields-rules';

/** A body with a hundred thousand unknown properties must not get a reply that is larger still. */
export const MAX_PROBLEMS = 100;

/** Up to `MAX_PROBLEMS` invalid fields, and as many unknown properties, which the reply lists last. */
interface Findings {
  readonly problems: Problem[];
  readonly unknown: Problem[];
}

export interface Checked extends Findings {
  /** An instance of the class, with the fields of the class only. */
  readonly value: unknown;
}

type Path = readonly (string | number)[];

/** Converts and validates what a request has in one place, by the class for that place and the classes nested in it. */
export function checkFields(dto: Type, sent: object, place: string, unknownSaid = UNKNOWN_PROPERTY): Checked {
  const found: Findings = { problems: [], unknown: [] };
  return { value: checkObject(dto, { sent, path: [place], found, unknownSaid }), ...found };
}

/** One problem for each name that is not a field. */
export function unknownProblems(
  sent: object,
  known: readonly { field: string }[],
  path: Path,
  refusal: Refusal,
): Problem[] {
  const unknown: string[] = [];
  for (const name of Object.keys(sent)) {
    if (known.some(({ field }) => field === name)) continue;
    if (unknown.push(shortName(name)) === MAX_PROBLEMS) break;
  }
  return unknown.map((name) => problemOf(refusal, [...path, name], { name }));
}

interface Unchecked {
  readonly sent: object;
  readonly path: Path;
  readonly found: Findings;
  readonly unknownSaid: Refusal;
}

/** Reads known fields only, so that nothing else in the request is processed. */
function checkObject(dto: Type, { sent, path, found, unknownSaid }: Unchecked): unknown {
  const plans = fieldsOf(dto);
  const value = new dto() as Record<string, unknown>;
  for (const plan of plans) {
    if (!Object.hasOwn(sent, plan.field)) continue;
    const converted = normalisedBy(plan, sent[plan.field as never], sent);
    if (converted !== undefined) value[plan.field] = converted;
  }
  for (const plan of plans) checkField(plan, value, path, found);
  if (found.unknown.length < MAX_PROBLEMS) found.unknown.push(...unknownProblems(sent, plans, path, unknownSaid));
  return value;
}

function checkField(plan: FieldPlan, object: Record<string, unknown>, path: Path, found: Findings): void {
  const { field, nested } = plan;
  const problem = problemIn(plan, object[field], object);
  if (problem) found.problems.push({ ...problem, path: [...path, field, ...problem.path] });
  else if (nested) object[field] = checkNested(nested, object[field], [...path, field], found);
}

/** @param value valid by the rules of its field: an object, a list, or nothing */
function checkNested({ dto, ...nested }: Nested, value: unknown, path: Path, found: Findings): unknown {
  if (isObject(value)) return checkObject(dto, { sent: value, path, found, unknownSaid: UNKNOWN_PROPERTY });
  if (!nested.list || !Array.isArray(value)) return value;
  const items: unknown[] = [];
  for (const [index, sent] of value.entries()) {
    if (found.problems.length >= MAX_PROBLEMS) break;
    const at = [...path, index];
    if (isObject(sent)) items.push(checkObject(dto, { sent, path: at, found, unknownSaid: UNKNOWN_PROPERTY }));
    else found.problems.push({ path: at, message: nested.itemMessage });
  }
  return items;
}
