// Generated from docs/openapi.json by `npm run client:types`. Do not edit.

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get name, version and links
         * @description With `Accept: text/html`, as browsers send it, the answer is the console.
         *
         *     No key is needed.
         */
        get: operations["getServer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the alert rules of all buckets that the key can access
         * @description An Admin key gets those of the organization, a Write or Read key those of its bucket, and a key with a `dataSourceId` those of that data source. Oldest first, unless `sort` is sent.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["listAllAlertRules"];
        put?: never;
        /**
         * Create an alert rule
         * @description The rule evaluates each point of its data source from now on. The webhook secret is shown only in this reply. Without a `webhookUrl` nothing is sent: the state and history of the rule are in the API only.
         *
         *     For Admin and Write keys, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        post: operations["createAlertRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/{alertId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an alert rule with its state
         * @description For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["getAlertRule"];
        put?: never;
        post?: never;
        /**
         * Delete an alert rule
         * @description Its history and queued messages are deleted too. If it was firing, `alert.resolved` is sent with the reason `deleted`.
         *
         *     For Admin and Write keys, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        delete: operations["deleteAlertRule"];
        options?: never;
        head?: never;
        /**
         * Change, pause or resume an alert rule
         * @description Only the fields that are sent change. If the condition changes in meaning, or the rule is paused or resumed, the rule is reset to `ok`; if it was firing, `alert.resolved` is sent with a `reason`. Other changes, including a reworded condition, keep the state. A new URL is used at once, and switches a webhook on that was off. `"webhookUrl": null` removes the URL and the headers: queued messages fail.
         *
         *     For Admin and Write keys, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        patch: operations["updateAlertRule"];
        trace?: never;
    };
    "/api/alerts/{alertId}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the deliveries of an alert rule
         * @description Newest first. Finished deliveries are kept for 30 days.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["listAlertDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/{alertId}/deliveries/{deliveryId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a delivery with its payload
         * @description For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["getAlertDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/{alertId}/deliveries/{deliveryId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay a delivery
         * @description Sends it again under the same `webhook-id`, with all attempts. A webhook that was switched off is switched on.
         *
         *     For Admin and Write keys, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        post: operations["replayAlertDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/{alertId}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the history of an alert rule
         * @description When it was triggered and resolved, newest first. The history is kept for a year.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["listAlertHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/{alertId}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the webhook secret of an alert rule
         * @description For 24 hours deliveries are signed with the old and the new secret, so that the receiver can switch without downtime.
         *
         *     For Admin and Write keys, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        post: operations["rotateAlertSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/{alertId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test message to the webhook of an alert rule
         * @description Signed like any other message, with `test: true`, and sent once. The reply contains the result. The state of the rule does not change.
         *
         *     For Admin and Write keys, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        post: operations["testAlertRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/parse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Parse a condition
         * @description Shows how the server understands a condition for a data source. Nothing is stored or evaluated. The 400 for a condition that does not parse says in `details` which part of the text is wrong and what could stand there.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        post: operations["parseAlertCondition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview when a condition would have fired
         * @description Evaluates the stored points in `[startTime, endTime)`: when the condition was met, the extreme value in each interval, and the notifications that the rule would have sent. Nothing is stored or sent.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        post: operations["previewAlertRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/buckets/{bucketId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get counts and averages of a bucket
         * @description Of a period that ends now. A key that is bound to one data source gets the figures of that one.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["getBucketAnalytics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get counts and activity of the organization
         * @description Only Admin keys can access organization analytics.
         */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audit events: who did what, when and from where
         * @description Creations, changes, rotations and deletions, requests that were denied, and commands of the operator. Newest first. Events never contain a secret. Repeated denials are counted in one later event with `times`.
         *
         *     Only Admin keys can read the audit log.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/buckets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List buckets
         * @description Oldest first, unless `sort` is sent.
         *
         *     Only Admin keys can list buckets.
         */
        get: operations["listBuckets"];
        put?: never;
        /**
         * Create a bucket
         * @description Buckets contain data and the keys for it. Names need not be unique.
         *
         *     Only Admin keys can create buckets.
         */
        post: operations["createBucket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/buckets/{bucketId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a bucket and its statistics
         * @description Only Admin keys can access bucket details.
         */
        get: operations["getBucket"];
        /**
         * Change a bucket (the same as PATCH)
         * @description The same as PATCH, for clients that only support PUT: fields that you leave out are not changed.
         *
         *     Only Admin keys can update buckets.
         */
        put: operations["putBucket"];
        post?: never;
        /**
         * Delete a bucket and everything in it
         * @description Once this reply is sent, its keys are rejected. The reply counts what was deleted.
         *
         *     Only Admin keys can delete buckets.
         */
        delete: operations["deleteBucket"];
        options?: never;
        head?: never;
        /**
         * Change a bucket
         * @description Changes the fields that you send. A shorter `retentionDays` hides older points at once and erases them after at least 24 hours: until then, a longer `retentionDays` shows them again.
         *
         *     Only Admin keys can update buckets.
         */
        patch: operations["updateBucket"];
        trace?: never;
    };
    "/api/buckets/{bucketId}/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the alert rules of a bucket
         * @description Oldest first, unless `sort` is sent. A key with a `dataSourceId` sees only the rules of that data source.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["listAlertRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/buckets/{bucketId}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the API keys of a bucket
         * @description Oldest first. Full keys are never shown again: `keyPrefix` identifies a key. To page through a list that changes meanwhile, send the last `_id` of each page as `after` for the next one.
         *
         *     Only Admin keys can list API keys.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Create a Write or Read key for a bucket
         * @description A Write key ingests data, creates data sources and manages alerts; a Read key queries data and views analytics. Only this reply contains the full key: store it now.
         *
         *     Only Admin keys can create API keys.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/buckets/{bucketId}/keys/{keyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get one API key of a bucket
         * @description Includes its restrictions. After a rotation, `replaces` and `replacedBy` name the other key.
         *
         *     Only Admin keys can view API keys.
         */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        /**
         * Delete an API key of a bucket
         * @description Once this reply is sent, every instance of the server rejects the key. `descendants` lists the active keys that it was rotated into; `line=true` deletes them too.
         *
         *     Only Admin keys can delete API keys.
         */
        delete: operations["deleteApiKey"];
        options?: never;
        head?: never;
        /**
         * Change an API key of a bucket
         * @description Changes the fields that you send; `null` removes a restriction. Once this reply is sent, every instance of the server rejects a disabled key. Type, bucket, `dataSourceId`, `writeOnly` and `selfRotation` cannot be changed. If the change restricts the key, `descendants` lists the active keys that it was rotated into; `line=true` changes them too.
         *
         *     Only Admin keys can update API keys.
         */
        patch: operations["updateApiKey"];
        trace?: never;
    };
    "/api/buckets/{bucketId}/keys/{keyId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate an API key of a bucket
         * @description The new key has the same rights. The old key expires at the end of its grace period or, with `retireOnFirstUse`, when the new key is first used. GET on the old key shows when it expires and when it was last used.
         *
         *     Only Admin keys can rotate API keys.
         */
        post: operations["rotateApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/buckets/{bucketId}/keys/{keyId}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the usage of an API key of a bucket
         * @description Requests to other instances of the server are included within a minute.
         *
         *     Only Admin keys can view API keys.
         */
        get: operations["getApiKeyUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/buckets/{bucketId}/keys/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create up to 500 keys for a bucket at once
         * @description Creates all of them or none, in one commit. Send JSON, or CSV with the columns `name` and `type` and a column for each other field that you need, separated by `,` or `;`. With `Accept: text/csv` the reply is CSV too, for flashing devices. Only this reply contains the full keys.
         *
         *     Only Admin keys can create API keys.
         */
        post: operations["createManyApiKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/buckets/{bucketId}/keys/bulk/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete up to 500 API keys of a bucket at once
         * @description Changes all of them or none, in one commit. Select them by `ids`, by `filter`, or by a CSV with a column `_id`. With `Accept: text/csv` the reply is CSV too. Once this reply is sent, every instance of the server rejects them. `descendants` lists the active keys that they were rotated into and that you did not select; `line=true` deletes those too.
         *
         *     Only Admin keys can delete API keys.
         */
        post: operations["revokeManyApiKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/buckets/{bucketId}/keys/bulk/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate up to 500 API keys of a bucket at once
         * @description Changes all of them or none, in one commit. Select them by `ids`, by `filter`, or by a CSV with a column `_id`. With `Accept: text/csv` the reply is CSV too. A filter selects active keys that were not rotated yet, unless it names another state. Only this reply contains the full keys.
         *
         *     Only Admin keys can rotate API keys.
         */
        post: operations["rotateManyApiKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/buckets/{bucketId}/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the data sources of a bucket
         * @description Oldest first, unless `sort` is sent. A key that is bound to one data source gets only that one.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["listDataSources"];
        put?: never;
        /**
         * Create a data source in a bucket
         * @description The schema defines the fields of its points. You can add fields later.
         *
         *     For Admin and Write keys, including write-only keys. Not for a key that is bound to a data source.
         */
        post: operations["createDataSource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/buckets/{bucketId}/sources/{sourceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a data source with the statistics of its points
         * @description For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["getDataSource"];
        put?: never;
        post?: never;
        /**
         * Delete a data source, its points and its alert rules
         * @description They are no longer available once the response is sent, and pending notifications of the rules are dropped. A Write key can only delete a data source without points.
         *
         *     For Admin and Write keys, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        delete: operations["deleteDataSource"];
        options?: never;
        head?: never;
        /**
         * Update a data source
         * @description Properties that are not sent keep their values. `schema` adds or replaces the fields that it names. While the data source has points, fields cannot be removed and their types cannot be changed.
         *
         *     For Admin and Write keys, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        patch: operations["updateDataSource"];
        trace?: never;
    };
    "/api/buckets/{bucketId}/sources/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create up to 500 data sources in a bucket at once
         * @description Either all of them are created or none, in one commit. Send JSON, or CSV with the columns `name`, `schema` (or one column for each field, such as `schema.temperature`) and optionally the other properties. With `Accept: text/csv` the response is CSV.
         *
         *     For Admin and Write keys, including write-only keys. Not for a key that is bound to a data source.
         */
        post: operations["createManyDataSources"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Store a data point
         * @description A point is identified by its data source, timestamp and metadata. An identical point is not stored again, and one with other values replaces it. The response is sent when the point is on disk. A point that is older than the retention of the bucket is rejected. The response to a write-only key has no `_id`.
         *
         *     For Admin and Write keys, including write-only keys. A key that is bound to a data source reaches only that data source.
         */
        post: operations["ingestPoint"];
        /**
         * Delete the points of a range of time
         * @description From `startTime` on and before `endTime`.
         *
         *     Only Admin keys can delete data.
         */
        delete: operations["deleteData"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/data/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Store up to 1000 data points of one or more data sources of a bucket
         * @description All points are stored or none, in one commit. If points are invalid, the 400 lists up to 20 of them, and all that are older than the retention of the bucket, with the code `point_expired`. With `partial=true` the valid points are stored, and the 207 lists the others. If a batch has the same point twice, the later one wins. For a write-only key `inserted` counts all accepted points.
         *
         *     For Admin and Write keys, including write-only keys. A key that is bound to a data source reaches only that data source.
         */
        post: operations["ingestBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/data/csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Store the points of a CSV of any size
         * @description The first line names the columns: the time, the fields of the data source, `metadata` as JSON or `metadata.<name>`, and `dataSourceId` if the rows belong to several data sources. Any content type, also gzip or chunked. The rows are stored while they arrive, in commits of up to 1,000. Valid rows are stored even if others are not: the 207 names the first 100 of the others by their lines. An error in the first line is a 400, and nothing is stored. If an error ends the upload later, its body has the counts of the rows that are stored. Sending the same rows again is safe: they count as `duplicates`.
         *
         *     For Admin and Write keys, including write-only keys. A key that is bound to a data source reaches only that data source.
         */
        post: operations["ingestCsv"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/data/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export all points or aggregates of a range
         * @description Streams all points that the filters select, oldest first, without a limit of rows: as CSV, with `format=ndjson` as one JSON object per line, or with `format=json` as the response of a query. With `groupBy` or `aggregation`, aggregates. The export reads while it is sent, so points that are stored meanwhile may be in it. A response that ends early is not terminated as HTTP requires, and clients report it as incomplete. `npm run import` reads the CSV of one data source. The key may also be sent as the password of `Authorization: Basic`.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["exportData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/data/latest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the newest point of each data source, or the last value of each field
         * @description The newest point is the one with the latest timestamp, regardless of when it arrived. `mode=fields` returns the last value of each field with its time, for data sources whose points do not have all fields.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["getLatestData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/data/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Query points or aggregates
         * @description Without `aggregation` and `groupBy`, the answer has raw points, newest first unless `startTime` is given. More than 500 points are downsampled to averages with the smallest step of minute, hour, day, week and month that gives at most about 500 rows. `downsamplingApplied` is then `true`; send `"downsampling": false` to always get raw points. With `Accept: text/csv` the answer is CSV, and its metadata is in the headers `X-Has-More`, `X-Next-Cursor` and `X-Downsampling-Applied`. `X-Overflow` is set if an aggregate is outside the range of a double.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        post: operations["queryData"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/data/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream new data points
         * @description Sends each point of the bucket within about 250 ms after it was stored, as Server-Sent Events or, with `Accept: application/x-ndjson`, as one JSON object per line. A point that is updated is sent again. The order is that of commits, not of timestamps. Events: `ready` (the stream is up to date), `point`, `gap` (points are left out), `closed` (why the stream ends). To resume after a disconnect, send the id of the last event as `Last-Event-ID` or `since`: commits can be replayed for at least 30 minutes.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["streamData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/data/stream/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a ticket for a stream
         * @description For clients that cannot set headers, such as `EventSource` in a browser: `GET /api/data/stream?ticket=…` opens streams with the rights of the key, until the ticket expires or the key is no longer valid. A ticket is good for this route only, and can be used several times, because `EventSource` reconnects with the same URL.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        post: operations["createStreamTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the deliveries of all alert rules of the organization
         * @description Newest first, unless `sort=asc` is sent. Finished deliveries are kept for 30 days.
         *
         *     Only Admin keys can list the deliveries of all buckets.
         */
        get: operations["listAllDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the organization's Admin keys, or all its keys
         * @description The Admin keys, unless `type` or `bucketId` asks for others: `type=all` lists the Admin keys and the keys of all buckets. Oldest first, unless `sort` is sent.
         *
         *     Only Admin keys can manage organization keys.
         */
        get: operations["listAdminKeys"];
        put?: never;
        /**
         * Create another Admin key for the organization
         * @description Only this reply contains the full key: store it now.
         *
         *     Only Admin keys can manage organization keys.
         */
        post: operations["createAdminKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{keyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get one Admin key of the organization
         * @description Only Admin keys can manage organization keys.
         */
        get: operations["getAdminKey"];
        put?: never;
        post?: never;
        /**
         * Delete an Admin key of the organization
         * @description Once this reply is sent, the key is rejected. The last Admin key that the caller can use, which has no expiry and the current pepper, cannot be deleted.
         *
         *     Only Admin keys can manage organization keys.
         */
        delete: operations["deleteAdminKey"];
        options?: never;
        head?: never;
        /**
         * Change an Admin key of the organization
         * @description Changes the fields that you send; `null` removes a restriction. The last Admin key that the caller can use, which has no expiry and the current pepper, can neither be disabled nor get an expiry, a quota or addresses that exclude the caller.
         *
         *     Only Admin keys can manage organization keys.
         */
        patch: operations["updateAdminKey"];
        trace?: never;
    };
    "/api/keys/{keyId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate an Admin key of the organization
         * @description The old key stays valid for its grace period, as with the keys of a bucket.
         *
         *     Only Admin keys can manage organization keys.
         */
        post: operations["rotateAdminKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{keyId}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the usage of an Admin key of the organization
         * @description Requests to other instances of the server are included within a minute.
         *
         *     Only Admin keys can manage organization keys.
         */
        get: operations["getAdminKeyUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/bulk/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete up to 500 Admin keys of the organization at once
         * @description Changes all of them or none, in one commit. Select them by `ids`, by `filter`, or by a CSV with a column `_id`. With `Accept: text/csv` the reply is CSV too. Once this reply is sent, every instance of the server rejects them. `descendants` lists the active keys that they were rotated into and that you did not select; `line=true` deletes those too.
         *
         *     Only Admin keys can manage organization keys.
         */
        post: operations["revokeManyAdminKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/bulk/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate up to 500 Admin keys of the organization at once
         * @description Changes all of them or none, in one commit. Select them by `ids`, by `filter`, or by a CSV with a column `_id`. With `Accept: text/csv` the reply is CSV too. A filter selects active keys that were not rotated yet, unless it names another state. Only this reply contains the full keys.
         *
         *     Only Admin keys can manage organization keys.
         */
        post: operations["rotateManyAdminKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/self": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the key of this request
         * @description Its type, its bucket, its restrictions and what it may call. Restrictions that are not set are left out. With a session key it describes the session, which has the restrictions of the key that it was opened with.
         *
         *     For any key, including write-only keys.
         */
        get: operations["getOwnApiKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/self/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the key of this request
         * @description For a device that renews its own key. With `retireOnFirstUse` the old key expires when the new one is first used. Until then the device can send the request again: the next new key replaces the one that it never received.
         *
         *     For any key, including write-only keys. Not for session keys.
         */
        post: operations["rotateOwnApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the state of the server
         * @description Version, sizes, queues, delay of the event loop, tasks, connections and settings of the instance that answers. Secrets are never part of it. The figures are at most a second old, so polling costs nothing. Only for Admin keys of the first organization, since it concerns all organizations of the server.
         *
         *     Only Admin keys can read the state of the server.
         */
        get: operations["getServerInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a session: get a short-lived key in place of this one
         * @description A session key has the type, bucket and restrictions of its key at each request, and is rejected when its key is. Its requests count for that key. It cannot rotate itself or open sessions. A key can have 20 sessions: one more ends the oldest.
         *
         *     For any key, including write-only keys. Not for session keys.
         */
        post: operations["createSession"];
        /**
         * End the session of this request
         * @description The session key is rejected from the reply on.
         *
         *     For any key, including write-only keys. Only for session keys.
         */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a session with the one-time code of a printed link
         * @description The server prints a link at its first start, and `npm run console-link` prints another. Its code works once, within 15 minutes. The session belongs to the Admin key that the server names beside the link. A session key has the type, bucket and restrictions of its key at each request, and is rejected when its key is. Its requests count for that key. It cannot rotate itself or open sessions. A key can have 20 sessions: one more ends the oldest.
         *
         *     No key is needed.
         */
        post: operations["createSessionFromCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the data sources of all buckets that the key can access
         * @description An Admin key gets those of the organization, a Write or Read key those of its bucket, and a key that is bound to one data source only that one. Oldest first, unless `sort` is sent.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["listAllDataSources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the usage of all API keys of the organization
         * @description For each day, one entry for each key, in the order of `GET /api/keys` and with its filters; by default keys of every type. Requests to other instances of the server are included within a minute.
         *
         *     Only Admin keys can manage organization keys.
         */
        get: operations["listApiKeyUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/write": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Write line protocol as to InfluxDB 2
         * @description Stores InfluxDB line protocol: any content type, also gzip or chunked, up to 25 MB. Each measurement with its tags becomes a data source, and fields are added as they come; fields of the same time are merged. Valid lines are stored; the reply names the others by their line numbers. The key may also be sent as `Authorization: Token`, as a Basic password, or as `p` in the query string.
         *
         *     For Admin and Write keys, including write-only keys. Not for a key that is bound to a data source.
         */
        post: operations["writeBucketLines"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/write_lp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Write line protocol as to InfluxDB 3
         * @description Stores InfluxDB line protocol: any content type, also gzip or chunked, up to 25 MB. Each measurement with its tags becomes a data source, and fields are added as they come; fields of the same time are merged. Valid lines are stored; the reply names the others by their line numbers. The key may also be sent as `Authorization: Token`, as a Basic password, or as `p` in the query string.
         *
         *     For Admin and Write keys, including write-only keys. Not for a key that is bound to a data source.
         */
        post: operations["writeLines"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say whether the server takes writes, as InfluxDB 2 does
         * @description No key is needed.
         */
        get: operations["getInfluxHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say that the process runs
         * @description No key is needed.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say whether the server can serve
         * @description Reads from the database, and lets an empty transaction take its turn among the writes. Callers share the result of the last second. The answer comes within 2 seconds: where the database takes longer, the result before counts for up to 10 seconds.
         *
         *     No key is needed.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the metrics of this instance for Prometheus
         * @description In the text format of Prometheus. Prometheus sends an Admin key of the first organization, or the token of `DAKKIO_METRICS_TOKEN`, as `Authorization: Bearer`. Routes appear by their templates; no label has the name or the id of a bucket or a key.
         *
         *     Only Admin keys can read the metrics.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Answer clients of InfluxDB 1 and 2
         * @description Answers 204, or 200 with `verbose=true`. The header `X-Influxdb-Version` has the version.
         *
         *     No key is needed.
         */
        get: operations["ping"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Query with InfluxQL
         * @description Runs InfluxQL: `SELECT`, and `SHOW` of databases, retention policies, measurements, fields, tags and series. A bucket is a database. The answer is JSON, or CSV with `Accept: text/csv`. A statement that fails has an `error` in its result, with status 200. The key may also be sent as `Authorization: Token`, as a Basic password, or as `p` in the query string.
         *
         *     For any key, except write-only keys. A key that is bound to a data source reaches only that data source.
         */
        get: operations["queryInfluxQL"];
        put?: never;
        /**
         * Query with InfluxQL, with the statements in a form or in the query string
         * @description Runs InfluxQL: `SELECT`, and `SHOW` of databases, retention policies, measurements, fields, tags and series. A bucket is a database. The answer is JSON, or CSV with `Accept: text/csv`. A statement that fails has an `error` in its result, with status 200. The key may also be sent as `Authorization: Token`, as a Basic password, or as `p` in the query string. `CREATE DATABASE` and `CREATE RETENTION POLICY` for a bucket that exists are accepted, since clients send them before they write. Nothing is created. Write-only keys can send only these.
         *
         *     For any key, including write-only keys. A key that is bound to a data source reaches only that data source.
         */
        post: operations["runInfluxStatement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say that the server runs, as InfluxDB 2 does
         * @description No key is needed.
         */
        get: operations["getInfluxReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/write": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Write line protocol as to InfluxDB 1
         * @description Stores InfluxDB line protocol: any content type, also gzip or chunked, up to 25 MB. Each measurement with its tags becomes a data source, and fields are added as they come; fields of the same time are merged. Valid lines are stored; the reply names the others by their line numbers. The key may also be sent as `Authorization: Token`, as a Basic password, or as `p` in the query string.
         *
         *     For Admin and Write keys, including write-only keys. Not for a key that is bound to a data source.
         */
        post: operations["writeDatabaseLines"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ActivityView: {
            /** @example 3 */
            alertsTriggeredLast24h: number;
            /**
             * @description Points whose time is within the last 24 hours
             * @example 12543
             */
            dataPointsLast24h: number;
            /** @description Points by their time, of the last days in UTC, today last. Only with `include=days` */
            dataPointsPerDay?: components["schemas"]["DayView"][];
            /**
             * Format: date-time
             * @example 2024-01-15T10:15:00.000Z
             */
            lastAlertTriggered: string | null;
            /**
             * Format: date-time
             * @description When points last arrived
             * @example 2024-01-15T14:30:00.000Z
             */
            lastDataIngestion: string | null;
            /**
             * @description Active data sources that have points, none of which arrived within the last 24 hours
             * @example 1
             */
            silentDataSources: number;
        };
        AlertActivityView: {
            byRule: components["schemas"]["RuleActivityView"][];
            /** @example 3 */
            totalTriggered: number;
        };
        AlertCreated: {
            alertRule: components["schemas"]["NewAlertRuleView"];
            /** @example Alert rule created successfully */
            message: string;
        };
        AlertDeleted: {
            deletedAlertRule: components["schemas"]["DeletedAlert"];
            /** @example Alert rule deleted successfully */
            message: string;
        };
        AlertEventView: {
            /** @example 507f1f77bcf86cd799439016 */
            _id: string;
            /**
             * @description The value of the field, or a list with one for each comparison. For `no_data`, the seconds since data last arrived
             * @example 31.5
             */
            currentValue: (number | boolean | string | ((number | boolean | string) | null)[]) | null;
            /**
             * @description The point that caused it. If its values are longer than 4 KB, only the fields of the condition
             * @example {
             *       "timestamp": "2024-01-15T10:10:00.000Z",
             *       "values": {
             *         "temperature": 31.5
             *       }
             *     }
             */
            dataPoint: {
                [key: string]: unknown;
            } | null;
            /**
             * @example triggered
             * @enum {string}
             */
            event: "triggered" | "resolved";
            /**
             * @description Why the alert ended, if not through its condition
             * @example paused
             * @enum {string|null}
             */
            reason: "paused" | "deleted" | "changed" | "archived" | null;
            /**
             * @description The number of the reminder; 0 for the firing itself. For `resolved`, the number of reminders
             * @example 0
             */
            repeat: number;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            timestamp: string;
        };
        AlertHistory: {
            history: components["schemas"]["AlertEventView"][];
            pagination: components["schemas"]["Pagination"];
        };
        AlertList: {
            alertRules: components["schemas"]["AlertRuleView"][];
            pagination: components["schemas"]["Pagination"];
        };
        AlertReply: {
            alertRule: components["schemas"]["AlertRuleView"];
        };
        AlertRuleView: {
            /** @example 507f1f77bcf86cd799439015 */
            _id: string;
            /** @example 507f1f77bcf86cd799439011 */
            bucketId: string;
            /**
             * @description The text as it was sent
             * @example temperature is greater than 30 °C for 5 minutes
             */
            condition: string;
            /**
             * @description The minimum time between the last notification and the next firing
             * @default 5
             * @example 5
             */
            cooldownMinutes: number;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            createdAt: string;
            /** @example 507f1f77bcf86cd799439014 */
            dataSourceId: string;
            /**
             * @description Additional headers of each message, with `…` instead of the values
             * @example {
             *       "Authorization": "…"
             *     }
             */
            headers: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            lastTriggeredAt: string | null;
            /**
             * @description Shown in notifications
             * @example Server room too hot
             */
            name: string;
            /**
             * @description The condition as it was parsed
             * @example {
             *       "field": "temperature",
             *       "operator": "gt",
             *       "value": 30,
             *       "durationSeconds": 300
             *     }
             */
            parsedCondition: {
                [key: string]: unknown;
            };
            /**
             * @description The interval of reminders while the condition is met; 0 for none. Defaults to `cooldownMinutes`
             * @example 60
             */
            repeatMinutes: number;
            /**
             * @description `ok`: the condition is not met. `pending`: it is met, but not yet for its duration. `triggered`: the rule has fired. `cooldown`, then `resolved`: the alert has ended
             * @example ok
             * @enum {string}
             */
            state: "ok" | "pending" | "triggered" | "cooldown" | "resolved";
            /**
             * @description A paused rule is not evaluated
             * @example active
             * @enum {string}
             */
            status: "active" | "paused";
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            updatedAt: string;
            /** @description Whether messages arrive; null without a URL */
            webhook: components["schemas"]["WebhookView"] | null;
            /**
             * @description Where messages are posted; null for nowhere. Admin keys see the whole URL, others its origin and `…`; sent back, it keeps the URL
             * @example https://example.com/hooks/dakkio
             */
            webhookUrl: string | null;
        };
        AlertTested: {
            delivery: components["schemas"]["TestResult"];
            /** @example Test delivery sent */
            message: string;
        };
        AlertUpdated: {
            alertRule: components["schemas"]["AlertRuleView"];
            /** @example Alert rule updated successfully */
            message: string;
        };
        AllDeliveriesList: {
            deliveries: components["schemas"]["DeliveryOfRuleView"][];
            pagination: components["schemas"]["LongListPagination"];
        };
        AuditActorView: {
            /** @example 507f1f77bcf86cd799439013 */
            _id?: string;
            /**
             * @description The key's name at that time
             * @example Ops laptop
             */
            name?: string;
            /**
             * @example api key
             * @enum {string}
             */
            type: "api key" | "command line" | "server";
            /**
             * @description The system user who ran the command
             * @example root
             */
            user?: string;
        };
        AuditEventView: {
            /** @example 507f1f77bcf86cd799439016 */
            _id: string;
            /**
             * @example apiKey.created
             * @enum {string}
             */
            action: "organization.created" | "bucket.created" | "bucket.updated" | "bucket.deleted" | "dataSource.created" | "dataSource.updated" | "dataSource.deleted" | "data.deleted" | "data.imported" | "data.secondsFixed" | "rollups.rebuilt" | "alertRule.created" | "alertRule.updated" | "alertRule.deleted" | "alertRule.secretRotated" | "alertRule.deliveryReplayed" | "apiKey.created" | "apiKey.updated" | "apiKey.rotated" | "apiKey.retired" | "apiKey.deleted" | "session.codeCreated" | "session.opened" | "session.ended" | "access.refused" | "keys.checked" | "audit.verified" | "audit.restarted" | "audit.restored" | "audit.headMismatch" | "audit.anchorMismatch" | "audit.cut" | "audit.secretChanged";
            actor: components["schemas"]["AuditActorView"];
            /**
             * @description Where the request came from
             * @example 192.168.1.20
             */
            address?: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:05:00.000Z
             */
            at: string;
            /** @example 507f1f77bcf86cd799439011 */
            bucketId?: string;
            /**
             * @description Further details. A change has `from` and `to`. `sessionId` is the session key that the actor used, if it used one
             * @example {
             *       "type": "write"
             *     }
             */
            details?: {
                [key: string]: unknown;
            };
            /** @example b3c1f0de-5a0e-4c55-9d4e-6f1f3f1f7f4e */
            requestId?: string;
            target: components["schemas"]["AuditTargetView"];
        };
        AuditList: {
            auditEvents: components["schemas"]["AuditEventView"][];
            pagination: components["schemas"]["LongListPagination"];
        };
        AuditTargetView: {
            /** @example 507f1f77bcf86cd799439013 */
            _id?: string;
            /**
             * @description Its name at that time
             * @example Living Room Sensor
             */
            name?: string;
            /**
             * @example api key
             * @enum {string}
             */
            type: "organization" | "bucket" | "data source" | "alert rule" | "api key" | "route" | "audit log" | "rollups";
        };
        BackupView: {
            /**
             * @description A command that works while the server runs. Back up the secret of the server too, in another place
             * @example sqlite3 /var/lib/dakkio/dakkio.db "VACUUM INTO '/backup/dakkio.db'"
             */
            command: string;
            /**
             * @description The page that explains it
             * @example docs/operate.md#back-up-and-restore
             */
            page: string;
        };
        BatchBody: {
            /**
             * @description Not needed with an API key of a bucket
             * @example 507f1f77bcf86cd799439011
             */
            bucketId?: string;
            dataPoints: components["schemas"]["PointOfBatch"][];
        };
        BatchIngested: {
            /**
             * @description Points that were already stored
             * @example 0
             */
            duplicates: number;
            /**
             * @description New points
             * @example 2
             */
            inserted: number;
            /** @example Batch ingested successfully */
            message: string;
            /**
             * @description Points that were not stored
             * @example 0
             */
            rejected: number;
            /**
             * @description Points that replaced one with the same data source, timestamp and metadata
             * @example 0
             */
            updated: number;
        };
        BucketAnalyticsReply: {
            analytics: components["schemas"]["BucketAnalyticsView"];
        };
        BucketAnalyticsView: {
            alertActivity: components["schemas"]["AlertActivityView"];
            bucket: components["schemas"]["BucketNameView"];
            dataSourceStats: components["schemas"]["SourceFiguresView"][];
            ingestionRate: components["schemas"]["IngestionRateView"];
            /**
             * @example 7d
             * @enum {string}
             */
            period: "24h" | "7d" | "30d" | "90d";
            summary: components["schemas"]["SummaryView"];
        };
        BucketCreated: {
            bucket: components["schemas"]["BucketView"];
            /** @example Bucket created successfully */
            message: string;
        };
        BucketDeleted: {
            deletedBucket: components["schemas"]["DeletedBucket"];
            deletedResources: components["schemas"]["DeletedResources"];
            /** @example Bucket deleted successfully */
            message: string;
        };
        BucketDetails: {
            /** @example 507f1f77bcf86cd799439011 */
            _id: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:00:00.000Z
             */
            createdAt: string;
            /**
             * @description Empty by default
             * @example Sensors of the north greenhouse
             */
            description: string;
            /** @example Greenhouse */
            name: string;
            /** @example 507f1f77bcf86cd799439010 */
            organizationId: string;
            /**
             * @description Days that points are kept. Older points are neither returned nor accepted; null keeps points forever
             * @example 90
             */
            retentionDays: number | null;
            stats: components["schemas"]["BucketStatsView"];
            /**
             * @description An archived bucket can be queried and refuses new points
             * @example active
             * @enum {string}
             */
            status: "active" | "archived";
            /**
             * Format: date-time
             * @example 2024-01-15T10:00:00.000Z
             */
            updatedAt: string;
        };
        BucketFiguresView: {
            /**
             * @description Points that are visible under the retention
             * @example 12000
             */
            dataPointCount: number;
            /**
             * @description The average of the last seven days, or of the days of a shorter retention, to the nearest whole number. Up to a minute old, and an estimate if more than 250 data sources have points of these days
             * @example 1440
             */
            dataPointsPerDay: number;
            /** @example 3 */
            dataSourceCount: number;
            /**
             * Format: date-time
             * @description Time of the latest point
             * @example 2024-01-23T18:10:00.000Z
             */
            lastDataAt: string | null;
            /**
             * @description An estimate: the share of the bucket's points in all points, of the size of the database
             * @example 614400
             */
            storageBytes: number;
        };
        BucketList: {
            buckets: components["schemas"]["ListedBucketView"][];
            pagination: components["schemas"]["Pagination"];
        };
        BucketNameView: {
            /** @example 507f1f77bcf86cd799439011 */
            _id: string;
            /** @example Greenhouse */
            name: string;
        };
        BucketReply: {
            bucket: components["schemas"]["BucketDetails"];
        };
        BucketStatsView: {
            /**
             * @description Keys that are accepted now: neither disabled, expired nor retired
             * @example 4
             */
            apiKeyCount: number;
            /** @example 12000 */
            dataPointCount: number;
            /** @example 3 */
            dataSourceCount: number;
        };
        BucketUpdated: {
            bucket: components["schemas"]["BucketView"];
            /** @example Bucket updated successfully */
            message: string;
        };
        BucketView: {
            /** @example 507f1f77bcf86cd799439011 */
            _id: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:00:00.000Z
             */
            createdAt: string;
            /**
             * @description Empty by default
             * @example Sensors of the north greenhouse
             */
            description: string;
            /** @example Greenhouse */
            name: string;
            /** @example 507f1f77bcf86cd799439010 */
            organizationId: string;
            /**
             * @description Days that points are kept. Older points are neither returned nor accepted; null keeps points forever
             * @example 90
             */
            retentionDays: number | null;
            /**
             * @description An archived bucket can be queried and refuses new points
             * @example active
             * @enum {string}
             */
            status: "active" | "archived";
            /**
             * Format: date-time
             * @example 2024-01-15T10:00:00.000Z
             */
            updatedAt: string;
        };
        ColumnsView: {
            /**
             * @description Points in each group
             * @example [
             *       60
             *     ]
             */
            counts?: number[];
            /**
             * @description Name of the data source, with `include`
             * @example Living room climate
             */
            dataSource?: string;
            /** @example 507f1f77bcf86cd799439014 */
            dataSourceId: string;
            /**
             * @description Raw points only
             * @example [
             *       "018d0cc9ec00000001000001"
             *     ]
             */
            ids?: string[];
            /**
             * @description Raw points only, and only if one of them has metadata
             * @example [
             *       {
             *         "device": "esp32-7"
             *       }
             *     ]
             */
            metadata?: ({
                [key: string]: unknown;
            } | null)[];
            /**
             * @description Times of the points, or starts of the groups, in milliseconds since 1970
             * @example [
             *       1705312800000
             *     ]
             */
            timestamps: number[];
            /**
             * @description A list of values by field, `null` where a row has none. Several aggregations are an object of lists by name
             * @example {
             *       "temperature": [
             *         21.5
             *       ]
             *     }
             */
            values: {
                [key: string]: ((number | null) | string | boolean)[] | {
                    [key: string]: ((number | null) | string | boolean)[];
                };
            };
        };
        ConnectionsView: {
            /**
             * @description `DAKKIO_MAX_CONNECTIONS`
             * @example 10000
             */
            limit: number;
            /**
             * @description Open connections of clients
             * @example 12
             */
            open: number;
        };
        CreateAdminKeyBody: {
            /**
             * @description Addresses and CIDR ranges that the key can be used from. Other addresses get 403
             * @example [
             *       "192.168.1.20",
             *       "10.0.0.0/8"
             *     ]
             */
            allowedIps?: string[];
            /**
             * @description Whether the key is accepted. A disabled key can be enabled again
             * @example true
             */
            enabled?: boolean;
            /**
             * Format: date-time
             * @description The key is rejected from this moment on: RFC 3339 with an offset, in the future
             * @example 2030-01-31T12:00:00.000Z
             */
            expiresAt?: string;
            /**
             * @description Your own labels for the key: up to 20 strings, 2 KB in total
             * @example {
             *       "room": "living room",
             *       "firmware": "1.4.2"
             *     }
             */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description Descriptive name for the key
             * @example Ops laptop
             */
            name: string;
            /** @description The number of requests per calendar day or month (UTC). Requests above it get 429 */
            quota?: components["schemas"]["QuotaFields"];
            /** @description The rate limit of the key. Requests above it get 429 with `Retry-After` */
            rateLimit?: components["schemas"]["RateLimitFields"];
            /**
             * @description Whether the key can rotate itself. Send `false` for a key that several devices share. It cannot be changed later, and applies to the keys that it is rotated into
             * @default true
             * @example false
             */
            selfRotation?: boolean;
            /**
             * @description An Admin key can do everything in the organization
             * @example admin
             * @enum {string}
             */
            type: "admin";
        };
        CreateAlertBody: {
            /**
             * @description Not needed with an API key of a bucket
             * @example 507f1f77bcf86cd799439011
             */
            bucketId?: string;
            /**
             * @description When the rule fires, in plain English. `parsedCondition` in the reply shows how it was parsed
             * @example temperature is greater than 30 °C for 5 minutes
             */
            condition: string;
            /**
             * @description The minimum time between the last notification and the next firing
             * @default 5
             * @example 5
             */
            cooldownMinutes?: number;
            /**
             * @description Not needed with an API key that is restricted to a data source
             * @example 507f1f77bcf86cd799439014
             */
            dataSourceId?: string;
            /**
             * @description Additional headers of each message, such as `Authorization`. Stored encrypted and shown as `…`; sent back, `…` keeps the value. A `webhookUrl` of another origin removes them unless they are sent again
             * @example {
             *       "Authorization": "Bearer tk_example"
             *     }
             */
            headers?: {
                [key: string]: string;
            };
            /**
             * @description Shown in notifications
             * @example Server room too hot
             */
            name: string;
            /**
             * @description The interval of reminders while the condition is met; 0 for none. Defaults to `cooldownMinutes`
             * @example 60
             */
            repeatMinutes?: number;
            /**
             * @description Where messages are posted, by https. Slack, Discord, Teams, ntfy and PagerDuty get their own format; `?format=slack|discord|teams|ntfy|gotify|pagerduty|standard` sets it explicitly. `null`: nothing is sent
             * @example https://example.com/hooks/dakkio
             */
            webhookUrl?: string | null;
        };
        CreateBucketBody: {
            /**
             * @description A short description
             * @example Sensors of the north greenhouse
             */
            description?: string;
            /**
             * @description The name of the bucket
             * @example Greenhouse
             */
            name: string;
            /**
             * @description Days that points are kept. Older points are neither returned nor accepted; null keeps points forever
             * @example 90
             */
            retentionDays?: number | null;
        };
        CreateBucketKeyBody: {
            /**
             * @description Addresses and CIDR ranges that the key can be used from. Other addresses get 403
             * @example [
             *       "192.168.1.20",
             *       "10.0.0.0/8"
             *     ]
             */
            allowedIps?: string[];
            /**
             * @description The only data source of the bucket that the key can access. It cannot be changed later
             * @example 507f1f77bcf86cd799439014
             */
            dataSourceId?: string;
            /**
             * @description Whether the key is accepted. A disabled key can be enabled again
             * @example true
             */
            enabled?: boolean;
            /**
             * Format: date-time
             * @description The key is rejected from this moment on: RFC 3339 with an offset, in the future
             * @example 2030-01-31T12:00:00.000Z
             */
            expiresAt?: string;
            /**
             * @description Your own labels for the key: up to 20 strings, 2 KB in total
             * @example {
             *       "room": "living room",
             *       "firmware": "1.4.2"
             *     }
             */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description Descriptive name for the key
             * @example Living Room Sensor
             */
            name: string;
            /** @description The number of requests per calendar day or month (UTC). Requests above it get 429 */
            quota?: components["schemas"]["QuotaFields"];
            /** @description The rate limit of the key. Requests above it get 429 with `Retry-After` */
            rateLimit?: components["schemas"]["RateLimitFields"];
            /**
             * @description Whether the key can rotate itself. Send `false` for a key that several devices share. It cannot be changed later, and applies to the keys that it is rotated into
             * @default true
             * @example false
             */
            selfRotation?: boolean;
            /**
             * @description Key type: `write` ingests data, creates data sources and manages alerts; `read` queries data and views analytics
             * @example write
             * @enum {string}
             */
            type: "write" | "read";
            /**
             * @description Whether a Write key can only ingest data and create data sources. It cannot be changed later
             * @example false
             */
            writeOnly?: boolean;
        };
        CreateManyKeysBody: {
            /** @description The keys to create: all of them or none */
            keys: components["schemas"]["CreateBucketKeyBody"][];
        };
        CreateManySourcesBody: {
            /** @description The data sources to create. Either all of them are created or none */
            sources: components["schemas"]["CreateSourceBody"][];
        };
        CreateSourceBody: {
            /**
             * @description A description for users
             * @example On the shelf above the radiator
             */
            description?: string;
            /**
             * @description Whether a query over many points may return averages instead, with `downsamplingApplied`
             * @default true
             * @example true
             */
            downsampling?: boolean;
            /**
             * @description The name of the sensor, machine or program
             * @example Living room climate
             */
            name: string;
            /**
             * @description The fields by name: the type, or an object with `type`, `unit`, `description` and `required` (every point has the field)
             * @example {
             *       "temperature": {
             *         "type": "number",
             *         "unit": "°C",
             *         "required": true
             *       },
             *       "humidity": "number",
             *       "door": "boolean"
             *     }
             */
            schema: {
                [key: string]: ("number" | "string" | "boolean") | {
                    description?: string;
                    required?: boolean;
                    /** @enum {string} */
                    type: "number" | "string" | "boolean";
                    unit?: string;
                };
            };
            /**
             * @description Any category
             * @default sensor
             * @example sensor
             */
            type?: string;
        };
        CsvIngested: {
            /**
             * @description Points that were already stored
             * @example 0
             */
            duplicates: number;
            /**
             * @description New points
             * @example 2
             */
            inserted: number;
            /** @example CSV ingested successfully */
            message: string;
            /**
             * @description Rows that were not stored
             * @example 0
             */
            rejected: number;
            /**
             * @description Points that replaced one with the same data source, timestamp and metadata
             * @example 0
             */
            updated: number;
        };
        DatabaseView: {
            /**
             * @description Free bytes on the disk of the SQLite file
             * @example 21474836480
             */
            freeDiskBytes: number | null;
            /**
             * @description Bytes of the database, without the write-ahead log
             * @example 52428800
             */
            sizeBytes: number;
            /**
             * @example sqlite
             * @enum {string}
             */
            type: "sqlite" | "postgres";
            /**
             * @description Version of SQLite or PostgreSQL
             * @example 3.53.2
             */
            version: string;
            /**
             * @description Bytes of the write-ahead log of SQLite
             * @example 4152992
             */
            walBytes: number | null;
        };
        DataRemoved: {
            /** @example 1440 */
            deletedCount: number;
            /** @example Data deleted successfully */
            message: string;
        };
        DayUsageView: {
            /**
             * Format: date
             * @description A calendar day (UTC)
             * @example 2024-01-15
             */
            day: string;
            /**
             * @description Points that were ingested
             * @example 0
             */
            points: number;
            /**
             * @description Requests that were refused because of a limit, the address, the type or the expiry of the key
             * @example 3
             */
            refusals: number;
            /**
             * @description Requests that were accepted
             * @example 1536
             */
            requests: number;
        };
        DayView: {
            /** @example 12543 */
            dataPoints: number;
            /**
             * Format: date
             * @example 2024-01-15
             */
            day: string;
        };
        DeletedAlert: {
            /** @example 507f1f77bcf86cd799439015 */
            _id: string;
            /** @example Server room too hot */
            name: string;
        };
        DeletedBucket: {
            /** @example 507f1f77bcf86cd799439011 */
            _id: string;
            /** @example Greenhouse */
            name: string;
        };
        DeletedKeyView: {
            /** @example 507f1f77bcf86cd799439013 */
            _id: string;
            /** @example Living Room Sensor */
            name: string;
            /**
             * @example write
             * @enum {string}
             */
            type: "admin" | "write" | "read";
        };
        DeletedResources: {
            /** @example 1 */
            alertRules: number;
            /** @example 4 */
            apiKeys: number;
            /** @example 12000 */
            dataPoints: number;
            /** @example 3 */
            dataSources: number;
        };
        DeletedSource: {
            /** @example 507f1f77bcf86cd799439014 */
            _id: string;
            /** @example Living room climate */
            name: string;
        };
        DeletedWithSource: {
            /** @example 1 */
            alertRules: number;
            /** @example 12000 */
            dataPoints: number;
        };
        DeliveriesView: {
            /**
             * @description Messages that were given up within the last 24 hours, counted up to 10000
             * @example 1
             */
            failedLast24h: number;
            /**
             * @description Messages to webhooks that wait for an attempt, counted up to 10000
             * @example 3
             */
            waiting: number;
        };
        DeliveryDetails: {
            /** @example 507f1f77bcf86cd799439017 */
            _id: string;
            /**
             * @description Attempts that the receiver rate-limited do not count
             * @example 1
             */
            attempts: number;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            createdAt: string;
            /**
             * @description Why the last attempt failed
             * @example null
             */
            error: string | null;
            /** @example alert.triggered */
            event: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            lastAttemptAt: string | null;
            /**
             * Format: date-time
             * @description The next attempt; null if it is finished, or waits for an earlier message
             * @example 2024-01-15T10:10:05.000Z
             */
            nextAttemptAt: string | null;
            /**
             * @description The body of the message
             * @example {}
             */
            payload: {
                [key: string]: unknown;
            };
            /**
             * @description The status that the receiver replied; null if it did not reply
             * @example 200
             */
            responseStatus: number | null;
            /**
             * @description `dropped`: a chat message about an alert that ended before the message was sent
             * @example delivered
             * @enum {string}
             */
            status: "waiting" | "delivered" | "failed" | "dropped";
            /**
             * @description The `webhook-id` of all its attempts
             * @example msg_507f1f77bcf86cd799439017
             */
            webhookId: string;
        };
        DeliveryList: {
            deliveries: components["schemas"]["DeliveryView"][];
            pagination: components["schemas"]["Pagination"];
        };
        DeliveryOfRuleView: {
            /** @example 507f1f77bcf86cd799439017 */
            _id: string;
            /** @example 507f1f77bcf86cd799439015 */
            alertId: string;
            /**
             * @description Name of the alert rule
             * @example Server room too hot
             */
            alertName: string;
            /**
             * @description Attempts that the receiver rate-limited do not count
             * @example 1
             */
            attempts: number;
            /** @example 507f1f77bcf86cd799439011 */
            bucketId: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            createdAt: string;
            /** @example 507f1f77bcf86cd799439014 */
            dataSourceId: string;
            /**
             * @description Why the last attempt failed
             * @example null
             */
            error: string | null;
            /** @example alert.triggered */
            event: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            lastAttemptAt: string | null;
            /**
             * Format: date-time
             * @description The next attempt; null if it is finished, or waits for an earlier message
             * @example 2024-01-15T10:10:05.000Z
             */
            nextAttemptAt: string | null;
            /**
             * @description The status that the receiver replied; null if it did not reply
             * @example 200
             */
            responseStatus: number | null;
            /**
             * @description `dropped`: a chat message about an alert that ended before the message was sent
             * @example delivered
             * @enum {string}
             */
            status: "waiting" | "delivered" | "failed" | "dropped";
            /**
             * @description The `webhook-id` of all its attempts
             * @example msg_507f1f77bcf86cd799439017
             */
            webhookId: string;
        };
        DeliveryReplayed: {
            delivery: components["schemas"]["DeliveryView"];
            /** @example Delivery queued again */
            message: string;
        };
        DeliveryReply: {
            delivery: components["schemas"]["DeliveryDetails"];
        };
        DeliveryView: {
            /** @example 507f1f77bcf86cd799439017 */
            _id: string;
            /**
             * @description Attempts that the receiver rate-limited do not count
             * @example 1
             */
            attempts: number;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            createdAt: string;
            /**
             * @description Why the last attempt failed
             * @example null
             */
            error: string | null;
            /** @example alert.triggered */
            event: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            lastAttemptAt: string | null;
            /**
             * Format: date-time
             * @description The next attempt; null if it is finished, or waits for an earlier message
             * @example 2024-01-15T10:10:05.000Z
             */
            nextAttemptAt: string | null;
            /**
             * @description The status that the receiver replied; null if it did not reply
             * @example 200
             */
            responseStatus: number | null;
            /**
             * @description `dropped`: a chat message about an alert that ended before the message was sent
             * @example delivered
             * @enum {string}
             */
            status: "waiting" | "delivered" | "failed" | "dropped";
            /**
             * @description The `webhook-id` of all its attempts
             * @example msg_507f1f77bcf86cd799439017
             */
            webhookId: string;
        };
        DescendantView: {
            /** @example 507f1f77bcf86cd799439015 */
            _id: string;
            /**
             * @description Who created it: an Admin key or the operator, or the key that it replaces
             * @example self
             * @enum {string}
             */
            madeBy: "admin" | "self";
            /** @example Living Room Sensor */
            name: string;
        };
        ErrorDetail: {
            /** @description The part of a text that the problem is in, such as a word of a condition */
            at?: components["schemas"]["TextPlace"];
            /**
             * @description Given where a client may act on this problem by itself: a `point_expired` can be left out of the batch
             * @example point_expired
             */
            code?: string;
            /**
             * @description What could stand there instead, the most likely first. Empty if the text should have nothing there
             * @example [
             *       "greater than",
             *       "is greater than",
             *       "is at least"
             *     ]
             */
            expected?: string[];
            /**
             * @description The nearest valid name or value, where there is a similar one
             * @example did you mean filters.startTime?
             */
            hint?: string;
            /** @example Key name is required */
            message: string;
            /**
             * @example [
             *       "body",
             *       "name"
             *     ]
             */
            path: (string | number)[];
        };
        ErrorReply: {
            /**
             * @description Given with the 409 of a repeated creation: the alert rule that it created
             * @example 507f1f77bcf86cd799439016
             */
            alertRuleId?: string;
            /**
             * @description Given with a 409 that is about a key: the one that was made before
             * @example 507f1f77bcf86cd799439013
             */
            apiKeyId?: string;
            /**
             * @description Given with the 409 of a repeated bulk creation: the keys that it made, in its order
             * @example [
             *       "507f1f77bcf86cd799439013"
             *     ]
             */
            apiKeyIds?: string[];
            /**
             * @description Given with the 409 of a repeated creation: the bucket that it created
             * @example 507f1f77bcf86cd799439011
             */
            bucketId?: string;
            /**
             * @description Given with the 503 of `/health/ready`: `read`, `write` and `data`, each `ok` or what is wrong with it
             * @example {
             *       "read": "ok",
             *       "write": "full",
             *       "data": "ok"
             *     }
             */
            checks?: {
                [key: string]: string;
            };
            /**
             * @description Given with the 503 of `/health/ready` where the server's clock differs from the database's
             * @example 20.1
             */
            clockOffsetSeconds?: number;
            /**
             * @description Given with the 409 of a repeated creation: the data source that it created
             * @example 507f1f77bcf86cd799439014
             */
            dataSourceId?: string;
            /**
             * @description The same for a repeated bulk creation, in its order
             * @example [
             *       "507f1f77bcf86cd799439014"
             *     ]
             */
            dataSourceIds?: string[];
            /** @description Each problem and its place, if the message does not name them all */
            details?: components["schemas"]["ErrorDetail"][];
            /**
             * @description The kind of error, one for each status
             * @example Validation Error
             */
            error: string;
            /**
             * @description What is wrong, and what would be right
             * @example Key name is required
             */
            message: string;
            /**
             * @description Given with a 5xx: the request to ask the operator about
             * @example b3c1f0de-5a0e-4c55-9d4e-6f1f3f1f7f4e
             */
            requestId?: string;
            /**
             * @description Given with the 503 of `/health/ready`, in the place of its `ok`
             * @enum {string}
             */
            status?: "unavailable";
        };
        EventLoopView: {
            /**
             * @description The longest time for which other requests waited
             * @example 18.5
             */
            maxMillis: number;
            /** @example 0.12 */
            p50Millis: number;
            /** @example 3.4 */
            p99Millis: number;
            /**
             * @description How many seconds the figures cover, up to 60
             * @example 47
             */
            seconds: number;
        };
        HealthReply: {
            /**
             * @example ok
             * @enum {string}
             */
            status: "ok";
        };
        HomeReply: {
            /**
             * @description Path of the API documentation, unless `DAKKIO_DOCS` is `off`
             * @example /docs
             */
            docs?: string;
            /**
             * @description Path of the readiness check
             * @example /health/ready
             */
            health: string;
            /** @example Dakkio */
            name: string;
            /** @example 0.1.0 */
            version: string;
        };
        HourView: {
            /** @example 75 */
            count: number;
            /**
             * Format: date-time
             * @description When the hour begins
             * @example 2024-01-15T00:00:00.000Z
             */
            hour: string;
        };
        InfluxErrorReply: {
            /**
             * @description In InfluxDB 3, the lines that were refused
             * @example []
             */
            data?: Record<string, never>[];
            /** @example database not found: "Greenhouse" */
            error: string;
        };
        InfluxErrorReplyOfV2: {
            /** @example not found */
            code: string;
            /**
             * @description The same as `message`
             * @example bucket "Greenhouse" not found
             */
            error: string;
            /** @example bucket "Greenhouse" not found */
            message: string;
        };
        InfluxHealth: {
            /** @example [] */
            checks: Record<string, never>[];
            /** @example dakkio */
            commit: string;
            /** @example ready for queries and writes */
            message: string;
            /**
             * @description The name that clients of InfluxDB expect
             * @example influxdb
             */
            name: string;
            /**
             * @example pass
             * @enum {string}
             */
            status: "pass" | "fail";
            /** @example 1.8.10-dakkio */
            version: string;
        };
        InfluxReady: {
            /**
             * Format: date-time
             * @example 2024-01-15T10:05:00.000Z
             */
            started: string;
            /** @example ready */
            status: string;
            /**
             * @description How long the process has run
             * @example 3600s
             */
            up: string;
        };
        IngestionRateView: {
            /** @description Every hour of the period, oldest first; the first and last are parts */
            dataPointsPerHour: components["schemas"]["HourView"][];
        };
        IntervalView: {
            /**
             * @description How many `alert.triggered` would have been sent for it: 0 if it was within a cooldown, more than 1 with reminders
             * @example 1
             */
            firings: number;
            /**
             * Format: date-time
             * @description From when on the condition was met
             * @example 2024-01-15T10:10:00.000Z
             */
            from: string;
            /**
             * @description The extreme value in the direction of the operator: the largest for "above", the smallest for "below", null for others. A list with one for each comparison, if there are several. For `no_data`, the seconds since data last arrived, at the end
             * @example 34.5
             */
            peak: (number | (number | null)[]) | null;
            /**
             * Format: date-time
             * @description When it was no longer met; null if it still is at the end of the range
             * @example 2024-01-15T10:35:00.000Z
             */
            to: string | null;
        };
        KeyBucketView: {
            /** @example 507f1f77bcf86cd799439011 */
            _id: string;
            /** @example Greenhouse */
            name: string;
            /**
             * @description null: points are kept forever
             * @example 90
             */
            retentionDays: number | null;
            /**
             * @example active
             * @enum {string}
             */
            status: "active" | "archived";
        };
        KeyCreated: {
            apiKey: components["schemas"]["NewKeyView"];
            /** @example API key created successfully */
            message: string;
        };
        KeyDeleted: {
            deletedKey: components["schemas"]["DeletedKeyView"];
            /** @description The active keys that it was rotated into, oldest first, if there are any. With `line=true` they were changed too, otherwise they were not */
            descendants?: components["schemas"]["DescendantView"][];
            /** @example API key deleted successfully */
            message: string;
        };
        KeyFilterBody: {
            /**
             * @description Only keys whose name contains this text, or whose `keyPrefix` starts with it. Ignores case
             * @example living room
             */
            q?: string;
            /**
             * @description Only keys in this state. `active` keys are accepted now, including rotated keys in their grace period. `replaced` keys were rotated into another key. All other keys are `disabled`, or enabled and `expired`
             * @example active
             * @enum {string}
             */
            state?: "active" | "expired" | "disabled" | "replaced" | "all";
            /**
             * @description Only keys of this type
             * @example write
             * @enum {string}
             */
            type?: "admin" | "write" | "read";
            /**
             * @description Only keys that were neither created nor used for this many days
             * @example 30
             */
            unusedForDays?: number;
        };
        KeyList: {
            apiKeys: components["schemas"]["KeyView"][];
            pagination: components["schemas"]["Pagination"];
        };
        KeyReply: {
            apiKey: components["schemas"]["KeyView"];
        };
        KeyRotated: {
            apiKey: components["schemas"]["NewKeyView"];
            /** @example API key rotated successfully */
            message: string;
            replaces: components["schemas"]["ReplacedKeyView"];
        };
        KeysCreated: {
            apiKeys: components["schemas"]["NewKeyView"][];
            /** @example API keys created successfully */
            message: string;
        };
        KeysRevoked: {
            /** @description The active keys that it was rotated into, oldest first, if there are any. With `line=true` they were changed too, otherwise they were not */
            descendants?: components["schemas"]["DescendantView"][];
            /** @example API keys revoked successfully */
            message: string;
            /** @description In the order of `ids`, or oldest first */
            revokedKeys: components["schemas"]["DeletedKeyView"][];
        };
        KeysRotated: {
            /** @description In the order of `ids`, or of the old keys, oldest first */
            apiKeys: components["schemas"]["NewKeyView"][];
            /** @example API keys rotated successfully */
            message: string;
            /** @description The old keys, in the same order */
            replaces: components["schemas"]["ReplacedKeyView"][];
        };
        KeyUpdated: {
            apiKey: components["schemas"]["KeyView"];
            /** @description The active keys that it was rotated into, oldest first, if there are any. With `line=true` they were changed too, otherwise they were not */
            descendants?: components["schemas"]["DescendantView"][];
            /** @example API key updated successfully */
            message: string;
        };
        KeyView: {
            /** @example 507f1f77bcf86cd799439013 */
            _id: string;
            /**
             * @example [
             *       "10.0.0.0/8"
             *     ]
             */
            allowedIps?: string[];
            /**
             * @description null for an Admin key
             * @example 507f1f77bcf86cd799439011
             */
            bucketId: string | null;
            /**
             * Format: date-time
             * @example 2024-01-15T10:05:00.000Z
             */
            createdAt: string;
            /** @example 507f1f77bcf86cd799439014 */
            dataSourceId?: string;
            /**
             * @description In lists, only present for a disabled key
             * @example true
             */
            enabled?: boolean;
            /**
             * Format: date-time
             * @description The key is rejected from this moment on
             * @example 2024-01-16T10:05:00.000Z
             */
            expiresAt?: string;
            /**
             * @description The start of the key, which identifies it
             * @example dakkio_w_abc1...
             */
            keyPrefix: string;
            /**
             * Format: date-time
             * @description Accurate to a minute; null before the first use
             * @example 2024-01-15T11:30:00.000Z
             */
            lastUsedAt: string | null;
            /**
             * @example {
             *       "room": "kitchen"
             *     }
             */
            metadata?: {
                [key: string]: string;
            };
            /** @example Living Room Sensor */
            name: string;
            quota?: components["schemas"]["QuotaView"];
            rateLimit?: components["schemas"]["RateLimitView"];
            /**
             * @description The key that replaces this key
             * @example 507f1f77bcf86cd799439015
             */
            replacedBy?: string;
            /**
             * @description The key that this key replaces
             * @example 507f1f77bcf86cd799439015
             */
            replaces?: string;
            /**
             * @description false for a key that cannot rotate itself, otherwise left out
             * @example false
             */
            selfRotation?: boolean;
            /**
             * @description Only for a session key: the key that it was opened with, whose restrictions it has
             * @example 507f1f77bcf86cd799439013
             */
            sessionOf?: string;
            /**
             * @example write
             * @enum {string}
             */
            type: "admin" | "write" | "read";
            /**
             * @description A Write key that can only ingest data and create data sources
             * @example true
             */
            writeOnly?: boolean;
        };
        LatestPointView: {
            /**
             * Format: date-time
             * @example 2024-01-23T18:10:00.000Z
             */
            timestamp: string;
            /**
             * @example {
             *       "temperature": 21.4,
             *       "humidity": 45
             *     }
             */
            values: {
                [key: string]: unknown;
            };
        };
        LatestReply: {
            data: components["schemas"]["RowView"][];
        };
        ListedBucketView: {
            /** @example 507f1f77bcf86cd799439011 */
            _id: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:00:00.000Z
             */
            createdAt: string;
            /**
             * @description Empty by default
             * @example Sensors of the north greenhouse
             */
            description: string;
            /** @example Greenhouse */
            name: string;
            /** @example 507f1f77bcf86cd799439010 */
            organizationId: string;
            /**
             * @description Days that points are kept. Older points are neither returned nor accepted; null keeps points forever
             * @example 90
             */
            retentionDays: number | null;
            /** @description Only with `include=stats` */
            stats?: components["schemas"]["BucketFiguresView"];
            /**
             * @description An archived bucket can be queried and refuses new points
             * @example active
             * @enum {string}
             */
            status: "active" | "archived";
            /**
             * Format: date-time
             * @example 2024-01-15T10:00:00.000Z
             */
            updatedAt: string;
        };
        ListedSourceView: {
            /** @example 507f1f77bcf86cd799439014 */
            _id: string;
            /** @example 507f1f77bcf86cd799439011 */
            bucketId: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            createdAt: string;
            /**
             * @description Empty if none was given
             * @example
             */
            description: string;
            /** @example true */
            downsampling: boolean;
            /**
             * @description Only if line protocol created the data source
             * @example weather
             */
            measurement?: string;
            /** @example Living room climate */
            name: string;
            /**
             * @example {
             *       "temperature": {
             *         "type": "number",
             *         "unit": "°C",
             *         "required": true
             *       },
             *       "humidity": {
             *         "type": "number"
             *       }
             *     }
             */
            schema: {
                [key: string]: {
                    description?: string;
                    required?: boolean;
                    /** @enum {string} */
                    type: "number" | "string" | "boolean";
                    unit?: string;
                };
            };
            /** @description Only with `include=stats` */
            stats?: components["schemas"]["SourceSummaryView"];
            /**
             * @description An archived data source can be read, and rejects new points
             * @example active
             * @enum {string}
             */
            status: "active" | "archived";
            /**
             * @description Only if line protocol created the data source
             * @example {
             *       "host": "a"
             *     }
             */
            tags?: {
                [key: string]: string;
            };
            /** @example sensor */
            type: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            updatedAt: string;
        };
        LongListPagination: {
            /**
             * @description Whether rows follow this page
             * @example false
             */
            hasMore: boolean;
            /** @example 100 */
            limit: number;
            /** @example 0 */
            offset: number;
            /**
             * @description Rows in the whole list
             * @example 1
             */
            total: number;
            /**
             * @description `false` if the list is too long to be counted completely: `total` is the number of rows that were counted, and there may be more. Left out if `total` is exact
             * @example false
             */
            totalIsExact?: boolean;
        };
        LongTaskView: {
            /** @example 250000 */
            done: number;
            /**
             * @description `deletion`: points of deleted data sources and buckets are removed. The others are commands of the operator
             * @example rollups:rebuild
             * @enum {string}
             */
            name: "deletion" | "rollups:rebuild" | "import" | "data:fix-seconds";
            /**
             * @description Null where it is not known
             * @example 1000000
             */
            total: number | null;
            /**
             * @description What `done` and `total` count
             * @example points
             * @enum {string}
             */
            unit: "points" | "records";
            /**
             * Format: date-time
             * @description When its last step ended: long ago for a command that was interrupted. Null for a deletion
             * @example 2024-01-15T10:30:00.000Z
             */
            updatedAt: string | null;
        };
        MemoryView: {
            /**
             * @description Buffers and other memory outside the heap
             * @example 6291456
             */
            externalBytes: number;
            /** @example 58720256 */
            heapTotalBytes: number;
            /** @example 41943040 */
            heapUsedBytes: number;
            /**
             * @description Memory of the process
             * @example 112197632
             */
            residentBytes: number;
        };
        NewAlertRuleView: {
            /** @example 507f1f77bcf86cd799439015 */
            _id: string;
            /** @example 507f1f77bcf86cd799439011 */
            bucketId: string;
            /**
             * @description The text as it was sent
             * @example temperature is greater than 30 °C for 5 minutes
             */
            condition: string;
            /**
             * @description The minimum time between the last notification and the next firing
             * @default 5
             * @example 5
             */
            cooldownMinutes: number;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            createdAt: string;
            /** @example 507f1f77bcf86cd799439014 */
            dataSourceId: string;
            /**
             * @description Additional headers of each message, with `…` instead of the values
             * @example {
             *       "Authorization": "…"
             *     }
             */
            headers: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            lastTriggeredAt: string | null;
            /**
             * @description Shown in notifications
             * @example Server room too hot
             */
            name: string;
            /**
             * @description The condition as it was parsed
             * @example {
             *       "field": "temperature",
             *       "operator": "gt",
             *       "value": 30,
             *       "durationSeconds": 300
             *     }
             */
            parsedCondition: {
                [key: string]: unknown;
            };
            /**
             * @description The interval of reminders while the condition is met; 0 for none. Defaults to `cooldownMinutes`
             * @example 60
             */
            repeatMinutes: number;
            /**
             * @description `ok`: the condition is not met. `pending`: it is met, but not yet for its duration. `triggered`: the rule has fired. `cooldown`, then `resolved`: the alert has ended
             * @example ok
             * @enum {string}
             */
            state: "ok" | "pending" | "triggered" | "cooldown" | "resolved";
            /**
             * @description A paused rule is not evaluated
             * @example active
             * @enum {string}
             */
            status: "active" | "paused";
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            updatedAt: string;
            /** @description Whether messages arrive; null without a URL */
            webhook: components["schemas"]["WebhookView"] | null;
            /**
             * @description The key that signs deliveries, also if the URL is set later. Shown only once
             * @example whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
             */
            webhookSecret: string;
            /**
             * @description Where messages are posted; null for nowhere. Admin keys see the whole URL, others its origin and `…`; sent back, it keeps the URL
             * @example https://example.com/hooks/dakkio
             */
            webhookUrl: string | null;
        };
        NewKeyView: {
            /** @example 507f1f77bcf86cd799439013 */
            _id: string;
            /**
             * @example [
             *       "10.0.0.0/8"
             *     ]
             */
            allowedIps?: string[];
            /**
             * @description null for an Admin key
             * @example 507f1f77bcf86cd799439011
             */
            bucketId: string | null;
            /**
             * Format: date-time
             * @example 2024-01-15T10:05:00.000Z
             */
            createdAt: string;
            /** @example 507f1f77bcf86cd799439014 */
            dataSourceId?: string;
            /**
             * @description false for a disabled key, otherwise left out
             * @example false
             */
            enabled?: boolean;
            /**
             * Format: date-time
             * @description The key is rejected from this moment on
             * @example 2024-01-16T10:05:00.000Z
             */
            expiresAt?: string;
            /**
             * @description The full API key. Save it now: it is never shown again
             * @example dakkio_w_abc123def456ghi789jkl012mno345pqr678
             */
            key: string;
            /**
             * @example {
             *       "room": "kitchen"
             *     }
             */
            metadata?: {
                [key: string]: string;
            };
            /** @example Living Room Sensor */
            name: string;
            quota?: components["schemas"]["QuotaView"];
            rateLimit?: components["schemas"]["RateLimitView"];
            /**
             * @description The key that replaces this key
             * @example 507f1f77bcf86cd799439015
             */
            replacedBy?: string;
            /**
             * @description The key that this key replaces
             * @example 507f1f77bcf86cd799439015
             */
            replaces?: string;
            /**
             * @description false for a key that cannot rotate itself, otherwise left out
             * @example false
             */
            selfRotation?: boolean;
            /**
             * @description Only for a session key: the key that it was opened with, whose restrictions it has
             * @example 507f1f77bcf86cd799439013
             */
            sessionOf?: string;
            /**
             * @example write
             * @enum {string}
             */
            type: "admin" | "write" | "read";
            /**
             * @description A Write key that can only ingest data and create data sources
             * @example true
             */
            writeOnly?: boolean;
        };
        Object: Record<string, never>;
        OpenSessionBody: {
            /**
             * @description How long the session lasts. It ends sooner if its key does
             * @default 43200
             * @example 3600
             */
            expiresInSeconds?: number;
        };
        OrganizationUsageView: {
            /**
             * @description Accepted requests of the current month in UTC. Requests of the last half minute may be missing
             * @example 45230
             */
            apiCallsThisMonth: number;
            /**
             * @description Bytes of the database; where several organizations share it, by their numbers of points
             * @example 52428800
             */
            storageUsedBytes: number;
            /** @example 50 MB */
            storageUsedFormatted: string;
        };
        OverviewReply: {
            overview: components["schemas"]["OverviewView"];
        };
        OverviewView: {
            /**
             * @example {
             *       "_id": "507f1f77bcf86cd799439010",
             *       "name": "My Organization"
             *     }
             */
            organization: components["schemas"]["BucketNameView"];
            recentActivity: components["schemas"]["ActivityView"];
            totals: components["schemas"]["TotalsView"];
            usage: components["schemas"]["OrganizationUsageView"];
            webhooks: components["schemas"]["WebhooksView"];
        };
        Pagination: {
            /**
             * @description Whether rows follow this page
             * @example false
             */
            hasMore: boolean;
            /** @example 100 */
            limit: number;
            /** @example 0 */
            offset: number;
            /**
             * @description Rows in the whole list
             * @example 1
             */
            total: number;
        };
        ParseBody: {
            /**
             * @description Not needed with an API key of a bucket
             * @example 507f1f77bcf86cd799439011
             */
            bucketId?: string;
            /**
             * @description When the rule fires, in plain English. `parsedCondition` in the reply shows how it was parsed
             * @example temperature is greater than 30 °C for 5 minutes
             */
            condition: string;
            /**
             * @description Not needed with an API key that is restricted to a data source
             * @example 507f1f77bcf86cd799439014
             */
            dataSourceId?: string;
        };
        ParseReply: {
            /**
             * @description The same condition in the usual words. It parses as the same `parsedCondition`
             * @example temperature is greater than 30 for 5 minutes
             */
            normalizedCondition: string;
            /**
             * @example {
             *       "field": "temperature",
             *       "operator": "gt",
             *       "value": 30,
             *       "durationSeconds": 300
             *     }
             */
            parsedCondition: {
                [key: string]: unknown;
            };
        };
        PointBody: {
            /**
             * @description Not needed with an API key of a bucket
             * @example 507f1f77bcf86cd799439011
             */
            bucketId?: string;
            /**
             * @description Not needed with an API key that is restricted to a data source
             * @example 507f1f77bcf86cd799439014
             */
            dataSourceId?: string;
            /**
             * @description Up to 20 strings, numbers or booleans. Points with the same timestamp and different metadata are different points
             * @example {
             *       "device": "esp32-7"
             *     }
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description RFC 3339 with an offset, or milliseconds since 1970 as a number or as digits, unless `precision` sets another unit. Default: now
             * @example 2024-01-15T10:10:00.000Z
             */
            timestamp?: string | number;
            /**
             * @description Values of fields of the data source, by name
             * @example {
             *       "temperature": 21.5,
             *       "humidity": 48
             *     }
             */
            values: {
                [key: string]: number | string | boolean;
            };
        };
        PointIngested: {
            dataPoint: components["schemas"]["PointView"];
            /** @example Data point ingested successfully */
            message: string;
        };
        PointOfBatch: {
            /**
             * @description Not needed with an API key that is restricted to a data source
             * @example 507f1f77bcf86cd799439014
             */
            dataSourceId?: string;
            /**
             * @description Up to 20 strings, numbers or booleans. Points with the same timestamp and different metadata are different points
             * @example {
             *       "device": "esp32-7"
             *     }
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description RFC 3339 with an offset, or milliseconds since 1970 as a number or as digits, unless `precision` sets another unit. Default: now
             * @example 2024-01-15T10:10:00.000Z
             */
            timestamp?: string | number;
            /**
             * @description Values of fields of the data source, by name
             * @example {
             *       "temperature": 21.5,
             *       "humidity": 48
             *     }
             */
            values: {
                [key: string]: number | string | boolean;
            };
        };
        PointView: {
            /**
             * @description Derived from data source, timestamp and metadata. Omitted for write-only keys
             * @example 018d0cc9ec00000001000001
             */
            _id?: string;
            /** @example 507f1f77bcf86cd799439011 */
            bucketId: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.123Z
             */
            createdAt: string;
            /** @example 507f1f77bcf86cd799439014 */
            dataSourceId: string;
            /**
             * @description Up to 20 strings, numbers or booleans. Points with the same timestamp and different metadata are different points
             * @example {
             *       "device": "esp32-7"
             *     }
             */
            metadata: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            timestamp: string;
            /**
             * @description Values of fields of the data source, by name
             * @example {
             *       "temperature": 21.5,
             *       "humidity": 48
             *     }
             */
            values: {
                [key: string]: number | string | boolean;
            };
        };
        PreviewBody: {
            /**
             * @description Not needed with an API key of a bucket
             * @example 507f1f77bcf86cd799439011
             */
            bucketId?: string;
            /**
             * @description When the rule fires, in plain English. `parsedCondition` in the reply shows how it was parsed
             * @example temperature is greater than 30 °C for 5 minutes
             */
            condition: string;
            /**
             * @description The minimum time between the last notification and the next firing
             * @default 5
             * @example 5
             */
            cooldownMinutes?: number;
            /**
             * @description Not needed with an API key that is restricted to a data source
             * @example 507f1f77bcf86cd799439014
             */
            dataSourceId?: string;
            /**
             * @description End of the range, exclusive
             * @example 2024-01-16T00:00:00.000Z
             */
            endTime: string | number;
            /**
             * @description Start of the range, inclusive
             * @example 2024-01-15T00:00:00.000Z
             */
            startTime: string | number;
        };
        PreviewEventView: {
            /**
             * @description The value of the field, or a list with one for each comparison. For `no_data`, the seconds since data last arrived
             * @example 31.5
             */
            currentValue: (number | boolean | string | ((number | boolean | string) | null)[]) | null;
            /**
             * @example triggered
             * @enum {string}
             */
            event: "triggered" | "resolved";
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            timestamp: string;
        };
        PreviewReply: {
            /**
             * @description The number of evaluated points
             * @example 1440
             */
            dataPoints: number;
            /** @description The first 1000 events */
            events: components["schemas"]["PreviewEventView"][];
            /**
             * @description How many `alert.triggered` would have been sent, reminders included
             * @example 2
             */
            firings: number;
            /** @description When the condition was met, oldest first. The first 1000 intervals */
            intervals: components["schemas"]["IntervalView"][];
            /**
             * @example {
             *       "field": "temperature",
             *       "operator": "gt",
             *       "value": 30,
             *       "durationSeconds": 300
             *     }
             */
            parsedCondition: {
                [key: string]: unknown;
            };
            /**
             * @description How often the rule would have been resolved
             * @example 2
             */
            resolved: number;
            /**
             * @description The state at the end
             * @example resolved
             * @enum {string}
             */
            state: "ok" | "pending" | "triggered" | "cooldown" | "resolved";
            summary: components["schemas"]["PreviewSummary"];
            /**
             * @description How often the rule would have been triggered
             * @example 2
             */
            triggered: number;
        };
        PreviewSummary: {
            /**
             * @description How many of these would have sent a notification
             * @example 2
             */
            alerts: number;
            /**
             * @description How often the condition was met
             * @example 2
             */
            intervals: number;
            /**
             * @description The longest interval, in seconds
             * @example 1500
             */
            longestSeconds: number;
            /**
             * @description The extreme value in the direction of the operator: the largest for "above", the smallest for "below", null for others. A list with one for each comparison, if there are several. For `no_data`, the seconds since data last arrived, at the end
             * @example 34.5
             */
            peak: (number | (number | null)[]) | null;
            /**
             * @description How long the condition was met, in seconds
             * @example 2700
             */
            totalSeconds: number;
        };
        QueriesView: {
            /**
             * @description Queries, analytics, previews and lists under way
             * @example 1
             */
            running: number;
            /**
             * @description `DAKKIO_QUERIES_AT_ONCE`
             * @example 8
             */
            runningLimit: number;
            /**
             * @description The same that wait for a slot
             * @example 0
             */
            waiting: number;
            /**
             * @description `DAKKIO_QUERY_QUEUE`
             * @example 512
             */
            waitingLimit: number;
        };
        QueryBody: {
            /**
             * @description How the values of a group are aggregated: one aggregation, or a list of several
             * @example avg
             */
            aggregation?: ("avg" | "min" | "max" | "sum" | "count" | "first" | "last" | "median" | "p95" | "p99" | "stddev") | ("avg" | "min" | "max" | "sum" | "count" | "first" | "last" | "median" | "p95" | "p99" | "stddev")[];
            /**
             * @description Not needed with an API key of a bucket
             * @example 507f1f77bcf86cd799439011
             */
            bucketId?: string;
            /**
             * @description Whether more than 500 points may be downsampled to averages
             * @default true
             * @example true
             */
            downsampling?: boolean;
            /**
             * @description How to fill groups without points; `none` leaves them out
             * @default none
             * @example none
             * @enum {string}
             */
            fill?: "none" | "null" | "previous" | "linear";
            /** @description Selects the points */
            filters?: components["schemas"]["QueryFilters"];
            /**
             * @description `columns` answers with one entry for each data source: a list of timestamps in milliseconds, and a list of values for each field. It is much shorter than `rows`, and made for charts
             * @default rows
             * @example rows
             * @enum {string}
             */
            format?: "rows" | "columns";
            /**
             * @description `minute`, `hour`, `day`, `week`, `month`, `quarter`, `year`, or a step: `15m`, `6h`, `1d`. A step shorter than a day starts when the local time in `timezone` is a multiple of the step, or a clock change skips one
             * @example hour
             */
            groupBy?: string;
            /**
             * @description `names` adds the name of the data source to each row as `dataSource`
             * @example [
             *       "names"
             *     ]
             */
            include?: "names"[];
            /**
             * @description The time zone of days, weeks and months
             * @default UTC
             * @example Europe/Berlin
             */
            timezone?: string;
        };
        QueryFilters: {
            /**
             * @description How the values of a group are aggregated: one aggregation, or a list of several
             * @example avg
             */
            aggregation?: ("avg" | "min" | "max" | "sum" | "count" | "first" | "last" | "median" | "p95" | "p99" | "stddev") | ("avg" | "min" | "max" | "sum" | "count" | "first" | "last" | "median" | "p95" | "p99" | "stddev")[];
            /**
             * @description Continue after the last row of a page: its `nextCursor`
             * @example lr5q0zk0.1.0.d
             */
            cursor?: string;
            /**
             * @description The data source ID, 24 hex characters
             * @example 507f1f77bcf86cd799439014
             */
            dataSourceId?: string;
            /**
             * @description Several data sources of the bucket. Default: all data sources
             * @example [
             *       "507f1f77bcf86cd799439014"
             *     ]
             */
            dataSourceIds?: string[];
            /**
             * @description End of the range, exclusive
             * @example 2024-01-16T00:00:00.000Z
             */
            endTime?: string | number;
            /**
             * @description Only these fields, and only points with a value of at least one of them
             * @example [
             *       "temperature"
             *     ]
             */
            fields?: string[];
            /**
             * @description `minute`, `hour`, `day`, `week`, `month`, `quarter`, `year`, or a step: `15m`, `6h`, `1d`. A step shorter than a day starts when the local time in `timezone` is a multiple of the step, or a clock change skips one
             * @example hour
             */
            groupBy?: string;
            /**
             * @description The maximum number of rows: up to 10000, for groups with `format: columns` up to 100000, for CSV up to 1000000. Default: 100 raw rows or 1000 grouped rows
             * @example 100
             */
            limit?: number;
            /**
             * @description Only points whose metadata contains all of these entries
             * @example {
             *       "device": "esp32-7"
             *     }
             */
            metadata?: {
                [key: string]: unknown;
            };
            /**
             * @description Rows to skip. Page through longer results with `nextCursor`
             * @default 0
             * @example 0
             */
            offset?: number;
            /**
             * @description Order by time. By default, raw points are newest first without `startTime` and oldest first with it, groups are oldest first, and a page that starts at a cursor has the direction of the page before
             * @example asc
             * @enum {string}
             */
            sort?: "asc" | "desc";
            /**
             * @description Start of the range, inclusive
             * @example 2024-01-15T00:00:00.000Z
             */
            startTime?: string | number;
        };
        QueryInfo: {
            /** @example avg */
            aggregation?: string | string[];
            /**
             * @description Rows in this answer
             * @example 24
             */
            count: number;
            /**
             * @description Whether raw points were downsampled to averages
             * @example false
             */
            downsamplingApplied: boolean;
            /** @example hour */
            groupBy?: string;
            /**
             * @description Whether there are more rows
             * @example false
             */
            hasMore: boolean;
            /**
             * @description Send it as `filters.cursor` to get the next page
             * @example lr5q0zk0.1.0.d
             */
            nextCursor?: string;
            /**
             * @description Set if an aggregate is outside the range of a double, and `null` in its row
             * @example true
             */
            overflow?: boolean;
        };
        QueryReply: {
            /** @description Rows, or one entry for each data source with `format: columns` */
            data: components["schemas"]["RowView"][] | components["schemas"]["ColumnsView"][];
            metadata: components["schemas"]["QueryInfo"];
        };
        QueuesView: {
            /** @description Of all organizations and instances */
            deliveries: components["schemas"]["DeliveriesView"];
            /** @description Requests with points that wait for a commit */
            ingest: components["schemas"]["WaitingView"];
            queries: components["schemas"]["QueriesView"];
            streams: components["schemas"]["StreamsView"];
            /** @description Writes that wait for their turn, or for a connection to PostgreSQL */
            writes: components["schemas"]["WaitingView"];
        };
        QuotaFields: {
            /**
             * @description Requests
             * @example 100000
             */
            limit: number;
            /**
             * @description A calendar day or month (UTC)
             * @example day
             * @enum {string}
             */
            per: "day" | "month";
        };
        QuotaView: {
            /**
             * @description Requests
             * @example 100000
             */
            limit: number;
            /**
             * @example day
             * @enum {string}
             */
            per: "day" | "month";
        };
        RateLimitFields: {
            /**
             * @description Requests
             * @example 600
             */
            limit: number;
            /**
             * @description Seconds in which the full limit is restored
             * @example 60
             */
            windowSeconds: number;
        };
        RateLimitView: {
            /**
             * @description Requests
             * @example 600
             */
            limit: number;
            /**
             * @description Seconds in which the full limit is restored
             * @example 60
             */
            windowSeconds: number;
        };
        ReadinessChecks: {
            /**
             * @description Whether a request found damaged data in the last five minutes
             * @example ok
             * @enum {string}
             */
            data: "ok" | "damaged";
            /**
             * @description Whether the database answers
             * @example ok
             * @enum {string}
             */
            read: "ok" | "busy" | "full" | "damaged" | "gone" | "outdated" | "unavailable" | "read_only" | "timeout" | "failed";
            /**
             * @description Whether an empty transaction got its turn, and there is room on the disk
             * @example full
             * @enum {string}
             */
            write: "ok" | "busy" | "full" | "damaged" | "gone" | "outdated" | "unavailable" | "read_only" | "timeout" | "failed";
        };
        ReadinessReply: {
            /** @description Only where one of them is not `ok` */
            checks?: components["schemas"]["ReadinessChecks"];
            /**
             * @description By how many seconds the server's clock is ahead of the database's, below zero where it is behind; only where they are more than 5 apart
             * @example 20.1
             */
            clockOffsetSeconds?: number;
            /**
             * @description The name of the complete copy that was made after the SQLite file was deleted, moved or replaced. The log has its folder
             * @example dakkio.db.rescue-20260131T120000Z
             */
            rescueFile?: string;
            /**
             * @example ok
             * @enum {string}
             */
            status: "ok";
            /**
             * @description Version of the server
             * @example 0.1.0
             */
            version: string;
        };
        RemoveBody: {
            /**
             * @description The bucket ID, 24 hex characters
             * @example 507f1f77bcf86cd799439011
             */
            bucketId: string;
            /**
             * @description Only points of this one
             * @example 507f1f77bcf86cd799439014
             */
            dataSourceId?: string;
            /**
             * @description End of the range, exclusive
             * @example 2024-01-16T00:00:00.000Z
             */
            endTime: string | number;
            /**
             * @description Start of the range, inclusive
             * @example 2024-01-15T00:00:00.000Z
             */
            startTime: string | number;
        };
        ReplacedKeyView: {
            /** @example 507f1f77bcf86cd799439015 */
            _id: string;
            /**
             * Format: date-time
             * @example 2024-01-16T10:05:00.000Z
             */
            expiresAt: string;
        };
        RevokeManyKeysBody: {
            /** @description Instead of `ids`: the keys that match all of these fields, 500 at most */
            filter?: components["schemas"]["KeyFilterBody"];
            /**
             * @description Up to 500 keys by their `_id`
             * @example [
             *       "507f1f77bcf86cd799439013",
             *       "507f1f77bcf86cd799439015"
             *     ]
             */
            ids?: string[];
        };
        RotateKeyBody: {
            /**
             * @description How long the old key stays valid
             * @default 86400
             * @example 86400
             */
            gracePeriodSeconds?: number;
            /**
             * @description Whether the old key expires as soon as the new one is used
             * @default false
             * @example true
             */
            retireOnFirstUse?: boolean;
        };
        RotateManyKeysBody: {
            /** @description Instead of `ids`: the keys that match all of these fields, 500 at most */
            filter?: components["schemas"]["KeyFilterBody"];
            /**
             * @description How long the old key stays valid
             * @default 86400
             * @example 86400
             */
            gracePeriodSeconds?: number;
            /**
             * @description Up to 500 keys by their `_id`
             * @example [
             *       "507f1f77bcf86cd799439013",
             *       "507f1f77bcf86cd799439015"
             *     ]
             */
            ids?: string[];
            /**
             * @description Whether the old key expires as soon as the new one is used
             * @default false
             * @example true
             */
            retireOnFirstUse?: boolean;
        };
        RowView: {
            /**
             * @description Raw points only
             * @example 018d0cc9ec00000001000001
             */
            _id?: string;
            /**
             * @description Points in the group
             * @example 60
             */
            count?: number;
            /**
             * @description Name of the data source, with `include`
             * @example Living room climate
             */
            dataSource?: string;
            /** @example 507f1f77bcf86cd799439014 */
            dataSourceId: string;
            /**
             * @description Raw points only
             * @example {
             *       "device": "esp32-7"
             *     }
             */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: date-time
             * @description Time of the point, or start of the group
             * @example 2024-01-15T10:00:00.000Z
             */
            timestamp: string;
            /**
             * @description By field. Several aggregations are an object by name, and with `mode=fields` each value is `{ value, timestamp }`
             * @example {
             *       "temperature": 21.5,
             *       "humidity": 48
             *     }
             */
            values: {
                [key: string]: number | string | boolean;
            };
        };
        RuleActivityView: {
            /** @example 3 */
            count: number;
            /** @example High temperature */
            name: string;
        };
        SecretRotated: {
            /** @example Webhook secret rotated successfully */
            message: string;
            /**
             * Format: date-time
             * @description Until then deliveries are also signed with the previous secret
             * @example 2024-01-16T10:10:00.000Z
             */
            previousSecretValidUntil: string;
            /**
             * @description The new secret. Shown only once
             * @example whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
             */
            webhookSecret: string;
        };
        SelfReply: {
            apiKey: components["schemas"]["SelfWithRights"];
        };
        SelfWithRights: {
            /** @example 507f1f77bcf86cd799439013 */
            _id: string;
            /**
             * @example [
             *       "10.0.0.0/8"
             *     ]
             */
            allowedIps?: string[];
            /** @description null for an Admin key */
            bucket: components["schemas"]["KeyBucketView"] | null;
            /**
             * @description null for an Admin key
             * @example 507f1f77bcf86cd799439011
             */
            bucketId: string | null;
            /**
             * @description Left out for an Admin key
             * @example Greenhouse
             */
            bucketName?: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:05:00.000Z
             */
            createdAt: string;
            /**
             * @description The only data source that it can access
             * @example 507f1f77bcf86cd799439014
             */
            dataSourceId?: string;
            /**
             * Format: date-time
             * @description The key is rejected from this moment on
             * @example 2024-01-16T10:05:00.000Z
             */
            expiresAt?: string;
            /**
             * @description The start of the key, which identifies it
             * @example dakkio_w_abc1...
             */
            keyPrefix: string;
            /** @example Living Room Sensor */
            name: string;
            /** @example 507f1f77bcf86cd799439010 */
            organizationId: string;
            quota?: components["schemas"]["QuotaView"];
            /** @description Its own, or the default for its type */
            rateLimit?: components["schemas"]["RateLimitView"];
            /**
             * @description What the key may call, as the `operationId`s of this document
             * @example [
             *       "getOwnApiKey",
             *       "queryData",
             *       "getLatestData"
             *     ]
             */
            rights: string[];
            /**
             * @description Only for a session key: the key that it was opened with
             * @example 507f1f77bcf86cd799439013
             */
            sessionOf?: string;
            /**
             * @example write
             * @enum {string}
             */
            type: "admin" | "write" | "read";
            /**
             * @description A Write key that can only ingest data and create data sources
             * @example true
             */
            writeOnly?: boolean;
        };
        SeriesReply: {
            /**
             * @example [
             *       "time",
             *       "mean"
             *     ]
             */
            columns: string[];
            /**
             * @description The measurement
             * @example weather
             */
            name?: string;
            /**
             * @example {
             *       "site": "north"
             *     }
             */
            tags?: {
                [key: string]: string;
            };
            /**
             * @description A list for each row
             * @example [
             *       [
             *         1705312800000,
             *         21.5
             *       ]
             *     ]
             */
            values?: ((number | null) | string | boolean)[][];
        };
        ServerInfoReply: {
            server: components["schemas"]["ServerInfoView"];
        };
        ServerInfoView: {
            backup: components["schemas"]["BackupView"];
            connections: components["schemas"]["ConnectionsView"];
            database: components["schemas"]["DatabaseView"];
            /** @description By how much turns of the event loop were late in the last minute */
            eventLoop: components["schemas"]["EventLoopView"];
            /**
             * @description Random at each start. It tells instances behind a load balancer apart
             * @example 507f1f77bcf86cd799439010
             */
            instanceId: string;
            memory: components["schemas"]["MemoryView"];
            /** @example v22.21.0 */
            nodeVersion: string;
            /**
             * @description Operating system and processor
             * @example linux x64
             */
            platform: string;
            queues: components["schemas"]["QueuesView"];
            /** @description Every setting */
            settings: components["schemas"]["SettingView"][];
            /**
             * Format: date-time
             * @example 2024-01-15T10:00:00.000Z
             */
            startedAt: string;
            /** @description Work in steps that has begun and is not complete */
            tasks: components["schemas"]["LongTaskView"][];
            /** @example 86400 */
            uptimeSeconds: number;
            /** @example 0.1.0 */
            version: string;
        };
        SessionCodeBody: {
            /**
             * @description The end of a link that the server printed: what follows `#/in/`
             * @example h7Jq2Xw9LkT4mZ8RbVnC3e
             */
            code: string;
        };
        SessionEnded: {
            /** @example Session deleted successfully */
            message: string;
        };
        SessionOpened: {
            /** @example Session created successfully */
            message: string;
            session: components["schemas"]["SessionView"];
        };
        SessionView: {
            /** @example 507f1f77bcf86cd799439013 */
            _id: string;
            /** @description Left out for an Admin key */
            bucket?: components["schemas"]["KeyBucketView"];
            /**
             * @description null for an Admin key
             * @example 507f1f77bcf86cd799439011
             */
            bucketId: string | null;
            /**
             * Format: date-time
             * @example 2024-01-15T10:05:00.000Z
             */
            createdAt: string;
            /**
             * @description The only data source that it can access
             * @example 507f1f77bcf86cd799439014
             */
            dataSourceId?: string;
            /**
             * Format: date-time
             * @description The session key is rejected from this moment on
             * @example 2024-01-16T10:05:00.000Z
             */
            expiresAt: string;
            /**
             * @description The session key. It is never shown again
             * @example dakkio_w_abc123def456ghi789jkl012mno345pqr678
             */
            key: string;
            /** @example Living Room Sensor */
            name: string;
            /** @example 507f1f77bcf86cd799439010 */
            organizationId: string;
            /**
             * @description What the key may call, as the `operationId`s of this document
             * @example [
             *       "getOwnApiKey",
             *       "queryData",
             *       "getLatestData"
             *     ]
             */
            rights: string[];
            /**
             * @description The key that it was opened with
             * @example 507f1f77bcf86cd799439013
             */
            sessionOf: string;
            /**
             * @example write
             * @enum {string}
             */
            type: "admin" | "write" | "read";
            /**
             * @description A Write key that can only ingest data and create data sources
             * @example true
             */
            writeOnly?: boolean;
        };
        SettingView: {
            /**
             * @description What it does, and which values it takes
             * @example Maximum number of queries that run at the same time, 1 to 64
             */
            about: string;
            /** @example 8 */
            default: string | null;
            /**
             * @description Whether the value is a secret, which is never shown
             * @example false
             */
            isSecret: boolean;
            /**
             * @description The environment variable
             * @example DAKKIO_QUERIES_AT_ONCE
             */
            name: string;
            /**
             * @example environment
             * @enum {string}
             */
            source: "environment" | "default";
            /**
             * @description Null for a secret, and where there is neither a value nor a default. URLs have no user, password and options
             * @example 16
             */
            value: string | null;
        };
        SourceCreated: {
            dataSource: components["schemas"]["SourceView"];
            /** @example Data source created successfully */
            message: string;
        };
        SourceDeleted: {
            deletedDataSource: components["schemas"]["DeletedSource"];
            deletedResources: components["schemas"]["DeletedWithSource"];
            /** @example Data source deleted successfully */
            message: string;
        };
        SourceDetails: {
            /** @example 507f1f77bcf86cd799439014 */
            _id: string;
            /** @example 507f1f77bcf86cd799439011 */
            bucketId: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            createdAt: string;
            /**
             * @description Empty if none was given
             * @example
             */
            description: string;
            /** @example true */
            downsampling: boolean;
            /**
             * @description Only if line protocol created the data source
             * @example weather
             */
            measurement?: string;
            /** @example Living room climate */
            name: string;
            /**
             * @example {
             *       "temperature": {
             *         "type": "number",
             *         "unit": "°C",
             *         "required": true
             *       },
             *       "humidity": {
             *         "type": "number"
             *       }
             *     }
             */
            schema: {
                [key: string]: {
                    description?: string;
                    required?: boolean;
                    /** @enum {string} */
                    type: "number" | "string" | "boolean";
                    unit?: string;
                };
            };
            stats: components["schemas"]["SourceStatsView"];
            /**
             * @description An archived data source can be read, and rejects new points
             * @example active
             * @enum {string}
             */
            status: "active" | "archived";
            /**
             * @description Only if line protocol created the data source
             * @example {
             *       "host": "a"
             *     }
             */
            tags?: {
                [key: string]: string;
            };
            /** @example sensor */
            type: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            updatedAt: string;
        };
        SourceFiguresView: {
            /** @example 507f1f77bcf86cd799439014 */
            _id: string;
            /**
             * @description Of the period, of fields that are numbers and have values in it
             * @example {
             *       "temperature": 22.3
             *     }
             */
            avgValues: {
                [key: string]: number;
            };
            /**
             * @description Points of the period
             * @example 8403
             */
            dataPointCount: number;
            /**
             * Format: date-time
             * @description Time of the newest point, also outside the period
             * @example 2024-01-15T14:30:00.000Z
             */
            lastDataPoint: string | null;
            /**
             * @description The same
             * @example {
             *       "temperature": 28.7
             *     }
             */
            maxValues: {
                [key: string]: number;
            };
            /**
             * @description The same
             * @example {
             *       "temperature": 18.5
             *     }
             */
            minValues: {
                [key: string]: number;
            };
            /** @example Living room climate */
            name: string;
        };
        SourceList: {
            dataSources: components["schemas"]["ListedSourceView"][];
            pagination: components["schemas"]["Pagination"];
        };
        SourceReply: {
            dataSource: components["schemas"]["SourceDetails"];
        };
        SourcesCreated: {
            dataSources: components["schemas"]["SourceView"][];
            /** @example Data sources created successfully */
            message: string;
        };
        SourceStatsView: {
            /**
             * @description Milliseconds from one point to the next, on average; null with fewer than two points
             * @example 60000
             */
            averageIntervalMs: number | null;
            /** @example 12000 */
            dataPointCount: number;
            /**
             * Format: date-time
             * @description Time of the earliest point
             * @example 2024-01-15T10:11:00.000Z
             */
            firstDataAt: string | null;
            /**
             * Format: date-time
             * @description Time of the latest point
             * @example 2024-01-23T18:10:00.000Z
             */
            lastDataAt: string | null;
        };
        SourceSummaryView: {
            /**
             * @description Points that are visible under the retention of the bucket
             * @example 12000
             */
            dataPointCount: number;
            /**
             * Format: date-time
             * @description Time of the earliest point
             * @example 2024-01-15T10:11:00.000Z
             */
            firstDataAt: string | null;
            /**
             * Format: date-time
             * @description Time of the latest point
             * @example 2024-01-23T18:10:00.000Z
             */
            lastDataAt: string | null;
            /** @description The point with the latest time */
            latest: components["schemas"]["LatestPointView"] | null;
        };
        SourceUpdated: {
            dataSource: components["schemas"]["SourceView"];
            /** @example Data source updated successfully */
            message: string;
        };
        SourceView: {
            /** @example 507f1f77bcf86cd799439014 */
            _id: string;
            /** @example 507f1f77bcf86cd799439011 */
            bucketId: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            createdAt: string;
            /**
             * @description Empty if none was given
             * @example
             */
            description: string;
            /** @example true */
            downsampling: boolean;
            /**
             * @description Only if line protocol created the data source
             * @example weather
             */
            measurement?: string;
            /** @example Living room climate */
            name: string;
            /**
             * @example {
             *       "temperature": {
             *         "type": "number",
             *         "unit": "°C",
             *         "required": true
             *       },
             *       "humidity": {
             *         "type": "number"
             *       }
             *     }
             */
            schema: {
                [key: string]: {
                    description?: string;
                    required?: boolean;
                    /** @enum {string} */
                    type: "number" | "string" | "boolean";
                    unit?: string;
                };
            };
            /**
             * @description An archived data source can be read, and rejects new points
             * @example active
             * @enum {string}
             */
            status: "active" | "archived";
            /**
             * @description Only if line protocol created the data source
             * @example {
             *       "host": "a"
             *     }
             */
            tags?: {
                [key: string]: string;
            };
            /** @example sensor */
            type: string;
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            updatedAt: string;
        };
        StatementReplies: {
            results: components["schemas"]["StatementReply"][];
        };
        StatementReply: {
            /** @description Why the statement failed. Statements after it are not run */
            error?: string;
            /** @description Absent without data */
            series?: components["schemas"]["SeriesReply"][];
            /**
             * @description The position of the statement
             * @example 0
             */
            statement_id: number;
        };
        StreamsView: {
            /**
             * @description `DAKKIO_STREAMS`
             * @example 2000
             */
            limit: number;
            /**
             * @description Open streams of new points
             * @example 3
             */
            open: number;
        };
        SummaryView: {
            /** @example 2 */
            activeAlerts: number;
            /**
             * @description To the nearest whole number
             * @example 1801
             */
            avgDataPointsPerDay: number;
            /** @example 12605 */
            dataPointsInPeriod: number;
            /** @example 3 */
            dataSources: number;
            /** @example 50420 */
            totalDataPoints: number;
        };
        TestResult: {
            /**
             * @description Whether the receiver replied 2xx
             * @example true
             */
            delivered: boolean;
            /** @example 84 */
            durationMs: number;
            /**
             * @description Why the last attempt failed
             * @example null
             */
            error: string | null;
            /**
             * @description The status that the receiver replied; null if it did not reply
             * @example 200
             */
            responseStatus: number | null;
        };
        TextPlace: {
            /**
             * @description The offset after its last character. Equal to `start` at the end of the text
             * @example 26
             */
            end: number;
            /**
             * @description The offset of its first character, in UTF-16 code units of the text in Unicode normalization form C
             * @example 15
             */
            start: number;
        };
        TicketBody: {
            /**
             * @description How long streams can be opened with the ticket. An open stream goes on afterwards
             * @default 600
             * @example 600
             */
            expiresInSeconds?: number;
        };
        TicketCreated: {
            /** @example Ticket created successfully */
            message: string;
            streamTicket: components["schemas"]["TicketView"];
        };
        TicketView: {
            /**
             * Format: date-time
             * @example 2024-01-15T10:10:00.000Z
             */
            expiresAt: string;
            /** @example dakkio_t_507f1f77bcf86cd799439013000000006592a8c0a1b2c3d4e5f60718293a4b5c6d7e8f90 */
            ticket: string;
        };
        TotalsView: {
            /**
             * @description Rules that are not paused
             * @example 8
             */
            alertRules: number;
            /**
             * @description Valid keys, including Admin keys
             * @example 15
             */
            apiKeys: number;
            /** @example 5 */
            buckets: number;
            /** @example 1523456 */
            dataPoints: number;
            /** @example 12 */
            dataSources: number;
        };
        UpdateAlertBody: {
            /**
             * @description When the rule fires, in plain English. `parsedCondition` in the reply shows how it was parsed
             * @example temperature is greater than 30 °C for 5 minutes
             */
            condition?: string;
            /**
             * @description The minimum time between the last notification and the next firing
             * @default 5
             * @example 5
             */
            cooldownMinutes?: number;
            /**
             * @description Additional headers of each message, such as `Authorization`. Stored encrypted and shown as `…`; sent back, `…` keeps the value. A `webhookUrl` of another origin removes them unless they are sent again
             * @example {
             *       "Authorization": "Bearer tk_example"
             *     }
             */
            headers?: {
                [key: string]: string;
            } | null;
            /**
             * @description Shown in notifications
             * @example Server room too hot
             */
            name?: string;
            /**
             * @description The interval of reminders while the condition is met; 0 for none. Defaults to `cooldownMinutes`
             * @example 60
             */
            repeatMinutes?: number | null;
            /**
             * @description A paused rule is not evaluated. It is reset when it is paused or resumed
             * @example active
             * @enum {string}
             */
            status?: "active" | "paused";
            /**
             * @description Where messages are posted, by https. Slack, Discord, Teams, ntfy and PagerDuty get their own format; `?format=slack|discord|teams|ntfy|gotify|pagerduty|standard` sets it explicitly. `null`: nothing is sent
             * @example https://example.com/hooks/dakkio
             */
            webhookUrl?: string | null;
        };
        UpdateBucketBody: {
            /**
             * @description A short description
             * @example Sensors of the north greenhouse
             */
            description?: string | null;
            /**
             * @description The name of the bucket
             * @example Greenhouse
             */
            name?: string;
            /**
             * @description Days that points are kept. Older points are neither returned nor accepted; null keeps points forever
             * @example 90
             */
            retentionDays?: number | null;
            /**
             * @description An archived bucket can be queried and refuses new points
             * @example active
             * @enum {string}
             */
            status?: "active" | "archived";
        };
        UpdateKeyBody: {
            /**
             * @description Addresses and CIDR ranges that the key can be used from. Other addresses get 403
             * @example [
             *       "192.168.1.20",
             *       "10.0.0.0/8"
             *     ]
             */
            allowedIps?: string[] | null;
            /**
             * @description Whether the key is accepted. A disabled key can be enabled again
             * @example true
             */
            enabled?: boolean;
            /**
             * Format: date-time
             * @description The key is rejected from this moment on: RFC 3339 with an offset, in the future
             * @example 2030-01-31T12:00:00.000Z
             */
            expiresAt?: string | null;
            /**
             * @description Your own labels for the key: up to 20 strings, 2 KB in total
             * @example {
             *       "room": "living room",
             *       "firmware": "1.4.2"
             *     }
             */
            metadata?: {
                [key: string]: string;
            } | null;
            /**
             * @description Descriptive name for the key
             * @example Living Room Sensor
             */
            name?: string;
            /** @description The number of requests per calendar day or month (UTC). Requests above it get 429 */
            quota?: components["schemas"]["QuotaFields"] | null;
            /** @description The rate limit of the key. Requests above it get 429 with `Retry-After` */
            rateLimit?: components["schemas"]["RateLimitFields"] | null;
        };
        UpdateSourceBody: {
            /**
             * @description A description for users
             * @example On the shelf above the radiator
             */
            description?: string | null;
            /**
             * @description Whether a query over many points may return averages instead, with `downsamplingApplied`
             * @default true
             * @example true
             */
            downsampling?: boolean;
            /**
             * @description The name of the sensor, machine or program
             * @example Living room climate
             */
            name?: string;
            /**
             * @description Fields to add or replace. `null` removes a field, if the data source has no points
             * @example {
             *       "temperature": {
             *         "type": "number",
             *         "unit": "°C",
             *         "required": true
             *       },
             *       "humidity": "number",
             *       "door": "boolean"
             *     }
             */
            schema?: {
                [key: string]: ("number" | "string" | "boolean") | ({
                    description?: string;
                    required?: boolean;
                    /** @enum {string} */
                    type: "number" | "string" | "boolean";
                    unit?: string;
                } | null);
            };
            /**
             * @description An archived data source can be read, and rejects new points
             * @example active
             * @enum {string}
             */
            status?: "active" | "archived";
            /**
             * @description Any category
             * @default sensor
             * @example sensor
             */
            type?: string;
        };
        UsageByDayView: {
            /** @description Oldest first, without gaps, ending today */
            days: components["schemas"]["DayUsageView"][];
            /** @example 507f1f77bcf86cd799439013 */
            keyId: string;
            /** @description The sum of all days */
            totals: components["schemas"]["UsageTotalsView"];
        };
        UsageList: {
            pagination: components["schemas"]["Pagination"];
            usage: components["schemas"]["UsageByDayView"][];
        };
        UsageReply: {
            usage: components["schemas"]["UsageView"];
        };
        UsageTotalsView: {
            /**
             * @description Points that were ingested
             * @example 0
             */
            points: number;
            /**
             * @description Requests that were refused because of a limit, the address, the type or the expiry of the key
             * @example 3
             */
            refusals: number;
            /**
             * @description Requests that were accepted
             * @example 1536
             */
            requests: number;
        };
        UsageView: {
            /** @description Oldest first, without gaps, ending today */
            days: components["schemas"]["DayUsageView"][];
            /** @example 507f1f77bcf86cd799439013 */
            keyId: string;
            /**
             * @description The address of its last use
             * @example 192.168.1.20
             */
            lastAddress: string | null;
            /**
             * Format: date-time
             * @description null before the first use
             * @example 2024-01-15T11:30:00.000Z
             */
            lastUsedAt: string | null;
            /**
             * @description The user agent of its last use
             * @example ESP32HTTPClient/1.4
             */
            lastUserAgent: string | null;
            /** @description The sum of all days */
            totals: components["schemas"]["UsageTotalsView"];
        };
        WaitingView: {
            /** @example 0 */
            waiting: number;
        };
        WebhooksView: {
            /**
             * @description Messages whose last attempt failed for good within the last 24 hours
             * @example 2
             */
            deliveriesFailedLast24h: number;
            /**
             * @description Alert rules whose last message, or test, did not arrive
             * @example 1
             */
            failing: number;
            /**
             * @description Alert rules whose receiver answered 410: nothing is sent there
             * @example 0
             */
            switchedOff: number;
        };
        WebhookView: {
            /**
             * Format: date-time
             * @description The first failure since the last success
             * @example 2024-01-15T10:10:00.000Z
             */
            failedSince: string | null;
            /**
             * Format: date-time
             * @description The end of the last attempt at this URL
             * @example 2024-01-15T10:10:05.000Z
             */
            lastAttemptAt: string | null;
            /**
             * @description Why the last attempt failed; null if it succeeded
             * @example The receiver answered 500
             */
            lastError: string | null;
            /**
             * @description `ok`: the last attempt succeeded, or there was none. `failing`: it failed. `off`: the receiver replied 410, and nothing is sent until a test succeeds, a delivery is replayed or the rule gets a URL
             * @example failing
             * @enum {string}
             */
            status: "ok" | "failing" | "off";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: {
        /**
         * @description Responses must not be cached, because they may contain API keys
         * @example no-store
         */
        "Cache-Control": "no-store";
        /**
         * @description The section of the errors page about this code (`rel="help"`). Not sent if `DAKKIO_DOCS` is off
         * @example </docs/errors#unauthorized>; rel="help"
         */
        Link: string;
        /**
         * @description The remaining requests of each limit (`r`), and the seconds until it is fully restored or, with a 429, until the next request is accepted (`t`). Sent only if the key has a limit
         * @example "rate";r=599;t=1, "quota";r=99321;t=50040
         */
        RateLimit: string;
        /**
         * @description The limits: requests (`q`) per window in seconds (`w`). Sent only if the key has a limit
         * @example "rate";q=600;w=60, "quota";q=100000;w=86400
         */
        "RateLimit-Policy": string;
        /**
         * @description Seconds to wait before the next attempt
         * @example 12
         */
        "Retry-After": number;
        /**
         * @description The authentication scheme: an API key. On `GET /api/data/export`, also a Basic password
         * @example ApiKey realm="dakkio"
         */
        "WWW-Authenticate": string;
        /**
         * @description A stable error code for programs. `/docs/errors` explains each code
         * @example unauthorized
         */
        "X-Error-Code": string;
        /**
         * @description The requests allowed by the limit with the fewest remaining requests. Sent only if the key has a limit
         * @example 600
         */
        "X-RateLimit-Limit": number;
        /**
         * @description The remaining requests of that limit. Sent only if the key has a limit
         * @example 599
         */
        "X-RateLimit-Remaining": number;
        /**
         * @description The time at which that limit is fully restored or, with a 429, at which the next request is accepted, in seconds since 1970. Sent only if the key has a limit
         * @example 1705313160
         */
        "X-RateLimit-Reset": number;
        /**
         * @description The id of the request in the server's log: the client's `X-Request-Id` if it is valid, otherwise a generated one
         * @example b3c1f0de-5a0e-4c55-9d4e-6f1f3f1f7f4e
         */
        "X-Request-Id": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getServer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HomeReply"];
                };
            };
        };
    };
    listAllAlertRules: {
        parameters: {
            query?: {
                /** @description Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one neither skip nor repeat a row */
                after?: string;
                /** @description Only alert rules of this bucket */
                bucketId?: string;
                /** @description Only alert rules of this data source */
                dataSourceId?: string;
                /** @description How many rows to give at most */
                limit?: number;
                /** @description How many rows to skip from the start of the list */
                offset?: number;
                /** @description Only rows whose name contains this text. Ignores case, also of letters outside ASCII. No character is a wildcard */
                q?: string;
                /** @description `asc`: oldest first. `desc`: newest first. `name`: by name, with numbers in their order and without regard to case. `lastTriggeredAt`: never triggered first, then the longest ago. With `-` in front: the reverse */
                sort?: "asc" | "desc" | "name" | "-name" | "lastTriggeredAt" | "-lastTriggeredAt";
                /** @description Only alert rules in this state */
                state?: "ok" | "pending" | "triggered" | "cooldown" | "resolved";
                /** @description Only alert rules with this status */
                status?: "active" | "paused";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertList"];
                };
            };
        };
    };
    createAlertRule: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateAlertBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertCreated"];
                };
            };
        };
    };
    getAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alert ID, 24 hex characters */
                alertId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertReply"];
                };
            };
        };
    };
    deleteAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alert ID, 24 hex characters */
                alertId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertDeleted"];
                };
            };
        };
    };
    updateAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alert ID, 24 hex characters */
                alertId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateAlertBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertUpdated"];
                };
            };
        };
    };
    listAlertDeliveries: {
        parameters: {
            query?: {
                /** @description Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one neither skip nor repeat a row */
                after?: string;
                /** @description How many rows to give at most */
                limit?: number;
                /** @description How many rows to skip from the start of the list */
                offset?: number;
                /** @description `desc`: newest first. `asc`: oldest first */
                sort?: "asc" | "desc";
            };
            header?: never;
            path: {
                /** @description The alert ID, 24 hex characters */
                alertId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryList"];
                };
            };
        };
    };
    getAlertDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alert ID, 24 hex characters */
                alertId: string;
                /** @description The delivery ID, 24 hex characters */
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryReply"];
                };
            };
        };
    };
    replayAlertDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alert ID, 24 hex characters */
                alertId: string;
                /** @description The delivery ID, 24 hex characters */
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryReplayed"];
                };
            };
        };
    };
    listAlertHistory: {
        parameters: {
            query?: {
                /** @description Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one neither skip nor repeat a row */
                after?: string;
                /** @description How many rows to give at most */
                limit?: number;
                /** @description How many rows to skip from the start of the list */
                offset?: number;
                /** @description `desc`: newest first. `asc`: oldest first */
                sort?: "asc" | "desc";
            };
            header?: never;
            path: {
                /** @description The alert ID, 24 hex characters */
                alertId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertHistory"];
                };
            };
        };
    };
    rotateAlertSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The alert ID, 24 hex characters */
                alertId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretRotated"];
                };
            };
        };
    };
    testAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alert ID, 24 hex characters */
                alertId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertTested"];
                };
            };
        };
    };
    parseAlertCondition: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ParseBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ParseReply"];
                };
            };
        };
    };
    previewAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewReply"];
                };
            };
        };
    };
    getBucketAnalytics: {
        parameters: {
            query?: {
                /** @description How long before now the figures begin */
                period?: "24h" | "7d" | "30d" | "90d";
            };
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BucketAnalyticsReply"];
                };
            };
        };
    };
    getOverview: {
        parameters: {
            query?: {
                /** @description With `include=days`: the number of days, including today */
                days?: number;
                /** @description `days` adds `recentActivity.dataPointsPerDay`, which takes several times as long */
                include?: "days";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverviewReply"];
                };
            };
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                /** @description Only events of this kind */
                action?: "organization.created" | "bucket.created" | "bucket.updated" | "bucket.deleted" | "dataSource.created" | "dataSource.updated" | "dataSource.deleted" | "data.deleted" | "data.imported" | "data.secondsFixed" | "rollups.rebuilt" | "alertRule.created" | "alertRule.updated" | "alertRule.deleted" | "alertRule.secretRotated" | "alertRule.deliveryReplayed" | "apiKey.created" | "apiKey.updated" | "apiKey.rotated" | "apiKey.retired" | "apiKey.deleted" | "session.codeCreated" | "session.opened" | "session.ended" | "access.refused" | "keys.checked" | "audit.verified" | "audit.restarted" | "audit.restored" | "audit.headMismatch" | "audit.anchorMismatch" | "audit.cut" | "audit.secretChanged";
                /** @description Only events that this API key caused */
                actorId?: string;
                /** @description Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one neither skip nor repeat a row */
                after?: string;
                /** @description Only events of this bucket */
                bucketId?: string;
                /** @description Before this moment */
                endTime?: number | string;
                /** @description How many rows to give at most */
                limit?: number;
                /** @description How many rows to skip from the start of the list */
                offset?: number;
                /** @description `desc`: newest first. `asc`: oldest first */
                sort?: "asc" | "desc";
                /** @description From this moment on */
                startTime?: number | string;
                /** @description Only events of this object */
                targetId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditList"];
                };
            };
        };
    };
    listBuckets: {
        parameters: {
            query?: {
                /** @description Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one neither skip nor repeat a row */
                after?: string;
                /** @description `stats` adds the contents of each bucket */
                include?: "stats";
                /** @description How many rows to give at most */
                limit?: number;
                /** @description How many rows to skip from the start of the list */
                offset?: number;
                /** @description Only rows whose name contains this text. Ignores case, also of letters outside ASCII. No character is a wildcard */
                q?: string;
                /** @description `asc`: oldest first. `desc`: newest first. `name`: by name, with numbers in their order and without regard to case. With `-` in front: the reverse */
                sort?: "asc" | "desc" | "name" | "-name";
                /** @description Only buckets with this status */
                status?: "active" | "archived";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BucketList"];
                };
            };
        };
    };
    createBucket: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateBucketBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BucketCreated"];
                };
            };
        };
    };
    getBucket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BucketReply"];
                };
            };
        };
    };
    putBucket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateBucketBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BucketUpdated"];
                };
            };
        };
    };
    deleteBucket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BucketDeleted"];
                };
            };
        };
    };
    updateBucket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateBucketBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BucketUpdated"];
                };
            };
        };
    };
    listAlertRules: {
        parameters: {
            query?: {
                /** @description Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one neither skip nor repeat a row */
                after?: string;
                /** @description Only alert rules of this data source */
                dataSourceId?: string;
                /** @description How many rows to give at most */
                limit?: number;
                /** @description How many rows to skip from the start of the list */
                offset?: number;
                /** @description Only rows whose name contains this text. Ignores case, also of letters outside ASCII. No character is a wildcard */
                q?: string;
                /** @description `asc`: oldest first. `desc`: newest first. `name`: by name, with numbers in their order and without regard to case. `lastTriggeredAt`: never triggered first, then the longest ago. With `-` in front: the reverse */
                sort?: "asc" | "desc" | "name" | "-name" | "lastTriggeredAt" | "-lastTriggeredAt";
                /** @description Only alert rules in this state */
                state?: "ok" | "pending" | "triggered" | "cooldown" | "resolved";
                /** @description Only alert rules with this status */
                status?: "active" | "paused";
            };
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertList"];
                };
            };
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                /** @description Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one neither skip nor repeat a row */
                after?: string;
                /** @description Whether the list also contains the session keys that were opened with these keys */
                include?: "sessions";
                /** @description How many rows to give at most */
                limit?: number;
                /** @description How many rows to skip from the start of the list */
                offset?: number;
                /** @description Only keys whose name contains this text, or whose `keyPrefix` starts with it. Ignores case */
                q?: string;
                /** @description `asc`: oldest first. `desc`: newest first. `name`: by name, with numbers in their order and without regard to case. `lastUsedAt`: never used first, then the longest unused. With `-` in front: the reverse */
                sort?: "asc" | "desc" | "name" | "-name" | "lastUsedAt" | "-lastUsedAt";
                /** @description Only keys in this state. `active` keys are accepted now, including rotated keys in their grace period. `replaced` keys were rotated into another key. All other keys are `disabled`, or enabled and `expired` */
                state?: "active" | "expired" | "disabled" | "replaced" | "all";
                /** @description Only keys of this type */
                type?: "admin" | "write" | "read";
                /** @description Only keys that were neither created nor used for this many days */
                unusedForDays?: number;
            };
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateBucketKeyBody"];
            };
        };
        responses: {
            /** @description The key, shown only once */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyCreated"];
                };
            };
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
                /** @description The API key ID, 24 hex characters */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyReply"];
                };
            };
        };
    };
    deleteApiKey: {
        parameters: {
            query?: {
                /** @description Whether the change also applies to all active keys that this key was rotated into */
                line?: boolean;
            };
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
                /** @description The API key ID, 24 hex characters */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyDeleted"];
                };
            };
        };
    };
    updateApiKey: {
        parameters: {
            query?: {
                /** @description Whether the change also applies to all active keys that this key was rotated into */
                line?: boolean;
            };
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
                /** @description The API key ID, 24 hex characters */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateKeyBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyUpdated"];
                };
            };
        };
    };
    rotateApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
                /** @description The API key ID, 24 hex characters */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateKeyBody"];
            };
        };
        responses: {
            /** @description The new key, shown only once, and when the old one expires */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyRotated"];
                };
            };
        };
    };
    getApiKeyUsage: {
        parameters: {
            query?: {
                /** @description The number of days, including today */
                days?: number;
            };
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
                /** @description The API key ID, 24 hex characters */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageReply"];
                };
            };
        };
    };
    createManyApiKeys: {
        parameters: {
            query?: {
                /** @description Whether a CSV answer is safe to open in a spreadsheet: a text or a column name that would be run as a formula gets a `'` before it. Numbers stay as they are */
                excel?: "0" | "1" | "false" | "true";
            };
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateManyKeysBody"];
                /**
                 * @example name,type
                 *     ESP32-001 Living Room,write
                 *     ESP32-002 Kitchen,write
                 *     Grafana Dashboard,read
                 */
                "text/csv": string;
            };
        };
        responses: {
            /** @description The keys, shown only once, in the order of the request */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeysCreated"];
                };
            };
        };
    };
    revokeManyApiKeys: {
        parameters: {
            query?: {
                /** @description Whether a CSV answer is safe to open in a spreadsheet: a text or a column name that would be run as a formula gets a `'` before it. Numbers stay as they are */
                excel?: "0" | "1" | "false" | "true";
                /** @description Whether the change also applies to all active keys that this key was rotated into */
                line?: boolean;
            };
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RevokeManyKeysBody"];
                /**
                 * @example _id
                 *     507f1f77bcf86cd799439013
                 *     507f1f77bcf86cd799439015
                 */
                "text/csv": string;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeysRevoked"];
                };
            };
        };
    };
    rotateManyApiKeys: {
        parameters: {
            query?: {
                /** @description Whether a CSV answer is safe to open in a spreadsheet: a text or a column name that would be run as a formula gets a `'` before it. Numbers stay as they are */
                excel?: "0" | "1" | "false" | "true";
                /** @description How long the old key stays valid. For a CSV body */
                gracePeriodSeconds?: number;
                /** @description Whether the old key expires as soon as the new one is used. For a CSV body */
                retireOnFirstUse?: boolean;
            };
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateManyKeysBody"];
                /**
                 * @example _id
                 *     507f1f77bcf86cd799439013
                 *     507f1f77bcf86cd799439015
                 */
                "text/csv": string;
            };
        };
        responses: {
            /** @description The new keys, shown only once, and when the old ones expire */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeysRotated"];
                };
            };
        };
    };
    listDataSources: {
        parameters: {
            query?: {
                /** @description Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one neither skip nor repeat a row */
                after?: string;
                /** @description `stats` adds the number of points and the latest one of each data source */
                include?: "stats";
                /** @description How many rows to give at most */
                limit?: number;
                /** @description Only data sources that line protocol created for this measurement */
                measurement?: string;
                /** @description How many rows to skip from the start of the list */
                offset?: number;
                /** @description Only rows whose name contains this text. Ignores case, also of letters outside ASCII. No character is a wildcard */
                q?: string;
                /** @description `asc`: oldest first. `desc`: newest first. `name`: by name, with numbers in their order and without regard to case. With `-` in front: the reverse */
                sort?: "asc" | "desc" | "name" | "-name";
                /** @description Only data sources with this status */
                status?: "active" | "archived";
                /** @description Only data sources that line protocol created with this tag. Repeat the parameter for several tags. In the name, write `\:` for a colon and `\\` for a backslash */
                tag?: string[];
                /** @description Only data sources of this type */
                type?: string;
            };
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceList"];
                };
            };
        };
    };
    createDataSource: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateSourceBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceCreated"];
                };
            };
        };
    };
    getDataSource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
                /** @description The data source ID, 24 hex characters */
                sourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceReply"];
                };
            };
        };
    };
    deleteDataSource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
                /** @description The data source ID, 24 hex characters */
                sourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceDeleted"];
                };
            };
        };
    };
    updateDataSource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
                /** @description The data source ID, 24 hex characters */
                sourceId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateSourceBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceUpdated"];
                };
            };
        };
    };
    createManyDataSources: {
        parameters: {
            query?: {
                /** @description Whether a CSV answer is safe to open in a spreadsheet: a text or a column name that would be run as a formula gets a `'` before it. Numbers stay as they are */
                excel?: "0" | "1" | "false" | "true";
            };
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The bucket ID, 24 hex characters */
                bucketId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateManySourcesBody"];
                /**
                 * @example name
                 *     Living room climate
                 *     Kitchen door
                 */
                "text/csv": string;
            };
        };
        responses: {
            /** @description The data sources, in the order of the request */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourcesCreated"];
                };
            };
        };
    };
    ingestPoint: {
        parameters: {
            query?: {
                /** @description The unit of a `timestamp` that is a number or a string of digits */
                precision?: "s" | "ms" | "us" | "ns";
                /** @description Stores historical points: no alert rule fires or resolves because of them, and they do not count as an arrival for `no data`. Only for Admin keys */
                quiet?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PointBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PointIngested"];
                };
            };
        };
    };
    deleteData: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RemoveBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataRemoved"];
                };
            };
        };
    };
    ingestBatch: {
        parameters: {
            query?: {
                /** @description Whether valid points are stored when others are rejected */
                partial?: boolean;
                /** @description The unit of a `timestamp` that is a number or a string of digits */
                precision?: "s" | "ms" | "us" | "ns";
                /** @description Stores historical points: no alert rule fires or resolves because of them, and they do not count as an arrival for `no data`. Only for Admin keys */
                quiet?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchIngested"];
                };
            };
        };
    };
    ingestCsv: {
        parameters: {
            query?: {
                /** @description Not needed with an API key of a bucket */
                bucketId?: string;
                /** @description The data source of all rows. Default: the column `dataSourceId`, or the data source that the key is bound to */
                dataSourceId?: string;
                /** @description The decimal separator of numbers. Default: as the first 100 rows suggest */
                decimal?: "." | ",";
                /** @description What separates the cells: `,`, `;`, `|` or `tab`. Default: the most frequent one of the first line */
                delimiter?: string;
                /** @description The encoding of the body. `latin1` is read as Windows-1252 */
                encoding?: "utf8" | "latin1";
                /** @description The unit of times that are numbers. Default: as the first 100 rows suggest */
                precision?: "s" | "ms" | "us" | "ns";
                /** @description Stores historical points: no alert rule fires or resolves because of them, and they do not count as an arrival for `no data`. Only for Admin keys */
                quiet?: boolean;
                /** @description The column of the time. Default: `timestamp` or `time` */
                time?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CsvIngested"];
                };
            };
        };
    };
    exportData: {
        parameters: {
            query?: {
                /** @description How the values of a group are aggregated: one aggregation, or a list of several */
                aggregation?: components["schemas"]["Object"] & (("avg" | "min" | "max" | "sum" | "count" | "first" | "last" | "median" | "p95" | "p99" | "stddev") | ("avg" | "min" | "max" | "sum" | "count" | "first" | "last" | "median" | "p95" | "p99" | "stddev")[]);
                /** @description Whether CSV begins with a byte order mark, by which Excel recognizes UTF-8 */
                bom?: "0" | "1" | "false" | "true";
                /** @description Not needed with an API key of a bucket */
                bucketId?: string;
                /** @description Only these data sources. Repeat the parameter, or separate ids with commas. Default: all of the bucket */
                dataSourceId?: string[];
                /** @description The decimal separator of numbers in CSV */
                decimal?: "." | ",";
                /** @description What separates the cells of CSV: `,`, `;`, `|` or `tab`. Default: `;` with a decimal comma, else `,` */
                delimiter?: string;
                /** @description End of the range, exclusive */
                endTime?: number | string;
                /** @description Whether CSV is safe to open in a spreadsheet: a text or a column name that would be run as a formula gets a `'` before it. Numbers stay as they are */
                excel?: "0" | "1" | "false" | "true";
                /** @description Only these fields, and only points with a value of at least one of them. A name with a comma stands in double quotes */
                fields?: string[];
                /** @description How to fill groups without points; `none` leaves them out */
                fill?: "none" | "null" | "previous" | "linear";
                /** @description The format. It precedes the header `Accept` */
                format?: "csv" | "ndjson" | "json";
                /** @description `minute`, `hour`, `day`, `week`, `month`, `quarter`, `year`, or a step: `15m`, `6h`, `1d`. A step shorter than a day starts when the local time in `timezone` is a multiple of the step, or a clock change skips one */
                groupBy?: string;
                /** @description The maximum number of rows. Default: all */
                limit?: number;
                /** @description Only points whose metadata contains all entries of this JSON object */
                metadata?: string;
                /** @description How CSV shows metadata: `columns` has a column for each name, such as `metadata.device`; `json` has one column with JSON, which keeps the types of the values */
                metadataAs?: "columns" | "json";
                /** @description Order by time */
                sort?: "asc" | "desc";
                /** @description Start of the range, inclusive */
                startTime?: number | string;
                /** @description The time zone of days, weeks and months */
                timezone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    getLatestData: {
        parameters: {
            query?: {
                /** @description Not needed with an API key of a bucket */
                bucketId?: string;
                /** @description Only this data source */
                dataSourceId?: string;
                /** @description `names` adds the name of the data source to each row */
                include?: "names";
                /** @description `points` returns the newest point. `fields` returns the last value of each field as `{ value, timestamp }` */
                mode?: "points" | "fields";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LatestReply"];
                };
            };
        };
    };
    queryData: {
        parameters: {
            query?: {
                /** @description Whether a CSV answer is safe to open in a spreadsheet: a text or a column name that would be run as a formula gets a `'` before it. Numbers stay as they are */
                excel?: "0" | "1" | "false" | "true";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["QueryBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueryReply"];
                };
            };
        };
    };
    streamData: {
        parameters: {
            query?: {
                /** @description Not needed with an API key of a bucket */
                bucketId?: string;
                /** @description Only these data sources. Repeat the parameter, or separate ids with commas. Default: all of the bucket */
                dataSourceId?: string[];
                /** @description Only these fields, and only points with a value of at least one of them. A name with a comma stands in double quotes */
                fields?: string[];
                /** @description Only points whose metadata contains all entries of this JSON object */
                metadata?: string;
                /** @description Where the stream begins: after the event with this id, with the points of the last minutes or hours (`10m`, `2h`), or with `latest`, the newest point of each data source. The header `Last-Event-ID` precedes it. Default: now */
                since?: string;
                /** @description Instead of a key in a header: a ticket of `POST /api/data/stream/tickets` */
                ticket?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    createStreamTicket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TicketBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TicketCreated"];
                };
            };
        };
    };
    listAllDeliveries: {
        parameters: {
            query?: {
                /** @description Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one neither skip nor repeat a row */
                after?: string;
                /** @description Only deliveries of alert rules of this bucket */
                bucketId?: string;
                /** @description How many rows to give at most */
                limit?: number;
                /** @description How many rows to skip from the start of the list */
                offset?: number;
                /** @description Only deliveries of alert rules whose name contains this text. Ignores case, also of letters outside ASCII. No character is a wildcard */
                q?: string;
                /** @description `desc`: newest first. `asc`: oldest first */
                sort?: "asc" | "desc";
                /** @description Only deliveries with this status. `failed` ones can be sent again, `waiting` ones are pending */
                status?: "waiting" | "delivered" | "failed" | "dropped";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AllDeliveriesList"];
                };
            };
        };
    };
    listAdminKeys: {
        parameters: {
            query?: {
                /** @description Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one neither skip nor repeat a row */
                after?: string;
                /** @description Only keys of this bucket */
                bucketId?: string;
                /** @description Whether the list also contains the session keys that were opened with these keys */
                include?: "sessions";
                /** @description How many rows to give at most */
                limit?: number;
                /** @description How many rows to skip from the start of the list */
                offset?: number;
                /** @description Only keys whose name contains this text, or whose `keyPrefix` starts with it. Ignores case */
                q?: string;
                /** @description `asc`: oldest first. `desc`: newest first. `name`: by name, with numbers in their order and without regard to case. `lastUsedAt`: never used first, then the longest unused. With `-` in front: the reverse */
                sort?: "asc" | "desc" | "name" | "-name" | "lastUsedAt" | "-lastUsedAt";
                /** @description Only keys in this state. `active` keys are accepted now, including rotated keys in their grace period. `replaced` keys were rotated into another key. All other keys are `disabled`, or enabled and `expired` */
                state?: "active" | "expired" | "disabled" | "replaced" | "all";
                /** @description Only keys of this type. Default: `admin`, and `all` with `bucketId`. Write and Read keys are those of buckets */
                type?: "admin" | "write" | "read" | "all";
                /** @description Only keys that were neither created nor used for this many days */
                unusedForDays?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
        };
    };
    createAdminKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateAdminKeyBody"];
            };
        };
        responses: {
            /** @description The key, shown only once */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyCreated"];
                };
            };
        };
    };
    getAdminKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The API key ID, 24 hex characters */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyReply"];
                };
            };
        };
    };
    deleteAdminKey: {
        parameters: {
            query?: {
                /** @description Whether the change also applies to all active keys that this key was rotated into */
                line?: boolean;
            };
            header?: never;
            path: {
                /** @description The API key ID, 24 hex characters */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyDeleted"];
                };
            };
        };
    };
    updateAdminKey: {
        parameters: {
            query?: {
                /** @description Whether the change also applies to all active keys that this key was rotated into */
                line?: boolean;
            };
            header?: never;
            path: {
                /** @description The API key ID, 24 hex characters */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateKeyBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyUpdated"];
                };
            };
        };
    };
    rotateAdminKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The API key ID, 24 hex characters */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateKeyBody"];
            };
        };
        responses: {
            /** @description The new key, shown only once, and when the old one expires */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyRotated"];
                };
            };
        };
    };
    getAdminKeyUsage: {
        parameters: {
            query?: {
                /** @description The number of days, including today */
                days?: number;
            };
            header?: never;
            path: {
                /** @description The API key ID, 24 hex characters */
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageReply"];
                };
            };
        };
    };
    revokeManyAdminKeys: {
        parameters: {
            query?: {
                /** @description Whether a CSV answer is safe to open in a spreadsheet: a text or a column name that would be run as a formula gets a `'` before it. Numbers stay as they are */
                excel?: "0" | "1" | "false" | "true";
                /** @description Whether the change also applies to all active keys that this key was rotated into */
                line?: boolean;
            };
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RevokeManyKeysBody"];
                /**
                 * @example _id
                 *     507f1f77bcf86cd799439013
                 *     507f1f77bcf86cd799439015
                 */
                "text/csv": string;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeysRevoked"];
                };
            };
        };
    };
    rotateManyAdminKeys: {
        parameters: {
            query?: {
                /** @description Whether a CSV answer is safe to open in a spreadsheet: a text or a column name that would be run as a formula gets a `'` before it. Numbers stay as they are */
                excel?: "0" | "1" | "false" | "true";
                /** @description How long the old key stays valid. For a CSV body */
                gracePeriodSeconds?: number;
                /** @description Whether the old key expires as soon as the new one is used. For a CSV body */
                retireOnFirstUse?: boolean;
            };
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateManyKeysBody"];
                /**
                 * @example _id
                 *     507f1f77bcf86cd799439013
                 *     507f1f77bcf86cd799439015
                 */
                "text/csv": string;
            };
        };
        responses: {
            /** @description The new keys, shown only once, and when the old ones expire */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeysRotated"];
                };
            };
        };
    };
    getOwnApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SelfReply"];
                };
            };
        };
    };
    rotateOwnApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateKeyBody"];
            };
        };
        responses: {
            /** @description The new key, shown only once, and when the old one expires */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyRotated"];
                };
            };
        };
    };
    getServerInfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerInfoReply"];
                };
            };
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["OpenSessionBody"];
            };
        };
        responses: {
            /** @description The session, with its key, shown only once */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOpened"];
                };
            };
        };
    };
    deleteSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionEnded"];
                };
            };
        };
    };
    createSessionFromCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionCodeBody"];
            };
        };
        responses: {
            /** @description The session, with its key, shown only once */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOpened"];
                };
            };
        };
    };
    listAllDataSources: {
        parameters: {
            query?: {
                /** @description Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one neither skip nor repeat a row */
                after?: string;
                /** @description Only data sources of this bucket */
                bucketId?: string;
                /** @description `stats` adds the number of points and the latest one of each data source */
                include?: "stats";
                /** @description How many rows to give at most */
                limit?: number;
                /** @description Only data sources that line protocol created for this measurement */
                measurement?: string;
                /** @description How many rows to skip from the start of the list */
                offset?: number;
                /** @description Only rows whose name contains this text. Ignores case, also of letters outside ASCII. No character is a wildcard */
                q?: string;
                /** @description `asc`: oldest first. `desc`: newest first. `name`: by name, with numbers in their order and without regard to case. With `-` in front: the reverse */
                sort?: "asc" | "desc" | "name" | "-name";
                /** @description Only data sources with this status */
                status?: "active" | "archived";
                /** @description Only data sources that line protocol created with this tag. Repeat the parameter for several tags. In the name, write `\:` for a colon and `\\` for a backslash */
                tag?: string[];
                /** @description Only data sources of this type */
                type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceList"];
                };
            };
        };
    };
    listApiKeyUsage: {
        parameters: {
            query?: {
                /** @description Instead of `offset`: the `_id` of the last row of the page before. What is deleted between two pages makes this one neither skip nor repeat a row */
                after?: string;
                /** @description Only keys of this bucket */
                bucketId?: string;
                /** @description The number of days, including today */
                days?: number;
                /** @description Whether the list also contains the session keys that were opened with these keys */
                include?: "sessions";
                /** @description How many rows to give at most */
                limit?: number;
                /** @description How many rows to skip from the start of the list */
                offset?: number;
                /** @description Only keys whose name contains this text, or whose `keyPrefix` starts with it. Ignores case */
                q?: string;
                /** @description `asc`: oldest first. `desc`: newest first. `name`: by name, with numbers in their order and without regard to case. `lastUsedAt`: never used first, then the longest unused. With `-` in front: the reverse */
                sort?: "asc" | "desc" | "name" | "-name" | "lastUsedAt" | "-lastUsedAt";
                /** @description Only keys in this state. `active` keys are accepted now, including rotated keys in their grace period. `replaced` keys were rotated into another key. All other keys are `disabled`, or enabled and `expired` */
                state?: "active" | "expired" | "disabled" | "replaced" | "all";
                /** @description Only keys of this type. Default: `admin`, and `all` with `bucketId`. Write and Read keys are those of buckets */
                type?: "admin" | "write" | "read" | "all";
                /** @description Only keys that were neither created nor used for this many days */
                unusedForDays?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageList"];
                };
            };
        };
    };
    writeBucketLines: {
        parameters: {
            query?: {
                /** @description The name or id of the bucket. Default: the bucket of the key */
                bucket?: string;
                /** @description The unit of times: `ns`, `us`, `ms`, `s`, `m` or `h`. Default: `ns` */
                precision?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/plain": string;
            };
        };
        responses: {
            /** @description All lines are stored */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    writeLines: {
        parameters: {
            query?: {
                /** @description Only `true`: valid lines are always stored */
                accept_partial?: string;
                /** @description The name or id of the bucket. Default: the bucket of the key */
                db?: string;
                /** @description The unit of times: `nanosecond`, `microsecond`, `millisecond`, `second`, or `auto` by the size of each time. Default: `auto` */
                precision?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/plain": string;
            };
        };
        responses: {
            /** @description All lines are stored */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getInfluxHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InfluxHealth"];
                };
            };
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReply"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: {
                /** @description What the server is needed for. `read` is answered with 200 as long as queries and key checks work */
                for?: "read" | "write";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadinessReply"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    ping: {
        parameters: {
            query?: {
                /** @description `true`: 200 with the version instead of 204 */
                verbose?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The server runs */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    queryInfluxQL: {
        parameters: {
            query?: {
                /** @description The most rows of a document with `chunked=true`. Default: 10000 */
                chunk_size?: string;
                /** @description `true`: one JSON document per line, each with up to `chunk_size` rows */
                chunked?: string;
                /** @description The name or id of the bucket. Default: the bucket of the key */
                db?: string;
                /** @description The unit of times: `ns`, `u`, `ms`, `s`, `m` or `h`. Default: RFC 3339, and `ns` in CSV */
                epoch?: string;
                /** @description The values of parameters such as `$site` in the statements, as a JSON object */
                params?: string;
                /** @description `true`: indented JSON */
                pretty?: string;
                /** @description The statements, separated by semicolons */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementReplies"];
                };
            };
        };
    };
    runInfluxStatement: {
        parameters: {
            query?: {
                /** @description The most rows of a document with `chunked=true`. Default: 10000 */
                chunk_size?: string;
                /** @description `true`: one JSON document per line, each with up to `chunk_size` rows */
                chunked?: string;
                /** @description The name or id of the bucket. Default: the bucket of the key */
                db?: string;
                /** @description The unit of times: `ns`, `u`, `ms`, `s`, `m` or `h`. Default: RFC 3339, and `ns` in CSV */
                epoch?: string;
                /** @description The values of parameters such as `$site` in the statements, as a JSON object */
                params?: string;
                /** @description `true`: indented JSON */
                pretty?: string;
                /** @description The statements, separated by semicolons */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatementReplies"];
                };
            };
        };
    };
    getInfluxReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InfluxReady"];
                };
            };
        };
    };
    writeDatabaseLines: {
        parameters: {
            query?: {
                /** @description The name or id of the bucket. Default: the bucket of the key */
                db?: string;
                /** @description The unit of times: `n`, `u`, `ms`, `s`, `m` or `h`. Default: `n` */
                precision?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/plain": string;
            };
        };
        responses: {
            /** @description All lines are stored */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
