import { Inject, Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config';
import {
  ApiError,
  MAX_QUERY_PARAMETERS,
  TOO_MANY_QUERY_PARAMETERS,
  UNKNOWN_QUERY_PARAMETER,
  ValidationError,
  type Problem,
} from '../errors';
import { BodyReader } from '../http/body-reader';
import { checkFields, MAX_PROBLEMS, unknownProblems, type Checked } from './checked-fields';
import { inputsOf, type HandlerInputs } from './handler-inputs';
import { ignoresUnknown } from './ignores-unknown';
import { mayHaveArrivedInTime } from '../http/late-requests';
import type { LeanRequest } from '../http/lean-messages';
import { withHints } from './name-hints';
import { hasBody } from './optional-body';

/**
 * Reads and validates a request after the key guard let it in: its body (415, 413, 400), then path, query and body by the
 * classes of the handler's `@Param()`, `@Query()` and `@Body()`. The handler gets instances of these classes. An invalid
 * path is reported alone; otherwise all problems are, with unknown properties last.
 */
@Injectable()
export class RequestValidationGuard implements CanActivate {
  private readonly inputs = new WeakMap<object, HandlerInputs>();

  private readonly bodies: BodyReader;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.bodies = new BodyReader(config);
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<LeanRequest>();
    const inputs = this.inputsOf(context);
    if (!inputs.body || (inputs.bodyOptional && !hasBody(request))) return accept(request, inputs);
    const limitBytes = Math.min(this.config.bodyLimitBytes, inputs.bodyLimitBytes ?? Infinity);
    const wanted = { limitBytes, csv: inputs.csv, mayBeEmpty: inputs.bodyOptional };
    return this.bodies.read(request, wanted).then((sent) => accept(request, inputs, sent));
  }

  private inputsOf(context: ExecutionContext): HandlerInputs {
    const handler = context.getHandler();
    let inputs = this.inputs.get(handler);
    if (!inputs) this.inputs.set(handler, (inputs = inputsOf(context.getClass(), handler)));
    return inputs;
  }
}

/** Validates the request and replaces its path, query and body with instances of the handler's classes. */
function accept(request: LeanRequest, inputs: HandlerInputs, sent: object = {}): true {
  if (inputs.path) {
    const path = checkFields(inputs.path, request.params, 'path');
    throwIfAny(path.problems);
    request.params = path.value as Record<string, string>;
  }
  const query = checkQuery(inputs.query, request);
  const body = inputs.body && checkFields(inputs.body, sent, 'body');
  const unknown = withHints([...(body?.unknown ?? []), ...query.unknown], inputs);
  const problems = [...(body?.problems ?? []), ...query.problems, ...unknown];
  if (inputs.knowsRetries && mayHaveArrivedInTime(request, problems)) request.late = errorOf(problems);
  else throwIfAny(problems);
  if (inputs.query) request.query = query.value as Record<string, string>;
  if (body) request.body = body.value;
  return true;
}

function checkQuery(dto: Type | undefined, request: LeanRequest): Checked {
  const { url } = request;
  if (hasManyParameters(url)) throw new ApiError(TOO_MANY_QUERY_PARAMETERS);
  const sent = url.includes('?') ? request.query : {};
  if (dto) {
    const checked = checkFields(dto, sent, 'query', UNKNOWN_QUERY_PARAMETER);
    return ignoresUnknown(dto) ? { ...checked, unknown: [] } : checked;
  }
  return { value: undefined, problems: [], unknown: unknownProblems(sent, [], ['query'], UNKNOWN_QUERY_PARAMETER) };
}

/** @param url with a query string or without */
function hasManyParameters(url: string): boolean {
  let count = 0;
  for (let at = url.indexOf('&'); at !== -1; at = url.indexOf('&', at + 1))
    if (++count === MAX_QUERY_PARAMETERS) return true;
  return false;
}

function throwIfAny(problems: readonly Problem[]): void {
  const error = errorOf(problems);
  if (error) throw error;
}

function errorOf(problems: readonly Problem[]): ValidationError | undefined {
  const [first, ...others] = problems.slice(0, MAX_PROBLEMS);
  return first && new ValidationError([first, ...others]);
}
