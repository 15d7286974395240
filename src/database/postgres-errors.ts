/** Error codes after which the session has ended: connection exceptions, operator intervention and timeouts. */
const LOST_CODES = /^(08\w{3}|57P0[1-5]|25P03|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT)$/;
/** Messages of pg's connection errors that have no code. */
const LOST_WORDS = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;

/** Whether a statement failed because its connection was lost, so that its outcome is unknown. */
export function isConnectionLost(cause: unknown): boolean {
  const { code, message, driverError } = (cause ?? {}) as {
    code?: string;
    message?: string;
    driverError?: { code?: string };
  };
  return LOST_CODES.test(driverError?.code ?? code ?? '') || LOST_WORDS.test(message ?? '');
}
