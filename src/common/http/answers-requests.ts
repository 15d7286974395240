import type { HttpAdapterHost } from '@nestjs/core';

/** Whether this process answers requests. The command line runs on the same services, and leaves what runs by itself to the server. */
export function answersRequests(host: HttpAdapterHost): boolean {
  // Typed as if it were always there; without a server Nest sets it to null.
  return Boolean(host.httpAdapter as HttpAdapterHost['httpAdapter'] | null | undefined);
}
