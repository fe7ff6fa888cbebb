// Everything that is kept of a person, to read and to take along.
import { Hono } from 'hono'
import { getListedUser, type ListedUser } from '#access/people/list-users.ts'
import { exportPerson, type PersonalData } from '#access/people/personal-data/export-person.ts'
import { renderPage } from '#http/pages.ts'
import { EmptyState } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { counted } from '#words/counts.ts'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Panel } from '../ui/parts.tsx'
import { Said } from '../ui/said.tsx'
import { nameOf, userTrail } from './parts/user-frame.tsx'

/** @returns an app to be mounted at `/console/users` */
export function createDataPage(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/:id/personal-data', async (c) => {
    const [frame, userId] = [frameOf(c), c.req.param('id')]
    const [user, data] = await Promise.all([getListedUser(frame.ctx, userId), exportPerson(frame.ctx, userId)])
    return renderPage(c, <DataPage {...{ frame, user, data }} />)
  })
  pages.get('/:id/personal-data.json', async (c) => {
    const userId = c.req.param('id')
    const data = await exportPerson(c.get('ctx'), userId)
    return c.body(JSON.stringify(data, null, 2), 200, {
      'Content-Type': 'application/json',
      'Content-Disposition': `attachment; filename="${userId}.json"`,
      'Cache-Control': 'no-store',
    })
  })
  return pages
}

type DataProps = { frame: Frame; user: ListedUser; data: PersonalData }

/** More of one kind would be a page that nobody reads; the file has all. */
const shownRows = 50

const DataPage = ({ frame, user, data }: DataProps) => {
  const filled = data.sections.filter(({ rows }) => rows.length > 0)
  return (
    <ConsolePage
      frame={frame}
      section="users"
      title={`What is kept of ${nameOf(user)}`}
      lead={
        <>
          Without secrets, as of <Time at={data.madeAt} />. That it was made is noted in the audit trail.
        </>
      }
      trail={userTrail(user)}
      actions={
        <a class="btn" href={`/console/users/${user.id}/personal-data.json`} download={`${user.id}.json`}>
          Export as JSON
        </a>
      }
    >
      {filled.length === 0 ? <EmptyState title="Nothing" text="Nothing is kept of this person." /> : null}
      {filled.map(({ what, kept, rows }) => (
        <Panel title={what} lead={`${counted(rows.length, 'entry', 'entries')}, kept ${kept}.`}>
          <ul class="plain-list">
            {rows.slice(0, shownRows).map((row) => (
              <li>
                <Row row={row} />
              </li>
            ))}
          </ul>
          {rows.length > shownRows ? <p class="under">The file has all of them.</p> : null}
        </Panel>
      ))}
    </ConsolePage>
  )
}

/** Of use to programs alone: whose row it is, versions, folded copies of what stands beside them. The file has them. */
const isForPrograms = (name: string): boolean =>
  /^(user_id|recorded_at|version|epoch|position|(user_name|name|email|search)_key)$/.test(name)

const Row = ({ row }: { row: Record<string, unknown> }) => (
  <>
    {Object.entries(row)
      .filter(([name, value]) => !isForPrograms(name) && value !== '')
      .map(([name, value], index) => (
        <>
          {index === 0 ? '' : ' · '}
          <span class="text-secondary">{name.replace(/_key$/, '').replaceAll('_', ' ')}</span> <Said value={value} />
        </>
      ))}
  </>
)
