// Links to approve: identities of providers that want to be somebody who manages something.
import { type Context, Hono } from 'hono'
import { approveLinkRequest, refuseLinkRequest } from '#access/sign-in/decide-link-request.ts'
import { type LinkRequest, listLinkRequests } from '#access/sign-in/link-requests.ts'
import { renderPage } from '#http/pages.ts'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, ButtonForm, Pager, type Tone } from '../ui/parts.tsx'

const home = '/console/sign-ins/link-requests'
const pageSize = 50

const words: Record<LinkRequest['status'], { word: string; tone: Tone }> = {
  pending: { word: 'Waits', tone: 'warning' },
  approved: { word: 'Approved', tone: 'good' },
  refused: { word: 'Refused', tone: 'bad' },
}

/** @returns an app to be mounted at `/console/sign-ins/link-requests` */
export function createLinkRequestPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  const decided =
    (decide: typeof approveLinkRequest) =>
    async (c: Context<ConsoleEnv>): Promise<Response> => {
      try {
        await decide(c.get('ctx'), c.req.param('id') ?? '')
        return c.redirect(`${home}?done=saved`, 303)
      } catch (error) {
        if (!(error instanceof AppError && ['conflict', 'forbidden'].includes(error.code))) throw error
        return show(c, error)
      }
    }
  pages.get('/', (c) => show(c))
  pages.post('/:id/approve', decided(approveLinkRequest))
  pages.post('/:id/refuse', decided(refuseLinkRequest))
  return pages
}

async function show(c: Context<ConsoleEnv>, fault?: AppError): Promise<Response> {
  const frame = frameOf(c)
  const from = c.req.query('after')
  const after = from !== undefined && isId('lrq', from) ? from : undefined
  const found = await listLinkRequests(frame.ctx, { after, limit: pageSize + 1 })
  const requests = found.slice(0, pageSize)
  const mayDecide = isPermitted(frame.ctx, 'accounts.write')
  const next = found.length > pageSize ? `${home}?after=${requests.at(-1)?.id}` : undefined
  const page = (
    <ConsolePage
      frame={frame}
      section="signIns"
      title="Links to approve"
      lead="A provider has named the address of somebody who manages something here. Ask them by another way than that provider whether it was them."
      trail={sectionTrail('signIns')}
    >
      {fault === undefined ? null : <Alert kind="danger" title={fault.message} />}
      {requests.length === 0 ? (
        <EmptyState title="Nothing to approve" text="Nobody has tried to sign in as somebody who manages something." />
      ) : (
        <Table
          caption="Links, the newest first"
          columns={['Person', 'Connection', 'Known there as', 'Last tried', 'Status']}
          rows={requests.map((request) => [
            <a href={`/console/users/${request.userId}`}>{request.displayName ?? request.userName}</a>,
            <a href={`/console/connections/${request.connectionId}`}>{request.connectionName}</a>,
            <>
              {request.email} <code class="long-code">{request.subject}</code>
            </>,
            <Time at={request.lastSeenAt} empty="Never" />,
            <Decision {...{ request, mayDecide }} />,
          ])}
        />
      )}
      <Pager shown={requests.length} next={next} />
    </ConsolePage>
  )
  return renderPage(c, page, { status: fault === undefined ? 200 : fault.code === 'forbidden' ? 403 : 409 })
}

const Named = ({ verb, who }: { verb: string; who: string }) => (
  <>
    {verb}
    <span class="visually-hidden"> the link to {who}</span>
  </>
)

const Decision = ({ request, mayDecide }: { request: LinkRequest; mayDecide: boolean }) => {
  const { id, status, displayName, userName } = request
  if (status !== 'pending' || !mayDecide) return <Badge tone={words[status].tone}>{words[status].word}</Badge>
  const who = displayName ?? userName
  return (
    <div class="actions">
      <ButtonForm action={`${home}/${id}/approve`} label={<Named {...{ verb: 'Approve', who }} />} kind="btn-sm" />
      <ButtonForm action={`${home}/${id}/refuse`} label={<Named {...{ verb: 'Refuse', who }} />} kind="btn-sm" />
    </div>
  )
}
