import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { LeanRequest } from '../common/http/lean-messages';
import type { Pause } from '../common/http/yield';
import { mayRefuse } from '../common/openapi/openapi';
import { RequestWork } from './request-work';
import { SERVER_STOPPING, TOO_MANY_QUERIES } from './scheduling.errors';

type Handler = (...inputs: unknown[]) => Promise<unknown>;

/** Stands where the handler's pause will be, until the handler runs as scheduled work. */
class PauseToBe {
  constructor(readonly request: LeanRequest) {}
}

/**
 * Marks a route whose work grows with what is stored or sent: it waits for a place among others, and keeps it until the handler's
 * promise settles. Such a handler takes a `@CurrentPause()` and awaits it every few milliseconds. Only on routes that
 * require a key, above the decorator that says so.
 *
 * @example
 * ```ts
 * @Get('latest')
 * @LongWork()
 * @RequireAnyKey({ bound: 'source' })
 * latest(@CurrentKey() key: CurrentApiKey, @CurrentPause() pause: Pause) {}
 * ```
 */
export function LongWork(): MethodDecorator {
  return applyDecorators(mayRefuse(TOO_MANY_QUERIES, SERVER_STOPPING), scheduled);
}

/** Gives a handler the `Pause` of its request. Only on routes with `@LongWork()`. */
export const CurrentPause = createParamDecorator((_data: unknown, context: ExecutionContext): Pause => {
  return new PauseToBe(context.switchToHttp().getRequest<LeanRequest>()) as unknown as Pause;
});

/** An interceptor would do the same. Nest's way of calling one takes as long as a small query. */
const scheduled: MethodDecorator = (_prototype, name, descriptor) => {
  const handler = descriptor.value as Handler;
  const run: Handler = function (this: unknown, ...inputs) {
    const index = inputs.findIndex((input) => input instanceof PauseToBe);
    const { request } = inputs[index] as PauseToBe;
    return RequestWork.of(request).run(request, (pause) => handler.apply(this, inputs.with(index, pause)));
  };
  Object.defineProperty(run, 'name', { value: name });
  for (const key of Reflect.getMetadataKeys(handler) as unknown[])
    Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), run);
  descriptor.value = run as never;
};
