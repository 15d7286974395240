import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { LogLevelName } from './config/settings';
import { redactKeys } from './redact';

const LEVELS: Record<LogLevelName, LogLevel[]> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
};

/**
 * What the framework tells of its own start: of use to its developers alone, so it is told at `debug`. The errors among
 * it are thrown too, and told by whoever catches them.
 */
const FRAMEWORK = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'TypeOrmModule',
  'ExceptionHandler',
]);

/** Where lines go: a terminal gets them coloured, whatever else gets JSON. */
export interface LogStream {
  readonly isTTY?: boolean;
  write(line: string): unknown;
}

/**
 * The server's log: standard error, one JSON object a line where that is not a terminal. No API key passes it whole,
 * wherever the text came from. Standard output is left to what a person is meant to read.
 */
export class ServerLogger extends ConsoleLogger {
  constructor(
    level: LogLevelName,
    private readonly out: LogStream = process.stderr,
  ) {
    const json = !out.isTTY;
    super({ logLevels: LEVELS[level], json, colors: !json, prefix: 'dakkio' });
  }

  protected override printMessages(
    messages: unknown[],
    context = '',
    logLevel: LogLevel = 'log',
    _stream?: 'stdout' | 'stderr',
    stack?: unknown,
  ): void {
    if (FRAMEWORK.has(context) && !this.isLevelEnabled('debug')) return;
    for (const message of messages) {
      const line = this.options.json
        ? this.stringifyJsonLogObject(this.getJsonLogObject(message, { context, logLevel, errorStack: stack }))
        : this.format(message, context, logLevel, stack);
      this.out.write(redactKeys(`${line}\n`));
    }
  }

  protected override printStackTrace(): void {
    // printMessages has written it already, redacted.
  }

  private format(message: unknown, context: string, logLevel: LogLevel, stack: unknown): string {
    const level = logLevel.toUpperCase().padStart(7);
    const line = this.formatMessage(
      logLevel,
      message,
      this.formatPid(process.pid),
      level,
      this.formatContext(context),
      '',
    ).trimEnd();
    return typeof stack === 'string' ? `${line}\n${stack}` : line;
  }
}
