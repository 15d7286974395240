// Plots for the terminal.
const LEVELS = ' ▁▂▃▄▅▆▇█';
const ROWS = 5;

/** A plot of one field: time from left to right, from the lowest value to the highest. */
export function plot(field, series) {
  const low = Math.min(...series);
  const high = Math.max(...series);
  const heights = series.map((value) => Math.max(1, Math.round(((value - low) / (high - low || 1)) * ROWS * 8)));
  const rows = Array.from({ length: ROWS }, (_, index) => {
    const floor = (ROWS - 1 - index) * 8;
    return heights.map((height) => LEVELS[Math.min(8, Math.max(0, height - floor))]).join('');
  });
  const label = (index) => (index === 0 ? high : index === ROWS - 1 ? low : undefined);
  const lines = rows.map((row, index) => `  ${(label(index)?.toFixed(1) ?? '').padStart(8)} │${row}`);
  return [`  ${field}`, ...lines].join('\n');
}
