import type { components } from '../../../../clients/typescript/src/api/schema';
import { counted } from '../../lib/numbers';

/** `Would have fired 12 times in 7 days`. */
export function previewInWords(
  { alerts, intervals }: Pick<components['schemas']['PreviewSummary'], 'alerts' | 'intervals'>,
  dataPoints: number,
  period: string,
): string {
  if (dataPoints === 0 && intervals === 0) return `There are no points in the last ${period}`;
  if (alerts === 0) return `Would not have fired in ${period}`;
  return `Would have fired ${counted(alerts, 'time')} in ${period}`;
}
