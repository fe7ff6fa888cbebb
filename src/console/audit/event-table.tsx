// Rows of the audit trail, as lists show them.
import type { AuditEvent } from '#audit/list-events.ts'
import { Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { actionWords, actorWords, targetHref } from './words.ts'

export const EventTable = ({ caption, events }: { caption: string; events: readonly AuditEvent[] }) => (
  <Table
    caption={caption}
    columns={['What', 'Target', 'By', 'When']}
    rows={events.map((event) => [
      <a href={`/console/audit/${event.id}`}>{actionWords(event.action)}</a>,
      <Target event={event} />,
      <Actor event={event} />,
      <Time at={event.occurredAt} />,
    ])}
  />
)

export const Target = ({ event: { targetType, targetId, targetName } }: { event: AuditEvent }) => {
  const href = targetHref(targetType, targetId)
  const name = targetName ?? targetId
  return href === undefined ? <span>{name}</span> : <a href={href}>{name}</a>
}

export const Actor = ({ event: { actor } }: { event: AuditEvent }) => {
  const href = actor.name === null ? undefined : targetHref(actor.type, actor.id)
  return href === undefined ? <span>{actorWords(actor)}</span> : <a href={href}>{actorWords(actor)}</a>
}
