import { Inject, Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError as ClassValidatorError } from 'class-validator';
import { CONFIG, type Config } from '../config/config';
import { UNKNOWN_PROPERTY, UNKNOWN_QUERY_PARAMETER, ValidationError, type Problem, type Refusal } from '../errors';
import { fieldsOf, type FieldRule } from '../fields';
import { readJsonObject } from './body-reader';
import { inputsOf, type HandlerInputs } from './handler-inputs';
import type { LeanRequest } from './lean-messages';

/** A body of a hundred thousand unknown properties must not have an answer that is larger still. */
const MOST_PROBLEMS = 100;

/**
 * Reads and checks everything that a request says, once the key guard has let it in: its body (415, 413, 400), then
 * path, query and body by the classes that the handler declares with `@Param()`, `@Query()` and `@Body()`. The handler
 * gets instances of them. A bad path is told alone; else all problems at once, known fields first.
 */
@Injectable()
export class RequestReader implements CanActivate {
  private readonly inputs = new WeakMap<object, HandlerInputs>();

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<LeanRequest>();
    const inputs = this.inputsOf(context);
    if (!inputs.body) return accept(request, inputs);
    return readJsonObject(request, this.config.bodyLimitBytes).then((sent) => accept(request, inputs, sent));
  }

  private inputsOf(context: ExecutionContext): HandlerInputs {
    const handler = context.getHandler();
    let inputs = this.inputs.get(handler);
    if (!inputs) this.inputs.set(handler, (inputs = inputsOf(context.getClass(), handler)));
    return inputs;
  }
}

/** Checks what was sent and puts it on the request, as instances of the handler's classes. */
function accept(request: LeanRequest, inputs: HandlerInputs, sent: object = {}): true {
  if (inputs.path) {
    const path = check(inputs.path, request.params, 'path');
    throwIfAny(path.problems);
    request.params = path.value as Record<string, string>;
  }
  const query = checkQuery(inputs.query, request);
  const body = inputs.body && check(inputs.body, sent, 'body');
  throwIfAny([...(body?.problems ?? []), ...query.problems, ...(body?.unknown ?? []), ...query.unknown]);
  if (inputs.query) request.query = query.value as Record<string, string>;
  if (body) request.body = body.value;
  return true;
}

interface Checked {
  readonly value: unknown;
  readonly problems: Problem[];
  readonly unknown: Problem[];
}

function checkQuery(dto: Type | undefined, request: LeanRequest): Checked {
  const sent = request.url.includes('?') ? request.query : {};
  if (dto) return check(dto, sent, 'query', UNKNOWN_QUERY_PARAMETER);
  return { value: undefined, problems: [], unknown: unknownProblems(sent, [], 'query', UNKNOWN_QUERY_PARAMETER) };
}

function check(dto: Type, sent: object, place: string, unknownSaid = UNKNOWN_PROPERTY): Checked {
  const rules = fieldsOf(dto);
  // Only what is known is looked into, so that nothing else a client sends can do harm.
  const given: Record<string, unknown> = {};
  for (const { field, normalise } of rules) {
    if (Object.hasOwn(sent, field)) given[field] = normalise(sent[field as never]);
  }
  const value = plainToInstance(dto, given) as object;
  const errors = validateSync(value);
  const problems = errors.map((error) => ({ path: [place, error.property], message: sentenceOf(error) }));
  return { value, problems, unknown: unknownProblems(sent, rules, place, unknownSaid) };
}

function unknownProblems(sent: object, known: readonly FieldRule[], place: string, said: Refusal): Problem[] {
  const names = Object.keys(sent).filter((name) => !known.some(({ field }) => field === name));
  return names.map((name) => ({ path: [place, name], message: said.message.replace('<name>', () => name) }));
}

function sentenceOf(error: ClassValidatorError): string {
  return Object.values(error.constraints ?? {})[0] ?? `${error.property} is not valid`;
}

function throwIfAny(problems: readonly Problem[]): void {
  const [first, ...others] = problems.slice(0, MOST_PROBLEMS);
  if (first) throw new ValidationError([first, ...others]);
}
