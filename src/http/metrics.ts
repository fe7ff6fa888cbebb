// GET /metrics, for Prometheus: one node's counters and the installation's figures, for whoever has the token of the configuration.
import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { sha256 } from '#platform/crypto.ts'
import { AppError, asAppError } from '#platform/errors.ts'
import type { Metrics, MetricsSources } from '#platform/metrics.ts'
import type { Secret } from '#platform/secret.ts'
import { bearerSecret } from './bearer.ts'
import type { AppEnv } from './env.ts'
import { problemResponse } from './problem.ts'

type Options = { metrics: Metrics; token: Secret; sources: MetricsSources }

export function createMetricsEndpoint({ metrics, token, sources }: Options): Hono<AppEnv> {
  const routes = new Hono<AppEnv>()
  routes.get('/', async (c) => {
    requireToken(c.req.header('authorization'), token)
    const { contentType, text } = await metrics.render(sources)
    return c.body(text, 200, { 'Content-Type': contentType })
  })
  // A scraper reads no pages.
  routes.onError((error, c) => problemResponse(asAppError(error), c.get('requestId')))
  return routes
}

/** @throws AppError unauthenticated */
function requireToken(header: string | undefined, token: Secret): void {
  const given = bearerSecret(header, 'the METRICS_TOKEN of the server')
  // Hashes have the same length, whatever was sent.
  if (!timingSafeEqual(Buffer.from(sha256(given)), Buffer.from(sha256(token.reveal()))))
    throw new AppError('unauthenticated', 'This is not the METRICS_TOKEN of the server')
}
