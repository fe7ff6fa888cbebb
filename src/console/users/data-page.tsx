// Everything that is kept of a person, to read and to take along.
import { Hono } from 'hono'
import { getListedUser, type ListedUser } from '#access/people/list-users.ts'
import { exportPerson, type PersonalData } from '#access/people/personal-data/export-person.ts'
import { renderPage } from '#http/pages.ts'
import { KeptData } from '#http/ui/kept-data.tsx'
import { Time } from '#http/ui/time.tsx'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
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

const DataPage = ({ frame, user, data }: DataProps) => (
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
    <KeptData sections={data.sections} />
  </ConsolePage>
)
