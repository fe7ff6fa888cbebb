// Who is absent, will be or was, and what happens at the end where an absence does not say so.
import { Hono } from 'hono'
import {
  type Absence,
  type AtReturn,
  getAbsenceRule,
  listAbsences,
  setAbsenceRule,
} from '#access/people/absence/absences.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Choice } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isId } from '#platform/ids.ts'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, type Frame, frameOf } from '../../ui/env.ts'
import { ConsolePage, sectionTrail } from '../../ui/frame.tsx'
import { Pager } from '../../ui/parts.tsx'
import { returnOptions, statusOfAbsence } from './absence-page.tsx'

const home = '/console/users/absences'
const pageSize = 50

/** @returns an app to be mounted at `/console/users/absences` */
export function createAbsences(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', async (c) => {
    const [frame, from] = [frameOf(c), c.req.query('after')]
    const after = from !== undefined && isId('abs', from) ? from : undefined
    const [found, { atReturn }] = await Promise.all([
      listAbsences(frame.ctx, { after, limit: pageSize + 1 }),
      getAbsenceRule(frame.ctx),
    ])
    const absences = found.slice(0, pageSize)
    const next = found.length > pageSize ? `${home}?after=${absences.at(-1)?.id}` : undefined
    return renderPage(c, <AbsencesPage {...{ frame, absences, atReturn, next }} />)
  })
  pages.post('/rule', async (c) => {
    const form = await readForm(c)
    await setAbsenceRule(c.get('ctx'), { atReturn: form['atReturn'] === 'return' ? 'return' : 'propose' })
    return c.redirect(`${home}?done=saved`, 303)
  })
  return pages
}

type AbsencesProps = { frame: Frame; absences: readonly Absence[]; atReturn: AtReturn; next: string | undefined }

const AbsencesPage = ({ frame, absences, atReturn, next }: AbsencesProps) => (
  <ConsolePage
    frame={frame}
    section="users"
    title="Absences"
    lead="People who are deactivated for a time. An absence is planned on a person’s page."
    trail={sectionTrail('users')}
  >
    {absences.length === 0 ? (
      <EmptyState title="None" text="Nobody is absent, and no absence is planned." />
    ) : (
      <Table
        caption="Absences, the newest first"
        columns={['Person', 'From', 'Until', 'Why', 'Status']}
        rows={absences.map((absence) => [
          <a href={`/console/users/${absence.user.id}`}>{absence.user.displayName ?? absence.user.userName}</a>,
          <Time at={absence.from} />,
          <Time at={absence.until} />,
          absence.reason,
          statusOfAbsence(absence),
        ])}
      />
    )}
    <Pager shown={absences.length} next={next} />
    {isPermitted(frame.ctx, 'organization.write') ? (
      <PostForm action={`${home}/rule`} class="panel">
        <Choice
          name="atReturn"
          legend="At the end of an absence that does not say so"
          value={atReturn}
          options={returnOptions}
        />
        <Buttons submit="Save" />
      </PostForm>
    ) : null}
  </ConsolePage>
)
