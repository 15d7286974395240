import { ADDRESS_NOT_ALLOWED } from '../../auth/access.errors';
import { RATE_LIMITED } from '../../auth/rate-limits/rate-limits.errors';
import type { OperationDocs } from '../../common/openapi/openapi';
import { CODE_REFUSED } from './sessions.errors';
import { SESSION_EXAMPLE, SessionEnded, SessionOpened } from './sessions.views';

const SESSION_KEY =
  'A session key has the type, bucket and restrictions of its key at each request, and is rejected when its key is. Its requests ' +
  'count for that key. It cannot rotate itself or open sessions. A key can have 20 sessions: one more ends the oldest.';

/** Sessions, as the API's description shows them. */
export const docs = {
  open: {
    id: 'createSession',
    summary: 'Open a session: get a short-lived key in place of this one',
    description: SESSION_KEY,
    status: 201,
    answer: SessionOpened,
    answerDescription: 'The session, with its key, shown only once',
    example: SESSION_EXAMPLE,
  },
  openWithCode: {
    id: 'createSessionFromCode',
    summary: 'Open a session with the one-time code of a printed link',
    description:
      `The server prints a link at its first start, and \`npm run console-link\` prints another. Its code works once, within 15 ` +
      `minutes. The session belongs to the Admin key that the server names beside the link. ${SESSION_KEY}`,
    status: 201,
    answer: SessionOpened,
    answerDescription: 'The session, with its key, shown only once',
    example: SESSION_EXAMPLE,
    refusals: [CODE_REFUSED, ADDRESS_NOT_ALLOWED, RATE_LIMITED],
  },
  end: {
    id: 'deleteSession',
    summary: 'End the session of this request',
    description: 'The session key is rejected from the reply on.',
    status: 200,
    answer: SessionEnded,
  },
} satisfies Readonly<Record<string, OperationDocs>>;
