// Certificates of connections that end soon: one alarm for each.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { raiseAlarm } from '../alarms/raise-alarm.ts'

export type EndingCertificate = { connectionId: string; name: string; sha256: string; notAfter: string }

const ending = prepared<{ organizationId: string }, EndingCertificate>(
  (p) => sql`select connection_id as "connectionId", name, sha256, not_after as "notAfter" from certificates_ending
    where organization_id = ${p.organizationId} order by connection_id, sha256`,
)

/** @returns those that an alarm was raised for now */
export async function warnOfCertificates(ctx: CallContext): Promise<EndingCertificate[]> {
  return inTransaction(ctx, async (tx) => {
    const found = await tx.run(ending({ organizationId: ctx.organizationId }))
    for (const detail of found) await tx.run(raiseAlarm(ctx, { kind: 'certificate_ending', detail }))
    return found
  })
}
