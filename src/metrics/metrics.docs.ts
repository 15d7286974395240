import { FIRST_ORGANIZATION_REQUIRED } from '../server-info/server-info.errors';
import type { OperationDocs } from '../common/openapi/openapi';

const EXAMPLE = `# HELP dakkio_points_ingested_total Points that were accepted and are on disk: new ones, updates and duplicates.
# TYPE dakkio_points_ingested_total counter
dakkio_points_ingested_total{way="json"} 67280
`;

/** The route of the metrics, as the API's description shows it. */
export const METRICS_DOCS = {
  id: 'getMetrics',
  summary: 'Get the metrics of this instance for Prometheus',
  description:
    'In the text format of Prometheus. Prometheus sends an Admin key of the first organization, or the token of ' +
    '`DAKKIO_METRICS_TOKEN`, as `Authorization: Bearer`. Routes appear by their templates; no label has the name or the id of a bucket ' +
    'or a key.',
  status: 200,
  content: { 'text/plain': EXAMPLE },
  refusals: [FIRST_ORGANIZATION_REQUIRED],
} satisfies OperationDocs;
