import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { LeanRequest } from '../common/http/lean-messages';
import type { Actor } from '../common/audit-event';
import type { CurrentApiKey } from './current-key.decorator';

/** Injects the key of the request as the actor of audit events. Only on routes that require a key. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const request = context.switchToHttp().getRequest<LeanRequest>();
  return actorOf(request.caller as CurrentApiKey, request);
});

/** The actor of an audit event: a key and the address of its request. */
export function actorOf(
  { id, name }: Pick<CurrentApiKey, 'id' | 'name'>,
  { clientAddress, requestId }: Pick<LeanRequest, 'clientAddress' | 'requestId'>,
): Actor {
  return { kind: 'api key', id, name, address: clientAddress, requestId };
}
