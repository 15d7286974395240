// Becomes dist/source-map.js: finds lines of the sources for positions in the bundle. It reads the map from the beginning to the end
// and keeps nothing of it: parsed, the map takes a hundred megabytes.
'use strict';
const { readFileSync } = require('node:fs');
const { dirname, resolve } = require('node:path');

const MAX_KNOWN = 2000;
const DIGITS = new Uint8Array(128).fill(255);
for (const [value, digit] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  DIGITS[digit.charCodeAt(0)] = value;

/** Positions that were looked up before: the same errors come again and again. */
const known = new Map();

/** Maps positions such as `/opt/dakkio/dist/server.js:1:200` to those of the sources. Those without a source are left out. */
function sourcePositions(bundle, positions) {
  const wanted = [...new Set(positions)].filter((position) => !known.has(position));
  if (wanted.length > 0) {
    if (known.size > MAX_KNOWN) known.clear();
    const { sources, mappings } = JSON.parse(readFileSync(`${bundle}.map`, 'utf8'));
    const nameOf = ({ source, line, column }) =>
      `${resolve(dirname(bundle), sources[source])}:${line + 1}:${column + 1}`;
    for (const [position, found] of locate(mappings, wanted)) known.set(position, found && nameOf(found));
  }
  return known;
}

/** Finds the last segment at or before each position (https://tc39.es/ecma426/). */
function* locate(mappings, positions) {
  const wanted = positions
    .map((position) => {
      const [, line, column] = /:(\d+):(\d+)$/.exec(position);
      return { position, line: line - 1, column: column - 1, found: undefined };
    })
    .sort((one, other) => one.line - other.line || one.column - other.column);
  let next = 0;
  let last;
  for (const segment of segments(mappings)) {
    for (; next < wanted.length && isBefore(wanted[next], segment); next++)
      if (last?.at === wanted[next].line) wanted[next].found = last;
    if (next === wanted.length) break;
    last = segment;
  }
  for (; next < wanted.length; next++) if (last?.at === wanted[next].line) wanted[next].found = last;
  for (const { position, found } of wanted) yield [position, found];
}

function isBefore({ line, column }, segment) {
  return line < segment.at || (line === segment.at && column < segment.from);
}

/** The segments in their order: line and column in the bundle, and those in a source. */
function* segments(mappings) {
  const fields = [0, 0, 0, 0, 0];
  let at = 0;
  let field = 0;
  let value = 0;
  let shift = 0;
  for (let index = 0; index <= mappings.length; index++) {
    const character = index < mappings.length ? mappings.charCodeAt(index) : 59;
    if (character === 44 || character === 59) {
      if (field >= 4) yield { at, from: fields[0], source: fields[1], line: fields[2], column: fields[3] };
      field = 0;
      if (character === 59) {
        at++;
        fields[0] = 0;
      }
      continue;
    }
    const digit = DIGITS[character];
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    fields[field++] += value & 1 ? -(value >>> 1) : value >>> 1;
    value = shift = 0;
  }
}

module.exports = { sourcePositions };
