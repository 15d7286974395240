// Becomes dist/source-map.js: finds lines of the sources for positions in the bundle. Parsed, the map takes a hundred megabytes and a
// fifth of a second, for which a server answers nothing. So the build makes an index, and a position needs a few kilobytes of the map.
'use strict';
const { Buffer } = require('node:buffer');
const { closeSync, openSync, readFileSync, readSync } = require('node:fs');
const { dirname, resolve } = require('node:path');

const MAX_KNOWN = 2000;
/** Segments of the map between two entries of the index. */
const SEGMENTS_PER_ENTRY = 512;
const MAPPINGS = '"mappings": "';
const COMMA = 44;
const SEMICOLON = 59;
const DIGITS = new Uint8Array(128).fill(255);
for (const [value, digit] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  DIGITS[digit.charCodeAt(0)] = value;

/** Positions that were looked up before: the same errors come again and again. */
const known = new Map();
let index;

const indexOf = (bundle) => `${bundle}.index`;

/** Makes the index of the map of a bundle. An entry is a place in the file, and what the decoder knows there. */
function makeIndex(bundle) {
  const file = readFileSync(`${bundle}.map`);
  const start = file.indexOf(MAPPINGS) + MAPPINGS.length;
  if (start < MAPPINGS.length) throw new Error('esbuild writes source maps in another way than it did');
  const bytes = file.subarray(start, file.indexOf('"', start));
  const entries = [{ offset: start, at: 0, fields: [0, 0, 0, 0] }];
  let count = 0;
  for (const { offset, at, fields } of segments(bytes, entries[0]))
    if (++count % SEGMENTS_PER_ENTRY === 0) entries.push({ offset: start + offset, at, fields: fields.slice(0, 4) });
  return { sources: JSON.parse(file).sources, end: start + bytes.length, entries };
}

/** Maps positions such as `/opt/dakkio/dist/server.js:1:200` to those of the sources. Those without a source are left out. */
function sourcePositions(bundle, positions) {
  const wanted = [...new Set(positions)].filter((position) => !known.has(position));
  if (wanted.length === 0) return known;
  if (known.size > MAX_KNOWN) known.clear();
  index ??= JSON.parse(readFileSync(indexOf(bundle), 'utf8'));
  const file = openSync(`${bundle}.map`, 'r');
  try {
    for (const position of wanted) {
      const found = locate(file, position);
      const path = found && resolve(dirname(bundle), index.sources[found.source]);
      known.set(position, found && `${path}:${found.line + 1}:${found.column + 1}`);
    }
  } finally {
    closeSync(file);
  }
  return known;
}

/** Finds the last segment at or before a position (https://tc39.es/ecma426/). */
function locate(file, position) {
  const [, line, column] = /:(\d+):(\d+)$/.exec(position);
  const wanted = { line: line - 1, column: column - 1 };
  const { entries, end } = index;
  let first = 0;
  for (let after = entries.length; after - first > 1;) {
    const middle = (first + after) >> 1;
    if (isBefore(wanted, entries[middle])) after = middle;
    else first = middle;
  }
  const entry = entries[first];
  const bytes = Buffer.alloc((entries[first + 1]?.offset ?? end) - entry.offset);
  readSync(file, bytes, 0, bytes.length, entry.offset);
  let last = first > 0 ? entry : undefined;
  for (const { at, fields } of segments(bytes, entry)) {
    if (isBefore(wanted, { at, fields })) break;
    last = { at, fields: [...fields] };
  }
  if (last?.at !== wanted.line) return undefined;
  const [, source, sourceLine, sourceColumn] = last.fields;
  return { source, line: sourceLine, column: sourceColumn };
}

function isBefore({ line, column }, { at, fields }) {
  return line < at || (line === at && column < fields[0]);
}

/**
 * The segments of a part of the map in their order: the line in the bundle, the column there, and source, line and column of the source.
 * Each is the same object.
 */
function* segments(bytes, { at, fields }) {
  const segment = { at, fields: [...fields, 0], offset: 0 };
  let field = 0;
  let value = 0;
  let shift = 0;
  for (let offset = 0; offset <= bytes.length; offset++) {
    const character = offset < bytes.length ? bytes[offset] : SEMICOLON;
    if (character === COMMA || character === SEMICOLON) {
      segment.offset = offset;
      if (field >= 4) yield segment;
      field = 0;
      if (character === SEMICOLON) {
        segment.at++;
        segment.fields[0] = 0;
      }
      continue;
    }
    const digit = DIGITS[character];
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    segment.fields[field++] += value & 1 ? -(value >>> 1) : value >>> 1;
    value = shift = 0;
  }
}

module.exports = { indexOf, makeIndex, sourcePositions };
