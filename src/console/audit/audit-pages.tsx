// The pages of the audit trail: the list, and one event with what it changed.
import type { AuditEvent } from '#audit/list-events.ts'
import type { AuditHead } from '#audit/seal/head.ts'
import { LinkButton, SmallLink } from '#http/ui/buttons.tsx'
import { EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { Field } from '#http/ui/forms.tsx'
import { fieldsOf, type Names, nameWords, Said } from '#http/ui/said.tsx'
import { Time } from '#http/ui/time.tsx'
import { isRecord } from '#platform/json.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Search } from '../ui/list.tsx'
import { Panel, Select } from '../ui/parts.tsx'
import { withParams } from '../ui/with-params.ts'
import { Actor, EventTable, Target } from './event-table.tsx'
import { actionKinds, actionWords } from './words.ts'

export type AuditQuery = {
  q: string
  action: string
  actor: string
  target: string
  brand: string
  from: string
  to: string
}

type AuditProps = {
  frame: Frame
  query: AuditQuery
  events: readonly AuditEvent[]
  next: string | undefined
  isFirst: boolean
  brandName: string | undefined
  head: AuditHead | undefined
}

export const AuditPage = ({ frame, query, events, next, isFirst, brandName, head }: AuditProps) => (
  <ConsolePage
    frame={frame}
    section="audit"
    title={brandName === undefined ? 'Audit' : `Audit of ${brandName}`}
    lead="Who changed what, and when. Nothing is ever taken out of it."
    actions={
      <>
        <a class="btn" href={withParams('/console/audit/export', { ...query, format: 'csv' })} download="audit.csv">
          Export CSV
        </a>
        <a
          class="btn"
          href={withParams('/console/audit/export', { ...query, format: 'ndjson' })}
          download="audit.ndjson"
        >
          Export NDJSON
        </a>
      </>
    }
  >
    <Search
      action="/console/audit"
      q={query.q}
      placeholder="Name of a person, or an id"
      isPrimary
      last={
        Object.values(query).some((value) => value !== '') ? (
          <LinkButton href="/console/audit">Show everything</LinkButton>
        ) : null
      }
    >
      <Select name="action" label="About" value={query.action} empty="Everything" options={kindsWith(query.action)} />
      <Field name="from" label="From" type="date" value={query.from} isOptional />
      <Field name="to" label="To" type="date" value={query.to} isOptional />
      {(['actor', 'target', 'brand'] as const).map((name) =>
        query[name] === '' ? null : <input type="hidden" name={name} value={query[name]} />,
      )}
    </Search>
    {events.length === 0 ? (
      <EmptyState title="No entries match" text="Try fewer filters or a longer period." />
    ) : (
      <>
        <EventTable caption="Audit trail" events={events} />
        <nav class="pager" aria-label="Pages">
          <p>{events.length} shown, newest first</p>
          <div class="actions">
            {isFirst ? null : <SmallLink href={withParams('/console/audit', query)}>Newest</SmallLink>}
            {next === undefined ? null : (
              <a class="btn btn-sm" href={withParams('/console/audit', { ...query, before: next })} rel="next">
                Older
              </a>
            )}
          </div>
        </nav>
      </>
    )}
    {head === undefined ? null : <Seal head={head} />}
  </ConsolePage>
)

const Seal = ({ head: { sequence, hash, sealedAt } }: { head: AuditHead }) => (
  <Panel title="Seal">
    <p>
      Events are sealed by the minute, each segment with a hash that covers all before it. A copy of this one, kept
      elsewhere, proves later that nothing up to here was rewritten: <code>rolecall audit verify --head</code>
    </p>
    <Facts
      facts={[
        { term: 'Segment', value: String(sequence) },
        { term: 'Hash', value: <code>{hash}</code> },
        { term: 'Sealed', value: <Time at={sealedAt} /> },
      ]}
    />
  </Panel>
)

/** One action that was linked to is a choice, too. */
const kindsWith = (action: string) =>
  action === '' || actionKinds.some(({ value }) => value === action)
    ? actionKinds
    : [{ value: action, label: actionWords(action) }, ...actionKinds]

/** @param called what the ids in it stand for */
export const EventPage = ({ frame, event, called }: { frame: Frame; event: AuditEvent; called: Names }) => {
  const { before, after, ...rest } = event.detail
  return (
    <ConsolePage
      frame={frame}
      section="audit"
      title={actionWords(event.action)}
      lead={<Time at={event.occurredAt} />}
      trail={sectionTrail('audit')}
    >
      <div class="panel">
        <Facts
          facts={[
            { term: 'Target', value: <Target event={event} /> },
            { term: 'By', value: <Actor event={event} /> },
            { term: 'Action', value: <code>{event.action}</code> },
            { term: 'Event', value: <code>{event.id}</code> },
            { term: 'Request', value: <code>{event.requestId}</code> },
          ]}
        />
      </div>
      {isRecord(before) && isRecord(after) ? (
        <Difference {...{ before, after, called }} />
      ) : isRecord(before) ? (
        <Difference {...{ before, called }} after={rest} />
      ) : null}
      {Object.keys(rest).length === 0 ? null : (
        <Panel title="Details">
          <Facts
            facts={fieldsOf(rest, called).map(([term, value]) => ({
              term: nameWords(term, called),
              value: <Said value={value} names={called} />,
            }))}
          />
        </Panel>
      )}
      <p class="lead-sentence">
        <a href={`/console/audit?target=${event.targetId}`}>Everything about this</a>
        {' · '}
        <a href={`/console/audit?actor=${event.actor.id}`}>Everything by the same</a>
      </p>
    </ConsolePage>
  )
}

type DifferenceProps = { before: Record<string, unknown>; after: Record<string, unknown>; called: Names }

const Difference = ({ before, after, called }: DifferenceProps) => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  if (changed.length === 0) return null
  return (
    <div class="difference">
      <Panel title="What has changed">
        <Table
          caption="What has changed"
          columns={['What', 'Before', 'After']}
          rows={changed.map((name) => [
            nameWords(name, called),
            <del>
              <Said value={before[name] ?? null} names={called} />
            </del>,
            <ins>
              <Said value={after[name] ?? null} names={called} />
            </ins>,
          ])}
        />
      </Panel>
    </div>
  )
}
