// The platform's own audit trail.
import { Hono } from 'hono'
import { listAuditEvents } from '#audit/list-events.ts'
import { renderPage } from '#http/pages.ts'
import { LinkButton } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { isId } from '#platform/ids.ts'
import { actionWords, actorWords } from '../audit/words.ts'
import { frameOf, type PlatformEnv, PlatformPage } from './frame.tsx'

const pageSize = 50

export function createAuditPages(): Hono<PlatformEnv> {
  const pages = new Hono<PlatformEnv>()
  pages.get('/audit', async (c) => {
    const frame = frameOf(c)
    const before = c.req.query('before') ?? ''
    const found = await listAuditEvents(frame.ctx, {
      ...(isId('evt', before) ? { before } : {}),
      limit: pageSize + 1,
    })
    const shown = found.slice(0, pageSize)
    const next = found.length > pageSize ? shown.at(-1)?.id : undefined
    const page = (
      <PlatformPage
        frame={frame}
        section="audit"
        title="Audit"
        lead="What was done above the organizations. What is done inside of one is in its own trail."
      >
        {shown.length === 0 ? (
          <EmptyState
            title="Nothing was done yet"
            text="Changes of organizations, keys, applications and operators appear here."
          />
        ) : (
          <Table
            caption="Events"
            columns={['What', 'Target', 'By', 'When']}
            rows={shown.map(({ action, targetId, targetName, actor, occurredAt, detail }) => [
              actionWords(action),
              targetName ?? String(detail['name'] ?? detail['slug'] ?? targetId),
              actorWords(actor),
              <Time at={occurredAt} />,
            ])}
          />
        )}
        {next === undefined ? null : <LinkButton href={`/platform/audit?before=${next}`}>Older events</LinkButton>}
      </PlatformPage>
    )
    return renderPage(c, page)
  })
  return pages
}
