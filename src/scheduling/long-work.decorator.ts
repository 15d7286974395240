import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { LeanRequest } from '../common/http/lean-messages';
import type { YieldTurn } from '../common/http/yield';
import { mayRefuse } from '../common/openapi/openapi';
import { RequestWork } from './request-work';
import { SERVER_STOPPING, TOO_MANY_QUERIES } from './scheduling.errors';

type Handler = (...inputs: unknown[]) => Promise<unknown>;

/** Placeholder for the handler's `YieldTurn`, until the handler runs as scheduled work. */
class PendingYield {
  constructor(readonly request: LeanRequest) {}
}

/**
 * Marks a route whose work grows with what is stored or sent: it waits for a slot, and holds it until the handler's
 * promise settles. Such a handler takes a `@CurrentYield()` and awaits it every few milliseconds. Only on routes that
 * require a key, above the decorator that says so.
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

/** Gives a handler the `YieldTurn` of its request. Only on routes with `@LongWork()`. */
export const CurrentYield = createParamDecorator((_data: unknown, context: ExecutionContext): YieldTurn => {
  return new PendingYield(context.switchToHttp().getRequest<LeanRequest>()) as unknown as YieldTurn;
});

/** An interceptor would do the same. Nest's way of calling one takes as long as a small query. */
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
