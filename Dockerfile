# The server in a small image. It runs as an ordinary user and writes to /data alone, so that the root file system can be read-only.
ARG NODE_VERSION=22

FROM node:${NODE_VERSION}-bookworm-slim AS base
WORKDIR /app

# For the SQLite driver, where there is no prebuilt binary for the platform.
FROM base AS tools
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
COPY console/package.json ./console/
COPY scripts ./scripts

# The compiler, the bundler and what the console is bundled from are removed after the build.
FROM tools AS build
RUN npm ci --omit=dev --no-audit --no-fund
COPY src ./src
COPY clients/typescript/src ./clients/typescript/src
COPY console ./console
RUN npm run build \
  && rm -rf node_modules/@esbuild node_modules/@swc node_modules/@tanstack node_modules/dakkio-console node_modules/esbuild \
    node_modules/react-dom node_modules/uplot

FROM base AS server
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  PORT=3000 \
  DATABASE_URL=sqlite:/data/dakkio.db
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY docs/errors.md ./docs/errors.md
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
# HTTP. MQTT has no port until DAKKIO_MQTT_PORT is set: publish 1883, or 8883 with TLS, as well then.
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
