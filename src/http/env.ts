// What every request carries through the delivery rooms.
import type { Log } from '#platform/log.ts'

export type AppEnv = { Variables: { requestId: string; log: Log } }
