// The installation itself: what is wrong with it, as `rolecall doctor` says, and which version it is.
import { Hono } from 'hono'
import { requirePlatform } from '#access/ground/platform-rights.ts'
import { diagnoseInstallation } from '#access/upkeep/diagnose-installation.ts'
import { type InstallationVersion, installationVersion } from '#access/upkeep/installation-version.ts'
import { renderPage } from '#http/pages.ts'
import { Alert, Facts, Table } from '#http/ui/content.tsx'
import type { ConsoleServices } from '../ui/env.ts'
import { Badge, Panel } from '../ui/parts.tsx'
import { frameOf, type PlatformEnv, PlatformPage } from './frame.tsx'

export function createInstallationPages(services: ConsoleServices): Hono<PlatformEnv> {
  const pages = new Hono<PlatformEnv>()
  pages.get('/installation', async (c) => {
    const frame = frameOf(c)
    requirePlatform(frame.ctx, 'organizations.read')
    const [findings, version] = await Promise.all([diagnoseInstallation(services), installationVersion(services)])
    const page = (
      <PlatformPage
        frame={frame}
        section="installation"
        title="Installation"
        lead="What rolecall doctor finds in the database. Run the command on the server for its address, mail and clock."
      >
        <VersionPanel version={version} />
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

const VersionPanel = ({
  version: { version, node, postgres, schema, addresses },
}: {
  version: InstallationVersion
}) => (
  <Panel title="Version" id="version">
    <Facts
      facts={[
        { term: 'Rolecall', value: version },
        { term: 'Node.js', value: node },
        { term: 'PostgreSQL', value: postgres },
        { term: 'Schema', value: schemaWords(schema) },
        { term: 'Addresses connected to the database', value: addresses.join(', ') || 'Only by a socket, from here' },
      ]}
    />
  </Panel>
)

const schemaWords = ({ applied, known }: InstallationVersion['schema']): string => {
  if (applied === known) return `${applied} migrations, as this version has them`
  return applied > known
    ? `${applied} migrations, ${applied - known} of a newer version than this`
    : `${applied} of ${known} migrations: run rolecall migrate`
}
