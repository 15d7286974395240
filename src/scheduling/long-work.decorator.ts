import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { LeanRequest } from '../common/http/lean-messages';
import type { YieldTurn } from '../common/http/yield';
import { mayRefuse } from '../common/openapi/openapi';
import { RequestWork } from './request-work';
import { SERVER_STOPPING, TOO_MANY_QUERIES } from './scheduling.errors';

type Handler = (...inputs: unknown[]) => Promise<unknown>;

/** A placeholder for the handler's `YieldTurn`, which is available once the work is scheduled. */
class PendingYield {
  constructor(readonly request: LeanRequest) {}
}

/**
 * Marks a route whose cost grows with the stored or sent data. It waits for a slot and holds it until the handler's promise
 * settles. The handler takes a `@CurrentYield()` and awaits it every few milliseconds. Use it only on routes that require a key,
 * above the decorator that requires it.
 *
 * @example
 * ```ts
 * @Get('latest')
 * @LongWork()
 * @RequireAnyKey({ bound: 'source' })
 * latest(@CurrentKey() key: CurrentApiKey, @CurrentYield() yieldTurn: YieldTurn) {}
 * ```
 */
export function LongWork(): MethodDecorator {
  return applyDecorators(mayRefuse(TOO_MANY_QUERIES, SERVER_STOPPING), scheduled);
}

/** Injects the `YieldTurn` of the request. Only on routes with `@LongWork()`. */
export const CurrentYield = createParamDecorator((_data: unknown, context: ExecutionContext): YieldTurn => {
  return new PendingYield(context.switchToHttp().getRequest<LeanRequest>()) as unknown as YieldTurn;
});

/** Not an interceptor, because Nest's overhead for one is as large as a small query. */
const scheduled: MethodDecorator = (_prototype, name, descriptor) => {
  const handler = descriptor.value as Handler;
  const run: Handler = function (this: unknown, ...inputs) {
    const index = inputs.findIndex((input) => input instanceof PendingYield);
    const { request } = inputs[index] as PendingYield;
    return RequestWork.of(request).run(request, (yieldTurn) => handler.apply(this, inputs.with(index, yieldTurn)));
  };
  Object.defineProperty(run, 'name', { value: name });
  for (const key of Reflect.getMetadataKeys(handler) as unknown[])
    Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), run);
  descriptor.value = run as never;
};
