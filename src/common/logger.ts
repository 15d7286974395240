import { inspect } from 'node:util';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { LogLevelName } from './config/settings';
import { printable, printableLines } from './printable';
import { redactKeys } from './redact';

const LEVELS: Record<LogLevelName, LogLevel[]> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
};

/**
 * Loggers of the framework itself, shown at `debug` only. Their errors are also thrown, and logged by the code that
 * catches them.
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

/** The output: coloured text on a terminal, otherwise JSON. */
export interface LogStream {
  readonly isTTY?: boolean;
  write(line: string): unknown;
}

/**
 * The server's log on standard error. Unless that is a terminal, each line is one JSON object. API keys are redacted and
 * control characters escaped in every message. A message is one line; only stack traces have several. Standard output is
 * for output that the operator should see.
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
        ? escapedInJson(
            this.stringifyJsonLogObject(this.getJsonLogObject(message, { context, logLevel, errorStack: stack })),
          )
        : this.format(message, context, logLevel, stack);
      this.out.write(redactKeys(`${line}\n`));
    }
  }

  protected override printStackTrace(): void {
    // printMessages has written it already, redacted.
  }

  protected override stringifyReplacer(key: string, value: unknown): unknown {
    const shown = super.stringifyReplacer(key, value);
    if (typeof shown !== 'string') return shown;
    return key === 'stack' || value instanceof Error ? printableLines(shown) : printable(shown);
  }

  private format(message: unknown, context: string, logLevel: LogLevel, stack: unknown): string {
    const level = logLevel.toUpperCase().padStart(7);
    const line = this.formatMessage(
      logLevel,
      typeof message === 'string' ? printable(message) : indented(inspect(message)),
      this.formatPid(process.pid),
      level,
      this.formatContext(printable(context)),
      '',
    ).trimEnd();
    return typeof stack === 'string' ? `${line}\n    ${indented(stack)}` : line;
  }
}

/** Indents lines so that none of them looks like an entry of the log. */
function indented(text: string): string {
  return printableLines(text).replaceAll('\n', '\n    ');
}

/** JSON.stringify does not escape these characters, which a terminal may interpret. */
function escapedInJson(json: string): string {
  return json.replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
