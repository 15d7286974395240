// The points that are measured with: what ten devices say of a room, once a second, in three fields.
export const DEVICES = 10;
export const STEP_MILLIS = 1000;
export const FIRST_MILLIS = Date.UTC(2024, 0, 1);
export const SCHEMA = { temperature: 'number', humidity: 'number', pressure: 'number' };

const MARK = '#'.repeat(13);

/** The fields of a point. */
export function valuesAt(index) {
  return {
    temperature: round(21 + 5 * Math.sin(index / 7)),
    humidity: round(48 + 9 * Math.cos(index / 11)),
    pressure: round(1013 + 4 * Math.sin(index / 13)),
  };
}

const round = (value) => Math.round(value * 100) / 100;

/** A batch as dakkio takes it. With one point, the body of a single one. */
export function asJson(sourceId, count) {
  const point = (index) =>
    `{"dataSourceId":"${sourceId}","timestamp":${MARK},"values":${JSON.stringify(valuesAt(index))},` +
    `"metadata":{"device":"esp32-${index % DEVICES}"}}`;
  if (count === 1) return point(0);
  return `{"dataPoints":[${Array.from({ length: count }, (_, index) => point(index)).join(',')}]}`;
}

/** The same as lines of InfluxDB's protocol. */
export function asLines(count) {
  const line = (index) => {
    const fields = Object.entries(valuesAt(index)).map(([name, value]) => `${name}=${value}`);
    return `climate,device=esp32-${index % DEVICES} ${fields.join(',')} ${MARK}`;
  };
  return `${Array.from({ length: count }, (_, index) => line(index)).join('\n')}\n`;
}
