/** Classes of PostgreSQL's errors after which its session is over: connection exceptions, and those of an operator. */
const LOST_CODES = /^(08\w{3}|57P0[1-5]|25P03|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT)$/;
/** What pg says of a connection without a code. */
const LOST_WORDS = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;

/** Whether a statement failed because its connection did: then its outcome is unknown. */
export function isConnectionLost(cause: unknown): boolean {
  const { code, message, driverError } = (cause ?? {}) as {
    code?: string;
    message?: string;
    driverError?: { code?: string };
  };
  return LOST_CODES.test(driverError?.code ?? code ?? '') || LOST_WORDS.test(message ?? '');
}
