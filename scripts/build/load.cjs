// Becomes dist/load.js, which starts the programs of the bundle. It gives V8 the code that the build has compiled, and stack traces
// the lines of the sources. Both are what Node does by itself only from version 22 on.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

// A batch is held in memory until it is committed. V8 can mistake its objects for long-lived ones, and from then on allocate all of
// their kind in the old generation, where freeing them costs a third of the time of ingest and a hundred megabytes. It must be set
// before the code is compiled: V8 rejects cached code that was compiled with other flags.
setFlagsFromString('--no-allocation-site-pretenuring');
// On a machine with much memory, V8 lets the old generation grow to four times its live size before it collects it: 45 MB of live objects
// then come with 150 MB of garbage when a client opens hundreds of connections at once. Here it grows to twice its live size.
setFlagsFromString('--heap-growing-percent=100');

const BUNDLE = join(__dirname, 'server.js');
const CACHE = join(__dirname, 'server.cache');
const POSITION = new RegExp(`${BUNDLE.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}:(\\d+):(\\d+)`, 'g');

/** Compiles the bundle. Without cached code, or with that of another version of Node, it takes longer. */
function compile() {
  const cachedData = existsSync(CACHE) ? readFileSync(CACHE) : undefined;
  // The build writes ASCII alone, which V8 keeps in one byte a character.
  return new Script(readFileSync(BUNDLE, 'latin1'), { filename: BUNDLE, cachedData });
}

/** The programs of a compiled bundle: functions that start them. */
function programsOf(script) {
  const own = { exports: {} };
  Error.prepareStackTrace = (error, frames) => {
    if (frames.length === 0) return String(error);
    const stack = [String(error), ...frames.map((frame) => `    at ${frame}`)].join('\n');
    // Node makes the stack of every failure of a socket, and a thousand clients can break their connections at once.
    return error?.syscall === undefined ? inSources(stack) : stack;
  };
  script.runInThisContext()(own.exports, createRequire(BUNDLE), own, BUNDLE, __dirname);
  return own.exports;
}

function inSources(stack) {
  const positions = [...stack.matchAll(POSITION)].map(([text]) => text);
  if (positions.length === 0) return stack;
  try {
    const { sourcePositions } = require(join(__dirname, 'source-map.js'));
    const found = sourcePositions(BUNDLE, positions);
    return stack.replace(POSITION, (text) => found.get(text) ?? text);
  } catch {
    return stack;
  }
}

module.exports = { CACHE, compile, programsOf };
