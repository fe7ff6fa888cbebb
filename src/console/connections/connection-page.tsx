// The page of one connection: what it is, how it does, what came in lately, and what can be changed.
import type { RoleRecord } from '#access/grants/roles/roles.ts'
import type { ConnectionHealth } from '#access/organizations/overview.ts'
import type { SignInAttempt } from '#access/sign-in/attempts.ts'
import type { DirectoryRecord } from '#connections/directories/directories.ts'
import { presets } from '#connections/providers/providers.ts'
import { weakAlgorithmsAt } from '#connections/settings/weak-algorithms.ts'
import type { SetupLinkRecord } from '#connections/setup-links/setup-links.ts'
import { type Connection, isConfigured, type SamlConnection } from '#connections/sign-in/connections.ts'
import { LinkButton, PrimaryLink, SmallLink } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { endingOf } from '../connect/endings.ts'
import { AttemptTable } from '../sign-ins/attempt-table.tsx'
import { statusWords } from '../ui/connection-status.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, ButtonForm, Panel } from '../ui/parts.tsx'
import { SetupLinkTable } from './list-page.tsx'
import { changeLabels, changes } from './words.ts'

export type ConnectionPageProps = {
  frame: Frame
  connection: Connection
  health: ConnectionHealth | undefined
  links: readonly SetupLinkRecord[]
  attempts: readonly SignInAttempt[]
  defaultRole: RoleRecord | undefined
  directory: DirectoryRecord | undefined
  fault: string | undefined
}

export const jitWords: Record<Connection['jit'], string> = {
  off: 'Nobody: people are delivered by the directory, or invited',
  verified_domains: 'People of proven domains',
  approval: 'Everybody, once an administrator has approved them',
}

export const ConnectionPage = (props: ConnectionPageProps) => {
  const { frame, connection, links, attempts, fault } = props
  const mayWrite = isPermitted(frame.ctx, 'connections.write')
  const address = `/console/connections/${connection.id}`
  return (
    <ConsolePage
      frame={frame}
      section="connections"
      title={connection.name}
      lead={statusWords[connection.status].sentence}
      trail={sectionTrail('connections')}
      actions={
        mayWrite ? (
          <>
            <LinkButton href={`${address}/settings`}>Settings</LinkButton>
            <PrimaryLink href={`/console/connect/${connection.id}`}>
              {isConfigured(connection) ? 'Set-up and test' : 'Go on with the set-up'}
            </PrimaryLink>
          </>
        ) : null
      }
    >
      {fault === undefined ? null : <Alert kind="danger" title={fault} />}
      <Panel title="Status">
        <Facts facts={factsOf(props)} />
        {mayWrite ? <StatusLinks connection={connection} /> : null}
      </Panel>
      {connection.type === 'saml' ? <Certificates {...{ connection, mayWrite }} now={frame.ctx.clock.now()} /> : null}
      {isPermitted(frame.ctx, 'sign_ins.read') ? (
        <Panel
          title="Recent sign-ins"
          actions={<SmallLink href={`/console/sign-ins?connection=${connection.id}`}>All sign-ins</SmallLink>}
        >
          {attempts.length === 0 ? (
            <EmptyState
              title="No sign-ins yet"
              text="Test sign-ins and real ones are kept here, each with its trace."
            />
          ) : (
            <AttemptTable attempts={attempts} />
          )}
        </Panel>
      ) : null}
      {links.length === 0 ? null : (
        <Panel title="Set up by">
          <SetupLinkTable links={links} mayRevoke={mayWrite} />
        </Panel>
      )}
    </ConsolePage>
  )
}

