// The cut-off receipt of somebody: what was closed, who was told, who has confirmed; with the signed document to take along.
import { Hono } from 'hono'
import { type CutOffReceipt, cutOffType, signedCutOff, type Told } from '#access/events/cut-off.ts'
import { getListedUser, type ListedUser } from '#access/people/list-users.ts'
import { renderPage } from '#http/pages.ts'
import { LinkButton } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Badge, Panel } from '../ui/parts.tsx'
import { closingWords } from './parts/access-tab.tsx'
import { nameOf, userTrail } from './parts/user-frame.tsx'

/** @returns an app to be mounted at `/console/users` */
export function createCutOffPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/:id/cut-off', async (c) => {
    const [frame, id] = [frameOf(c), c.req.param('id')]
    const user = await getListedUser(frame.ctx, id)
    const { receipt } = await signedCutOff(frame.ctx, id)
    return renderPage(c, <CutOffPage {...{ frame, user, receipt }} />)
  })

  pages.get('/:id/cut-off.jws', async (c) => {
    const { jws } = await signedCutOff(c.get('ctx'), c.req.param('id'))
    const headers = { 'Content-Disposition': 'attachment; filename="cut-off.jws"', 'Cache-Control': 'no-store' }
    return c.body(jws, 200, { ...headers, 'Content-Type': `application/${cutOffType}` })
  })
  return pages
}

const states = {
  confirmed: { tone: 'good', word: 'confirmed' },
  waiting: { tone: 'warning', word: 'not yet' },
  failed: { tone: 'bad', word: 'did not take it' },
  unknown: { tone: 'quiet', word: 'no longer kept' },
} as const satisfies Record<Told['status'], object>

const CutOffPage = ({ frame, user, receipt }: { frame: Frame; user: ListedUser; receipt: CutOffReceipt }) => {
  const { deactivation, closed, told, isComplete } = receipt
  const missing = told.filter(({ status }) => status !== 'confirmed').length
  return (
    <ConsolePage frame={frame} section="users" title="Cut-off receipt" trail={userTrail(user)} lead={nameOf(user)}>
      {isComplete ? (
        <Alert kind="success" title="They are out, and everybody who was told has confirmed it" />
      ) : (
        <Alert kind="warning" title={`They are out here; ${missing} of ${told.length} have not confirmed it`}>
          It is tried again by itself. See to it that those end what they still hold.
        </Alert>
      )}
      <Panel title="Here" lead="All of it ended at that moment; what came later was refused.">
        <Facts
          facts={[
            { term: 'Switched off', value: <Time at={deactivation.occurredAt} /> },
            { term: 'Closed', value: closingWords(closed).join(', ') || 'Nothing was open' },
            {
              term: 'In the audit trail',
              value: <a href={`/console/audit/${deactivation.auditEventId}`}>The event</a>,
            },
          ]}
        />
        <LinkButton href={`/console/users/${user.id}/cut-off.jws`}>Download the signed receipt</LinkButton>
      </Panel>
      <Panel
        title="Elsewhere"
        lead="Applications that they had a session in, and webhooks that are told of deactivations."
      >
        {told.length === 0 ? (
          <EmptyState
            title="Nobody had to be told"
            text="They had no session in any application, and no webhook listens."
          />
        ) : (
          <Table
            caption="Who was told"
            columns={['Who', 'Kind', 'Status', 'Confirmed', 'Attempts', 'What went wrong']}
            rows={told.map(({ name, kind, status, confirmedAt, attempts, error }) => [
              name,
              kind,
              <Badge tone={states[status].tone}>{states[status].word}</Badge>,
              <Time at={confirmedAt} empty="Not yet" />,
              String(attempts),
              status === 'confirmed' ? '' : (error ?? ''),
            ])}
          />
        )}
      </Panel>
    </ConsolePage>
  )
}
