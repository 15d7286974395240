import type { TestApp } from './test-app';

/** What a session's reply contains. */
export interface OpenedSession {
  readonly _id: string;
  readonly key: string;
  readonly sessionOf: string;
  readonly expiresAt: string;
  readonly rights: string[];
}

/** Opens a session of a key through the API. */
export async function openSession({ call }: Pick<TestApp, 'call'>, key: string, body?: object): Promise<OpenedSession> {
  const answer = await call('POST', '/api/session', { key, ...(body && { body }) });
  if (answer.status !== 201) throw new Error(`No session was opened: ${JSON.stringify(answer.body)}`);
  return answer.body.session as OpenedSession;
}
