// The installation itself: what is wrong with it, as `rolecall doctor` says, and which version it is.
import { Hono } from 'hono'
import { requirePlatform } from '#access/ground/platform-rights.ts'
import { diagnoseInstallation } from '#access/upkeep/diagnose-installation.ts'
import { renderPage } from '#http/pages.ts'
import { Alert, Table } from '#http/ui/content.tsx'
import type { ConsoleServices } from '../ui/env.ts'
import { Badge } from '../ui/parts.tsx'
import { frameOf, type PlatformEnv, PlatformPage } from './frame.tsx'

export function createInstallationPages(services: ConsoleServices): Hono<PlatformEnv> {
  const pages = new Hono<PlatformEnv>()
  pages.get('/installation', async (c) => {
    const frame = frameOf(c)
    requirePlatform(frame.ctx, 'organizations.read')
    const findings = await diagnoseInstallation(services)
    const page = (
      <PlatformPage
        frame={frame}
        section="installation"
        title="Installation"
        lead="What rolecall doctor finds in the database. Run the command on the server for its address, mail and clock."
      >
        {findings.length === 0 ? (
          <Alert kind="success" title="No problems found" />
        ) : (
          <Table
            caption="Findings"
            columns={['What', 'Finding', 'What to do']}
            rows={findings.map(({ severity, text, advice }) => [
              <Badge tone={severity === 'fault' ? 'bad' : 'quiet'}>
                {severity === 'fault' ? 'problem' : 'advice'}
              </Badge>,
              text,
              advice,
            ])}
          />
        )}
      </PlatformPage>
    )
    return renderPage(c, page)
  })
  return pages
}
