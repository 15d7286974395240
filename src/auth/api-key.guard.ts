import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { LeanRequest } from '../common/http/lean-messages';
import { Admission } from './admission';
import { basicCredentialsOf, credentialsOf, influxCredentialsOf } from './credentials';
import { actorOf } from './current-actor.decorator';
import type { CurrentApiKey } from './current-key.decorator';
import { KeyVerifier } from './key-verifier';
import { accessRuleOf } from './require-key-type.decorator';
import type { Right } from './right';

/** Authenticates and authorizes a request before its body is read: 401 without a valid key, then 429 or 403 by the key's limits and rights. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: KeyVerifier,
    private readonly admission: Admission,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = accessRuleOf(context.getHandler());
    if (rule === undefined) {
      throw new Error(
        `${context.getClass().name}.${context.getHandler().name} has neither @RequireKeyType nor @Public`,
      );
    }
    return rule === 'public' || this.admit(context.switchToHttp().getRequest<LeanRequest>(), rule);
  }

  private async admit(request: LeanRequest, right: Right): Promise<boolean> {
    const text = credentialsFor(right)(request);
    const key = text === undefined ? await this.keyOfTicket(request, right) : await this.keys.verify(text);
    if (!key) throw this.admission.unknown(request, right);
    const admitting = this.admission.admit(key, request, right);
    if (admitting) await admitting;
    if (key.retires !== null && !(await this.keys.retirePredecessor(key, actorOf(key, request))))
      throw this.admission.unknown(request, right);
    request.caller = key;
    request.keyText = text;
    return true;
  }

  /** For routes that accept tickets: the key of the ticket in the query string. */
  private async keyOfTicket({ query }: LeanRequest, { ticket: isAccepted }: Right): Promise<CurrentApiKey | null> {
    return isAccepted && typeof query.ticket === 'string' ? this.keys.verifyTicket(query.ticket) : null;
  }
}

/** How a route reads the key of a request. */
function credentialsFor({ influx, basic }: Right): (request: LeanRequest) => string | undefined {
  if (influx) return influxCredentialsOf;
  return basic ? basicCredentialsOf : credentialsOf;
}
