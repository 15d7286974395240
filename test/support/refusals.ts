import type { Answer } from './call';

/** A refusal's whole answer, to compare with. */
export function refused(status: number, error: string, message: string): { status: number; body: object } {
  return { status, body: { error, message } };
}

/** What of an answer is compared with `refused`. */
export function seen({ status, body }: Answer): { status: number; body: unknown } {
  return { status, body };
}

export const UNAUTHORIZED = refused(401, 'Unauthorized', 'Invalid or missing API key');
export const BUCKET_NOT_FOUND = refused(404, 'Not Found', 'Bucket not found');
export const KEY_NOT_FOUND = refused(404, 'Not Found', 'API key not found');
/** The id of nothing. */
export const ABSENT_ID = '507f1f77bcf86cd799439011';
