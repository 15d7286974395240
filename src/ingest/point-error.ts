import type { ErrorCode } from '../common/error-codes';
import { shortName, UNKNOWN_PROPERTY, type Problem, type Refusal } from '../common/errors';
import { hintFor } from '../common/nearest';
import * as errors from './ingest.errors';

/** The properties of a point. */
export const POINT_PROPERTIES = new Set(['dataSourceId', 'values', 'timestamp', 'metadata']);

interface PointErrorDetails {
  readonly code?: string;
  /** Default: `invalid_field`. */
  readonly errorCode?: ErrorCode;
  /** Computed only for a problem that the reply shows. */
  readonly hint?: () => string | undefined;
  /** The same error without field names that the client did not send. */
  readonly discreet?: PointError;
}

/** Why a point is rejected, with the path of the invalid property. */
export class PointError {
  constructor(
    readonly path: Problem['path'],
    readonly message: string,
    private readonly more: PointErrorDetails = {},
  ) {}

  /** A code for errors that a client can act on. */
  get code(): string | undefined {
    return this.more.code;
  }

  /** The code of the reply if this is its first problem. */
  get errorCode(): ErrorCode {
    return this.more.errorCode ?? 'invalid_field';
  }

  /** The nearest name that would be valid. */
  get hint(): string | undefined {
    return this.more.hint?.();
  }

  /** The same error with a hint, for callers that may read the schema. */
  withSchemaHint(hint: () => string | undefined): PointError {
    return new PointError(this.path, this.message, { errorCode: this.errorCode, hint, discreet: this });
  }

  /** The error for a caller that may not read the schema. */
  withoutSchema(): PointError {
    return this.more.discreet ?? this;
  }
}

/** A rejected point, by its index in the request. */
export interface RejectedPoint {
  readonly index: number;
  readonly error: PointError;
}

const REQUIRED_MISSING = pointError(errors.REQUIRED_FIELD_MISSING, 'values');

/** @param path of the invalid property. The last name of it is shown in the message */
export function pointError({ message, code }: Refusal, ...path: string[]): PointError {
  const shown = path.map(shortName);
  return new PointError(
    shown,
    message.replace('<field>', () => shown.at(-1) ?? ''),
    { errorCode: code },
  );
}

export function requiredMissing(name: string): PointError {
  const { path, message, errorCode } = pointError(errors.FIELD_REQUIRED, 'values', name);
  return new PointError(path, message, { errorCode, discreet: REQUIRED_MISSING });
}

export function unknownProperty(name: string): PointError {
  const shown = shortName(name);
  return new PointError(
    [shown],
    UNKNOWN_PROPERTY.message.replace('<name>', () => shown),
    { errorCode: UNKNOWN_PROPERTY.code, hint: () => hintFor(name, [...POINT_PROPERTIES]) },
  );
}
