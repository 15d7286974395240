import type { OperationDocs } from '../common/openapi/openapi';
import { FIRST_ORGANIZATION_REQUIRED } from './server-info.errors';
import { ServerInfoReply } from './server-info.views';

/** The state of the server, as the API's description shows it. */
export const docs = {
  get: {
    id: 'getServerInfo',
    summary: 'Get the state of the server',
    description:
      'Version, sizes, queues, delay of the event loop, tasks, connections and settings of the instance that answers. Secrets are ' +
      'never part of it. The figures are at most a second old, so polling costs nothing. Only for Admin keys of the first ' +
      'organization, since it concerns all organizations of the server.',
    status: 200,
    answer: ServerInfoReply,
    refusals: [FIRST_ORGANIZATION_REQUIRED],
  },
} satisfies Readonly<Record<string, OperationDocs>>;
