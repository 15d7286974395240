import type { HttpAdapterHost } from '@nestjs/core';

/** Whether this process serves requests. Commands use the same services, but leave background work to the server. */
export function answersRequests(host: HttpAdapterHost): boolean {
  // Nest sets it to null without a server, although its type says otherwise.
  return Boolean(host.httpAdapter as HttpAdapterHost['httpAdapter'] | null | undefined);
}