function factsOf({ frame, connection, health, defaultRole, directory }: ConnectionPageProps) {
  const { status, preset, type, jit, testedAt } = connection
  const provider = type === 'saml' ? connection.settings.idpEntityId : connection.settings.issuer
  const ending =
    type === 'oidc' && typeof connection.settings.secretExpiresAt === 'string'
      ? endingOf(connection.settings.secretExpiresAt, frame.ctx.clock.now())
      : undefined
  return [
    { term: 'Status', value: <Badge tone={statusWords[status].tone}>{statusWords[status].word}</Badge> },
    { term: 'Provider', value: `${presets[preset].title}, ${type === 'saml' ? 'SAML' : 'OpenID Connect'}` },
    { term: 'Entity ID', value: provider === '' ? 'Not known yet' : <code>{provider}</code> },
    { term: 'Last sign-in', value: <Time at={health?.lastSignInAt ?? null} empty="Never" /> },
    { term: 'In the last day', value: `${health?.signedIn ?? 0} signed in, ${health?.refused ?? 0} refused` },
    { term: 'First tested', value: <Time at={testedAt} empty="Not yet" /> },
    ...(ending === undefined
      ? []
      : [
          { term: 'Client secret', value: ending.isNear ? <Badge tone="warning">{ending.words}</Badge> : ending.words },
        ]),
    ...weakFacts(connection, frame.ctx.clock.now()),
    { term: 'Who comes to exist by a first sign-in', value: jitWords[jit] },
    { term: 'Their role', value: defaultRole?.name ?? 'None' },
    {
      term: 'Directory that decides about its people',
      value: directory === undefined ? 'None' : <a href={`/console/directories/${directory.id}`}>{directory.name}</a>,
    },
  ]
}

/** What weakens the connection has to be seen. */
function weakFacts(connection: Connection, now: Date) {
  if (connection.type !== 'saml') return []
  const { isSha1Allowed, isCbcAllowed } = weakAlgorithmsAt(connection.settings, now)
  const names = [...(isSha1Allowed ? ['SHA-1'] : []), ...(isCbcAllowed ? ['AES-CBC'] : [])]
  if (names.length === 0) return []
  const until = endingOf(connection.settings.weakAlgorithmsUntil ?? '', now).words
  return [{ term: 'Weak algorithms', value: <Badge tone="warning">{`${names.join(', ')}: ${until}`}</Badge> }]
}

const StatusLinks = ({ connection }: { connection: Connection }) => (
  <div class="actions">
    {changes
      .filter((change) => change !== connection.status && !(change === 'draft' && connection.status === 'tested'))
      .map((change) => (
        <LinkButton href={`/console/connections/${connection.id}/status?to=${change}`}>
          {changeLabels[change]}…
        </LinkButton>
      ))}
  </div>
)

const Certificates = ({
  connection: { id, settings, refreshedAt },
  mayWrite,
  now,
}: {
  connection: SamlConnection
  mayWrite: boolean
  now: Date
}) => {
  if (settings.certificates.length === 0) return null
  const isWaiting = settings.certificates.some(({ status }) => status === 'pending')
  return (
    <Panel
      title="Certificates of the provider"
      lead={
        settings.metadataUrl === null ? (
          'The metadata was pasted, so a new certificate has to be pasted too.'
        ) : (
          <>
            Read from the metadata again and again, last <Time at={refreshedAt} empty="never" />.
          </>
        )
      }
      actions={
        mayWrite && settings.metadataUrl !== null ? (
          <ButtonForm action={`/console/connections/${id}/refresh`} label="Read it now" kind="btn-sm" />
        ) : null
      }
    >
      {isWaiting ? (
        <Alert kind="warning" title="A new certificate waits for your word">
          It came by the metadata. Compare its fingerprint with the provider’s before you trust it.
        </Alert>
      ) : null}
      {(settings.skippedCertificates ?? []).map((why) => (
        <Alert kind="warning" title="A certificate of the metadata was left out">
          {why}.
        </Alert>
      ))}
      <Table
        caption="Certificates"
        columns={['Subject', 'Good until', 'Status', 'SHA-256']}
        rows={settings.certificates.map((certificate) => {
          const ending = endingOf(certificate.notAfter, now)
          return [
            certificate.subject,
            ending.isNear ? <Badge tone="warning">{ending.words}</Badge> : ending.words,
            certificate.status === 'trusted' ? (
              <Badge tone="good">Trusted</Badge>
            ) : mayWrite ? (
              <ButtonForm
                action={`/console/connections/${id}/trust`}
                label="Trust it"
                kind="btn-sm"
                fields={{ sha256: certificate.sha256 }}
              />
            ) : (
              <Badge tone="warning">Waits</Badge>
            ),
            <code class="long-code">{certificate.sha256}</code>,
          ]
        })}
      />
    </Panel>
  )
}
