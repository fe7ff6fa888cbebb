// Certificates and client secrets of connections that end soon: one alarm for each.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { raiseAlarm } from '../notices/alarms/raise-alarm.ts'

export type EndingCredential = {
  kind: 'certificate_ending' | 'client_secret_ending'
  connectionId: string
  name: string
  /** Of the certificate; a secret has none. */
  sha256?: string
  notAfter: string
}

const ending = prepared<{ organizationId: string }, EndingCredential & { sha256: string | null }>(
  (
    p,
  ) => sql`select kind, connection_id as "connectionId", name, sha256, not_after as "notAfter" from certificates_ending
    where organization_id = ${p.organizationId} order by connection_id, sha256`,
)

/** @returns those that an alarm was raised for now */
export async function warnOfCertificates(ctx: CallContext): Promise<EndingCredential[]> {
  return inTransaction(ctx, async (tx) => {
    const rows = await tx.run(ending({ organizationId: ctx.organizationId }))
    const found = rows.map(({ sha256, ...rest }) => (sha256 === null ? rest : { ...rest, sha256 }))
    for (const { kind, ...detail } of found) await tx.run(raiseAlarm(ctx, { kind, detail }))
    return found
  })
}
