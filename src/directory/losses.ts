// What people lose by the word of a directory is noted before they do. Where more of them lose something in a time than the
// directory may take, a mass change is under way (ADR 0041): leavers are let out all the same, and what only takes rights is kept
// until an administrator has decided.
import { type SQL, sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'

type Loss = { directoryId: SQL; kind: SQL; userIds: SQL; groupId: SQL; childGroupId?: SQL; now: SQL }

/** An expression: the mass change that keeps what is to be taken, or null; also null where it is no directory that takes it. */
export const notedLoss = ({ directoryId, kind, userIds, groupId, childGroupId = sql`null::text`, now }: Loss): SQL =>
  sql`note_losses(${directoryId}::text, ${kind}::text, ${userIds}, ${groupId}, ${childGroupId}, ${now}::timestamptz)`

type OfPerson = { directoryId: string | null; userId: string; kind: 'deactivated' | 'deleted'; now: string }

/** Somebody is about to be switched off or deleted; nothing keeps that. */
export const noteLossOfPerson = prepared<OfPerson, { massChangeId: string | null }>(
  (p) =>
    sql`select ${notedLoss({
      ...{ directoryId: p.directoryId, kind: p.kind, now: p.now },
      userIds: sql`array[${p.userId}::text]`,
      groupId: sql`null::text`,
    })} as "massChangeId"`,
)

type OfGroup = { organizationId: string; directoryId: string | null; groupId: string; now: string }

/** A group is about to be deleted. @returns the mass change that keeps it, and with it everybody in it */
export const noteLossOfGroup = prepared<OfGroup, { massChangeId: string | null }>(
  (p) =>
    sql`select ${notedLoss({
      directoryId: p.directoryId,
      kind: sql`'group_deleted'`,
      userIds: sql`array(select gm.user_id from group_members gm
      where gm.organization_id = ${p.organizationId} and gm.group_id = ${p.groupId})`,
      groupId: p.groupId,
      now: p.now,
    })} as "massChangeId"`,
)
