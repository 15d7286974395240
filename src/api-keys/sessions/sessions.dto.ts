import { KeylessBody } from '../../common/http/bulk-body';
import { TextField, WholeNumberField } from '../../common/validation/fields';
import { MAX_SESSION_SECONDS, MIN_SESSION_SECONDS } from './sessions.service';

const LIFETIME = {
  label: 'expiresInSeconds',
  least: MIN_SESSION_SECONDS,
  most: MAX_SESSION_SECONDS,
};

export class OpenSessionBody {
  @WholeNumberField(LIFETIME, {
    description: 'How long the session lasts. It ends sooner if its key does',
    default: MAX_SESSION_SECONDS,
    example: 3600,
  })
  readonly expiresInSeconds?: number;
}

@KeylessBody()
export class SessionCodeBody {
  @TextField(
    { label: 'code', maxLength: 100, required: true },
    {
      description: 'The end of a link that the server printed: what follows `#/in/`',
      example: 'h7Jq2Xw9LkT4mZ8RbVnC3e',
    },
  )
  readonly code: string;
}
