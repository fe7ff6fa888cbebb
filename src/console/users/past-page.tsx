// What somebody held at a moment of the past, and what has changed since.
import { type Context, Hono } from 'hono'
import { contextAt, historyBegins } from '#access/ground/context-at.ts'
import { type PersonDifference, personDifference, type RoleChange } from '#access/people/access-difference.ts'
import { type AccessMatrix, getAccessMatrix } from '#access/people/access-matrix.ts'
import { getListedUser, type ListedUser } from '#access/people/list-users.ts'
import { renderPage } from '#http/pages.ts'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { AppError } from '#platform/errors.ts'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { Moment, momentOf } from '../ui/moment.tsx'
import { Badge, Panel } from '../ui/parts.tsx'
import { Source, StatusBadge } from '../ui/people.tsx'
import { nameOf, UserFrame } from './parts/user-frame.tsx'

/** @returns an app to be mounted at `/console/users` */
export function createPastPage(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/:id/past', show)
  return pages
}

async function show(c: Context<ConsoleEnv>): Promise<Response> {
  const [frame, userId] = [frameOf(c), c.req.param('id') ?? '']
  const { ctx } = frame
  const asked = momentOf(c.req.query('at'), ctx.clock.now())
  const [user, beginsAt] = await Promise.all([getListedUser(ctx, userId), historyBegins(ctx)])
  const past = await contextAt(ctx, asked)
  const at = past.clock.now().toISOString()
  const matrix = await getAccessMatrix(past, userId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return undefined
    throw error
  })
  const difference = await personDifference(ctx, { userId, from: at })
  const page = (
    <UserFrame {...{ frame, user }} tab="past">
      <Moment path={`/console/users/${userId}/past`} {...{ at, beginsAt }} now={ctx.clock.now()} />
      <Then {...{ frame, user, matrix }} />
      <Since difference={difference} />
    </UserFrame>
  )
  return renderPage(c, page)
}

type ThenProps = { frame: Frame; user: ListedUser; matrix: AccessMatrix | undefined }

const Then = ({ frame, user, matrix }: ThenProps) => {
  if (matrix === undefined)
    return <EmptyState title={`${nameOf(user)} was not here`} text="Choose a later moment to see what they held." />
  const rows = matrix.rows.flatMap(({ role, cells }) => cells.map((cell) => ({ role, cell })))
  return (
    <Panel title="What they held then" actions={<StatusBadge status={matrix.user.status} />}>
      {rows.length === 0 ? (
        <p>No role.</p>
      ) : (
        <Table
          caption={`Roles of ${nameOf(user)} at that moment`}
          columns={['Role', 'Where', 'Through']}
          rows={rows.map(({ role, cell: { brandId, counts, sources } }) => [
            role.name,
            matrix.scopes.find((scope) => scope?.id === brandId)?.name ?? frame.manager.organization.name,
            <>
              {counts ? null : <Badge tone="quiet">Did not count: a higher role did</Badge>}
              <ul class="source-list">
                {sources.map((source) => (
                  <li>
                    <Source source={source} />
                  </li>
                ))}
              </ul>
            </>,
          ])}
        />
      )}
    </Panel>
  )
}

const Since = ({ difference: { status, roles } }: { difference: PersonDifference }) => {
  const changes = [
    ...roles.gained.map((change) => ({ change, isGained: true })),
    ...roles.lost.map((change) => ({ change, isGained: false })),
  ]
  return (
    <Panel title="What has changed since">
      {status.from === status.to ? null : (
        <p>
          {status.from === null ? 'They were not here.' : <StatusBadge status={status.from} />}
          {' → '}
          {status.to === null ? 'They are no longer here.' : <StatusBadge status={status.to} />}
        </p>
      )}
      {changes.length === 0 ? (
        <p>No role was gained or lost.</p>
      ) : (
        <Table
          caption="Roles gained and lost since"
          columns={['Change', 'Role', 'Where']}
          rows={changes.map(({ change, isGained }) => [
            <Badge tone={isGained ? 'good' : 'bad'}>{isGained ? 'Gained' : 'Lost'}</Badge>,
            change.role.name,
            placeOf(change),
          ])}
        />
      )}
    </Panel>
  )
}

const placeOf = ({ brand }: RoleChange): string => brand?.name ?? 'The organization'
