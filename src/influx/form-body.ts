import { ApiError, BODY_TOO_LARGE } from '../common/errors';
import { readBytes } from '../common/http/body-bytes';
import type { LeanRequest } from '../common/http/lean-messages';

export const MAX_FORM_BYTES = 65_536;

/** The parameters of a form in the body of a request; none for another content type. @throws ApiError 413 over 64 KiB */
export async function formOf(request: LeanRequest): Promise<URLSearchParams> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (request.method !== 'POST' || type !== 'application/x-www-form-urlencoded') return new URLSearchParams();
  const sent = request.headers['content-length'];
  const length = sent === undefined ? undefined : Number(sent);
  const tooLarge = () => new ApiError(BODY_TOO_LARGE, { words: { limit: String(MAX_FORM_BYTES) } });
  if ((length ?? 0) > MAX_FORM_BYTES) throw tooLarge();
  const bytes = await readBytes(request, { limitBytes: MAX_FORM_BYTES, tooLarge, length });
  return new URLSearchParams(bytes.toString('utf8'));
}
