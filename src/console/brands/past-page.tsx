// Who had access to a brand at a moment of the past, and what has changed since.
import { type Context, Hono } from 'hono'
import { getBrand } from '#access/grants/brands/brands.ts'
import { contextAt, historyBegins } from '#access/ground/context-at.ts'
import { type BrandDifference, brandDifference } from '#access/people/access-difference.ts'
import { type HoldersPage, listHolders } from '#access/people/list-holders.ts'
import { renderPage } from '#http/pages.ts'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { counted } from '#words/counts.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Moment, momentOf } from '../ui/moment.tsx'
import { Badge, Pager, Panel } from '../ui/parts.tsx'
import { NameList, Source, UserName } from '../ui/people.tsx'

/** @returns an app to be mounted at `/console/brands` */
export function createBrandPast(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/:id/past', show)
  return pages
}

async function show(c: Context<ConsoleEnv>): Promise<Response> {
  const [frame, brandId, cursor] = [frameOf(c), c.req.param('id') ?? '', c.req.query('cursor')]
  const { ctx } = frame
  const asked = momentOf(c.req.query('at'), ctx.clock.now())
  const [brand, beginsAt] = await Promise.all([getBrand(ctx, brandId), historyBegins(ctx)])
  const past = await contextAt(ctx, asked)
  const at = past.clock.now().toISOString()
  const [found, difference] = await Promise.all([
    listHolders(past, { filter: { brandId }, cursor }),
    brandDifference(ctx, { brandId, from: at }),
  ])
  const path = `/console/brands/${brandId}/past`
  const next = found.nextCursor === null ? undefined : `${path}?at=${at}&cursor=${encodeURIComponent(found.nextCursor)}`
  const page = (
    <ConsolePage
      frame={frame}
      section="brands"
      title={`${brand.name} as it was`}
      lead="Who had access at a moment of the past, and what has changed since."
      trail={[...sectionTrail('brands'), { label: brand.name, href: `/console/brands/${brandId}` }]}
    >
      <Moment {...{ path, at, beginsAt }} now={ctx.clock.now()} />
      <Then found={found} />
      <Pager
        shown={found.items.length}
        total={found.total}
        next={next}
        first={cursor === undefined ? undefined : `${path}?at=${at}`}
      />
      <Since difference={difference} />
    </ConsolePage>
  )
  return renderPage(c, page)
}

const Then = ({ found }: { found: HoldersPage }) =>
  found.items.length === 0 ? (
    <EmptyState title="Nobody had access then" text="Choose a later moment." />
  ) : (
    <Panel title="Who had access then" lead={counted(found.total, 'person', 'people')}>
      <Table
        caption="Who had access at that moment"
        columns={['Name', 'Role', 'Through']}
        rows={found.items.map(({ user, holdings }) => [
          <UserName user={user} />,
          <NameList names={[...new Map(holdings.map(({ role }) => [role.id, role])).values()]} />,
          <ul class="source-list">
            {holdings.map(({ source }) => (
              <li>
                <Source source={source} />
              </li>
            ))}
          </ul>,
        ])}
      />
    </Panel>
  )

/** More would be a list that nobody reads; the API has all. */
const shownChanges = 200

const Since = ({ difference: { gained, lost } }: { difference: BrandDifference }) => {
  const changes = [
    ...gained.map((pair) => ({ pair, isGained: true })),
    ...lost.map((pair) => ({ pair, isGained: false })),
  ]
  return (
    <Panel title="What has changed since" lead={`${gained.length} gained, ${lost.length} lost`}>
      {changes.length === 0 ? (
        <p>Nobody has gained or lost a role here.</p>
      ) : (
        <Table
          caption="Roles gained and lost here since"
          columns={['Change', 'Person', 'Role']}
          rows={changes
            .slice(0, shownChanges)
            .map(({ pair, isGained }) => [
              <Badge tone={isGained ? 'good' : 'bad'}>{isGained ? 'Gained' : 'Lost'}</Badge>,
              <a href={`/console/users/${pair.userId}`}>{pair.displayName ?? pair.userName}</a>,
              pair.roleName,
            ])}
        />
      )}
    </Panel>
  )
}
